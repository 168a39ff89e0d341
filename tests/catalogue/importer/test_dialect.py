import pytest

from catalogue.importer.csv_records import read_records
from catalogue.importer.dialect import find_dialect
from catalogue.importer.encodings import UnknownEncoding

ROWS = "sku,name,price\n1,Gaun mérah,100\n2,Rok,200\n"


def records(path):
    return [(record.line, record.values, bool(record.problem)) for record in read_records(path, find_dialect(path))]


def values(path):
    return [found for _line, found, problem in records(path) if not problem]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
def test_encoding_and_delimiter_are_found(tmp_path, encoding, delimiter):
    path = tmp_path / "a.csv"
    path.write_bytes(ROWS.replace(",", delimiter).encode(encoding))
    assert values(path) == [["sku", "name", "price"], ["1", "Gaun mérah", "100"], ["2", "Rok", "200"]]


def test_a_mark_of_byte_order_is_no_part_of_the_first_header(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfsku,name\n1,x\n")
    assert values(path)[0] == ["sku", "name"]


def test_commas_in_prices_do_not_make_a_comma_the_delimiter(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("kode;nama;harga\n1;Gaun, merah;199,000\n2;Rok, biru, midi;299,000\n")
    assert values(path)[2] == ["2", "Rok, biru, midi", "299,000"]


def test_one_broken_byte_does_not_change_the_encoding_of_the_rest(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("sku,name\n1,é\n2,é\n3,é\n4,é\n5,é\n".encode() + b"6,\xe9\n")
    assert values(path)[1] == ["1", "é"]
    assert values(path)[6] == ["6", "\ufffd"]


def test_special_characters_far_into_the_file_count(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"sku,name\n" + b"1,plain\n" * 60_000 + "2,mérah\n".encode("cp1252"))
    assert values(path)[-1] == ["2", "mérah"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(tmp_path, line_end):
    path = tmp_path / "a.csv"
    path.write_bytes(ROWS.replace("\n", line_end).encode())
    assert len(values(path)) == 3


def test_what_stands_above_the_header_is_skipped(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Zalora export\n\n2024-01-01\nsku,name,price\n1,x,2\n3,y,4\n")
    assert records(path)[0] == (4, ["sku", "name", "price"], False)


def test_a_spreadsheets_own_hint_is_followed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sep=;\nsku;name\n1;a,b,c\n")
    assert values(path) == [["sku", "name"], ["1", "a,b,c"]]


def test_a_table_of_one_column(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sku\n1\n2\n")
    assert values(path) == [["sku"], ["1"], ["2"]]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_nothing_in_it(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert records(path) == []


def test_quoted_cells_keep_line_ends_delimiters_and_quotes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('sku,text\n1,"two\nlines, and ""quotes"""\n2,x\n')
    assert records(path)[1:] == [(2, ["1", 'two\nlines, and "quotes"'], False), (4, ["2", "x"], False)]


def test_a_quote_that_nobody_closes_spoils_one_line(tmp_path):
    path = tmp_path / "a.csv"
    lines = [f"{n},name {n},5" for n in range(2, 3_000)]
    path.write_text("\n".join(["sku,name,price", '1,"Gaun,5', *lines]))
    found = records(path)
    assert found[1] == (2, ["1", '"Gaun', "5"], True)
    assert found[2] == (3, ["2", "name 2", "5"], False)
    assert len(found) == 3_000
    assert not any(problem for _line, _values, problem in found[2:])


def test_a_stray_quote_that_another_row_closes_spoils_one_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('sku,name\n1,"Gaun\n2,"Rok"\n3,Topi\n')
    assert [(found, problem) for _line, found, problem in records(path)[1:]] == [
        (["1", '"Gaun'], True), (["2", "Rok"], False), (["3", "Topi"], False),
    ]  # fmt: skip


def test_inches_within_a_cell_are_no_quotes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('sku,name\n1,belt 5" wide\n2,x\n')
    assert values(path)[1:] == [["1", 'belt 5" wide'], ["2", "x"]]


@pytest.mark.parametrize(
    ("row", "is_refused"),
    [("1,x", True), ("1,x,2,3", True), ("1,x,2,", False), ("1,x,2,,", False), (",,", None), ("\x00", None)],
)
def test_rows_of_another_width(tmp_path, row, is_refused):
    """Too few or too many cells are refused; empty ones behind the last column and empty rows are not."""
    path = tmp_path / "a.csv"
    path.write_text(f"sku,name,price\n{row}\n9,y,9\n")
    found = [problem for line, _values, problem in records(path) if line == 2]
    assert found == ([] if is_refused is None else [is_refused])


def test_empty_headers_behind_the_last_are_no_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sku,name,,\n1,x,,\n2,y\n")
    assert [problem for _line, _values, problem in records(path)] == [False] * 3


def test_cells_under_empty_headers_do_not_spoil_their_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sku,name,\n1,x,more\n2,y,z,\n3,y,z,zz\n")
    assert [problem for _line, _values, problem in records(path)] == [False, False, False, True]


def test_japanese_of_seven_bits(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("sku,name\n1,赤いワンピース\n".encode("iso2022_jp"))
    assert values(path)[1] == ["1", "赤いワンピース"]


def test_text_that_western_letters_would_spoil(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(("sku;name\n" + "1;árvíztűrő tükörfúrógép\n" * 40).encode("iso8859_2"))
    assert values(path)[1] == ["1", "árvíztűrő tükörfúrógép"]
    path.write_bytes(("sku;name\n" + "1;Kırmızı elbise şık, geniş paça İstanbul ğüşiöç\n" * 40).encode("cp1254"))
    with pytest.raises(UnknownEncoding):
        find_dialect(path)


def test_two_encodings_in_one_file_ask(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("1,été\n".encode() + "2,plissée\n3,brodée\n".encode("cp1252"))
    with pytest.raises(UnknownEncoding, match="as utf-8: '1,été'; as cp1252"):
        find_dialect(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_characters_that_were_encoded_twice_ask(tmp_path, encoding):
    path = tmp_path / "a.csv"
    table = "sku,name\n1,Robe d’été à l’épaule\n2,Jeans\n3,赤い“ワンピース”\n"
    path.write_bytes(table.encode().decode("cp1252", "as-latin-1").encode(encoding))
    with pytest.raises(UnknownEncoding, match="would be '1,Robe d’été à l’épaule'"):
        find_dialect(path)
    assert find_dialect(path, encoding="utf-8").encoding == "utf-8-sig"
    path.write_bytes((table + "4,Ã©\n").encode(encoding))
    assert values(path)[1] == ["1", "Robe d’été à l’épaule"]


def test_very_long_cells_are_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"sku,text\n1,{'x' * 3_000_000}\n2,y\n")
    assert len(values(path)[1][1]) == 3_000_000


def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sku,text\n1," + "x" * 9_000_000 + "\n2,y\n")
    found = records(path)
    assert [(line, problem) for line, _values, problem in found] == [(1, False), (2, True), (3, False)]


def test_the_place_in_the_file_is_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sku\n" + "1\n" * 5_000)
    told = []
    list(read_records(path, find_dialect(path), told.append))
    assert told == sorted(told)
    assert len(told) >= 5
