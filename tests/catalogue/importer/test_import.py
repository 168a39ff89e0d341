import os
from decimal import Decimal

import pytest
from django.core.management import CommandError
from django.db import connection

from catalogue.models import Category, Product, ProductImage
from tests.catalogue.importer.sources import catalogue, files_in, picture, run, write_csv, write_files
from tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db

HEADER = ["product_id", "category", "name", "price", "images"]


def sources_of(sku):
    return list(ProductImage.objects.filter(product__sku=sku).values_list("source", flat=True))


@pytest.fixture
def shop(tmp_path, media):
    """Two products with rows, one of which names its image and one only has a folder, and a folder without a row."""
    folder = write_files(
        tmp_path / "zalora",
        {
            "Dress/000001/a-1.jpg": 1, "Dress/000001/a-2.jpg.1": 2, "KnitWear___Cardigan/000002/b-1.jpg": 3,
            "Dress_copy/000003/c-1.jpg": 4, "Dress_copy/000003/c-10.jpg": 5, "Dress_copy/000003/c-2.jpg": 6,
        },
    )  # fmt: skip
    rows = [
        HEADER,
        ["000001", "Dress", "Gaun merah", "Rp 199.000", "Dress/000001/a-1.jpg"],
        ["000002", "KnitWear & Cardigan", "Kardigan", "299,000", ""],
    ]
    return write_csv(folder / "data.csv", rows)


def test_rows_folders_and_files_become_products(shop, media):
    run(shop)
    first, second, third = Product.objects.order_by("id")
    assert (first.sku, first.name, first.price, first.currency) == ("000001", "Gaun merah", Decimal(199_000), "IDR")
    assert sources_of("000001") == ["Dress/000001/a-1.jpg", "Dress/000001/a-2.jpg.1"]
    assert (second.category.slug, second.category.name) == ("knitwear-cardigan", "KnitWear & Cardigan")
    assert (third.sku, third.name, third.category) == ("000003", "Dress 000003", first.category)
    assert [source[-8:] for source in sources_of("000003")] == ["/c-1.jpg", "/c-2.jpg", "c-10.jpg"]
    assert files_in(media) == sorted(ProductImage.objects.values_list("file", flat=True))
    image = third.images.first()
    assert (image.width, image.height, image.file.open().read()) == (48, 64, picture(4))


def test_no_document_waits_to_be_indexed_after_an_import(shop):
    run(shop)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('product_document')")
        assert cursor.fetchone() == (0,)  # pages


def test_a_folder_of_very_many_photos_without_a_row_is_no_product(shop):
    write_files(shop.parent, {f"street/images/{number:04}.jpg": 7 for number in range(101)})
    printed = run(shop)
    assert "Folders of more than 100 photos that no row names are no products: street/images (101)." in printed
    assert Product.objects.count() == 3
    assert not Category.objects.filter(slug="street").exists()


def test_a_new_category_knows_what_it_holds_and_keeps_what_somebody_says_later(shop):
    run(shop)
    category = Category.objects.get(slug="dress")
    assert category.garment_types == ["dress"]
    Category.objects.filter(pk=category.pk).update(garment_types=["top"], name="Gaun")
    run(shop)
    category.refresh_from_db()
    assert (category.garment_types, category.name) == (["top"], "Gaun")


def test_a_second_run_writes_nothing(shop, media, django_assert_max_num_queries):
    run(shop)
    before = catalogue(), list(Product.objects.values_list("updated_at")), files_in(media)
    times = [path.stat().st_mtime_ns for path in media.rglob("*")]
    with django_assert_max_num_queries(12) as queries:
        printed = run(shop)
    assert "Products: 0 created, 0 updated, 3 unchanged, 0 refused." in printed
    assert "Images: 0 created, 6 unchanged, 0 refused." in printed
    assert (catalogue(), list(Product.objects.values_list("updated_at")), files_in(media)) == before
    assert times == [path.stat().st_mtime_ns for path in media.rglob("*")]
    assert not any(query["sql"].startswith(("INSERT", "UPDATE", "DELETE")) for query in queries.captured_queries)


def test_what_differs_is_updated_and_nothing_else(shop, tmp_path):
    run(shop)
    before = dict(Product.objects.values_list("sku", "updated_at"))
    rows = [
        HEADER,
        ["000001", "Dress", "Gaun biru", "", ""],
        ["000002", "KnitWear & Cardigan", "Kardigan", "299000", ""],
    ]
    printed = run(write_csv(shop, rows))
    assert "0 created, 1 updated, 2 unchanged" in printed
    product = Product.objects.get(sku="000001")
    assert (product.name, product.price) == ("Gaun biru", None)
    after = dict(Product.objects.values_list("sku", "updated_at"))
    assert [sku for sku in before if before[sku] != after[sku]] == ["000001"]


def test_columns_that_the_file_lacks_are_left_alone(shop):
    run(shop)
    Product.objects.filter(sku="000001").update(brand="Senja", is_active=False, description="by hand", name="other")
    Product.objects.filter(sku="000003").update(name="Named by hand")
    run(shop)
    product = Product.objects.get(sku="000001")
    assert (product.brand, product.is_active, product.description, product.name) == (
        "Senja", False, "by hand", "Gaun merah",
    )  # fmt: skip
    assert Product.objects.get(sku="000003").name == "Named by hand"


def test_unknown_columns_become_attributes_and_others_attributes_stay(tmp_path):
    rows = [["kode", "kategori", "nama", "Bahan", "warna", "stok"], ["1", "Rok", "Rok mini", "Katun", "Hitam", "7"]]
    path = write_csv(tmp_path / "a.csv", rows)
    run(path)
    product = Product.objects.get()
    assert (product.attributes, product.private_attributes) == ({"Bahan": "Katun", "colour": "Hitam"}, {"stock": "7"})
    Product.objects.update(attributes=product.attributes | {"mine": "x"})
    rows[1][3] = ""
    run(write_csv(path, rows))
    product = Product.objects.get()
    assert (product.attributes, product.private_attributes) == ({"colour": "Hitam", "mine": "x"}, {"stock": "7"})


def test_bad_rows_are_named_and_stop_nothing(tmp_path):
    rows = [
        HEADER,
        ["1", "Rok", "good", "100", ""],
        ["", "Rok", "no id", "100", ""],
        ["3", "Rok", "bad price", "free", ""],
        ["4", "", "no category", "100", ""],
        ["5", "Rok", "", "100", ""],
        ["6", "Rok", "too", "many", "cells", "here"],
        ["7", "Rok", "x" * 301, "100", ""],
        ["8" * 121, "Rok", "long id", "100", ""],
        ["9", "Rok", "negative", "-1", ""],
        ["1", "Rok", "another product", "100", ""],
        ["10", "Rok\x00", "go\x00od", "Rp 1.299.000,00", ""],
    ]
    report = run(write_csv(tmp_path / "a.csv", rows), report=tmp_path / "report.json")
    refused = [(r["kind"], r["line"], r["column"], r["value"][:9]) for r in report["refusals"]]
    assert sorted(refused) == [
        ("product", 3, "product_id", ""),
        ("product", 4, "price", "free"),
        ("product", 5, "category", ""),
        ("product", 7, None, "6, Rok, t"),
        ("product", 9, "product_id", "888888888"),
        ("product", 10, "price", "-1"),
        ("product", 11, "name", "another p"),
        ("value", 6, "name", ""),
        ("value", 8, "name", "xxxxxxxxx"),
    ]
    assert all(len(refusal["reason"]) > 10 for refusal in report["refusals"])
    names = dict(Product.objects.values_list("sku", "name"))
    assert names == {"1": "good", "5": "Rok 5", "7": "x" * 300, "10": "good"}
    assert report["summary"]["products"] == {"created": 4, "updated": 0, "unchanged": 0, "refused": 7}


def test_strict_ends_with_1_after_importing_the_rest(tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADER, ["1", "Rok", "x", "free", ""], ["2", "Rok", "y", "1", ""]])
    with pytest.raises(CommandError) as caught:
        run(path, "--strict")
    assert caught.value.returncode == 1
    assert Product.objects.get().sku == "2"
    run(write_csv(path, [HEADER, ["2", "Rok", "y", "1", ""]]), "--strict")


def test_the_folder_of_a_refused_row_makes_no_product_of_its_own(tmp_path, media):
    folder = write_files(tmp_path / "z", {f"Rok/{n}/a.jpg": n for n in (1, 2, 3, 4)})
    rows = [HEADER, ["1", "Rok", "x", "free", ""], ["2", "Rok", "short"], ["", "Rok", "y", "1", "Rok/3/none.jpg"]]
    run(write_csv(tmp_path / "a.csv", rows), images=str(folder))
    # The last row has no id, but its image lies in the folder of product 3.
    assert sorted(Product.objects.values_list("sku", "name")) == [("3", "y"), ("4", "Rok 4")]


def test_several_rows_of_one_product_are_merged_however_far_apart(tmp_path, media):
    folder = write_files(tmp_path / "z", {f"pool/{n}.jpg": n for n in range(1, 5)})
    many = [[f"x{n}", "Rok", f"Rok {n}", "5", ""] for n in range(1_500)]
    rows = [
        HEADER, ["1", "Dress", "Gaun", "100", "1.jpg"], ["2", "Rok", "Rok", "7", "4.jpg"], *many,
        ["1", "Dress", "GAUN ", "100", "2.jpg"], ["1", "Rok", "", "200", "pool/3.jpg"],
    ]  # fmt: skip
    report = run(write_csv(tmp_path / "a.csv", rows), images=str(folder), report=tmp_path / "r.json")
    product = Product.objects.get(sku="1")
    assert (product.name, product.price, product.category.slug) == ("Gaun", 100, "dress")
    assert sources_of("1") == ["pool/1.jpg", "pool/2.jpg", "pool/3.jpg"]
    assert [(r["line"], r["column"], r["value"]) for r in report["refusals"]] == [
        (1505, "price", "200"), (1505, "category", "Rok"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("Rok/1/a.jpg", True),
        ("./Rok/1/a.jpg", True),
        ("z/Rok/1/a.jpg", True),  # the photo folder's own name before it
        ("Rok\\1\\a.jpg", True),  # written on Windows
        ("Rok/1/A.JPG", True),
        ("a.jpg", True),  # in the product's own folder
        ("elsewhere/a.jpg", True),
        ("Rok/1/b.jpg", True),  # was downloaded as b.jpg.1
        ("Rok/1/two%20words.jpg", True),
        ("https://cdn.example/x/a.jpg?w=3", True),  # downloaded into the folder already
        ("Rok/1/c.jpg", False),
    ],
)
def test_ways_to_name_an_image(tmp_path, media, cell, found):
    folder = write_files(
        tmp_path / "z", {"Rok/1/a.jpg": 1, "Rok/1/b.jpg.1": 2, "Rok/1/two words.jpg": 3, "q/2/a.jpg": 4}
    )
    rows = [HEADER, ["1", "Rok", "x", "1", cell], ["2", "q", "y", "1", ""]]
    report = run(write_csv(tmp_path / "a.csv", rows), images=str(folder), report=tmp_path / "r.json")
    assert report["summary"]["images"] == {"created": 4, "unchanged": 0, "refused": 0 if found else 1}
    first = {"b.jpg": "b.jpg.1", "two%20words.jpg": "two words.jpg"}.get(cell.rpartition("/")[2], "a.jpg")
    assert sources_of("1")[0] == f"Rok/1/{first}"


@pytest.mark.parametrize(
    "cell",
    ["../../etc/passwd", "/etc/passwd", "../outside.jpg", "Rok/../../outside.jpg", "C:\\outside.jpg", "~/outside.jpg"]
    + ["Rok/1/link.jpg", "linked/outside.jpg", "..\\outside.jpg", "file:///etc/passwd"],
)
def test_no_file_outside_the_photo_folder_is_read(tmp_path, media, cell):
    folder = write_files(tmp_path / "z", {"Rok/1/a.jpg": 1})
    outside = write_files(tmp_path / "outside", {"outside.jpg": 2, "link.jpg": 3})
    (tmp_path / "outside.jpg").write_bytes(picture(4))
    (folder / "Rok/1/link.jpg").symlink_to(outside / "link.jpg")
    (folder / "linked").symlink_to(outside)
    csv = write_csv(folder / "a.csv", [HEADER, ["1", "Rok", "x", "1", cell]])
    report = run(csv, images=str(folder), report=tmp_path / "r.json")
    assert sources_of("1") == ["Rok/1/a.jpg"]
    refused = {refusal["value"]: refusal["reason"] for refusal in report["refusals"]}
    assert cell in refused
    assert "leads out" in refused["linked"]
    assert "leads out" in refused["Rok/1/link.jpg"] or cell == "Rok/1/link.jpg"


def test_a_link_that_stays_inside_is_a_file_like_others(tmp_path, media):
    folder = write_files(tmp_path / "z", {"Rok/1/a.jpg": 1, "pool/b.jpg": 2})
    (folder / "Rok/1/b.jpg").symlink_to(folder / "pool/b.jpg")
    run(folder)
    assert sources_of("1") == ["Rok/1/a.jpg", "Rok/1/b.jpg"]


def test_files_are_judged_by_content(tmp_path, media):
    folder = write_files(
        tmp_path / "z",
        {
            "Rok/1/x.jpg.1": 1, "Rok/1/photo": 2, "Rok/1/page.jpg": b"<html>404</html>", "Rok/1/empty.jpg": b"",
            "Rok/1/cut.jpg": picture(3)[:-200], "Rok/1/notes.txt": b"hello", "Rok/1/.DS_Store": b"x",
            "Rok/1/Thumbs.db": b"x", "Rok/1/same.jpg": 1, "Rok/1/really-a-png.jpg": picture(5),
        },
    )  # fmt: skip
    report = run(folder, report=tmp_path / "r.json")
    assert {refusal["value"]: refusal["reason"][:12] for refusal in report["refusals"]} == {
        "Rok/1/page.jpg": "This is not ", "Rok/1/empty.jpg": "This is not ", "Rok/1/cut.jpg": "The picture ",
        "Rok/1/notes.txt": "This is not ",
    }  # fmt: skip
    assert sources_of("1") == ["Rok/1/photo", "Rok/1/really-a-png.jpg", "Rok/1/same.jpg"]
    assert report["summary"]["images"]["created"] == 3


def test_names_of_files_need_not_be_text(tmp_path, media):
    folder = write_files(tmp_path / "z", {"Rok/1/a.jpg": 1})
    with open(os.path.join(os.fsencode(folder), b"Rok/1/\xff\xfe.jpg"), "wb") as file:
        file.write(picture(2))
    run(folder)
    assert ProductImage.objects.count() == 2
    assert "2 unchanged" in run(folder)


def test_ids_match_folders_without_case_and_keep_their_zeros(tmp_path, media):
    folder = write_files(tmp_path / "z", {"Rok/ab-001/a.jpg": 1, "Rok/0012/a.jpg": 2, "Rok/12/a.jpg": 3})
    run(write_csv(tmp_path / "a.csv", [["sku"], ["AB-001"], ["0012"]]), images=str(folder))
    assert dict(Product.objects.values_list("sku", "images__source")) == {
        "AB-001": "Rok/ab-001/a.jpg", "0012": "Rok/0012/a.jpg", "12": "Rok/12/a.jpg",
    }  # fmt: skip


def test_zeros_that_a_spreadsheet_took_off_come_back_from_the_folder(tmp_path, media):
    folder = write_files(tmp_path / "z", {"Rok/000012/a.jpg": 1, "Rok/000013/a.jpg": 2, "Rok/13/a.jpg": 3})
    run(write_csv(tmp_path / "a.csv", [["id", "nama"], ["12", "a"], ["13", "b"], ["14", "c"]]), images=str(folder))
    assert dict(Product.objects.values_list("sku", "name")) == {"000012": "a", "13": "b", "000013": "Rok 000013"}


def test_the_rows_category_is_kept_where_the_folder_says_another(tmp_path, media):
    folder = write_files(tmp_path / "z", {"Plus_Size/1/a.jpg": 1})
    run(write_csv(tmp_path / "a.csv", [HEADER, ["1", "Rok", "x", "1", ""]]), images=str(folder))
    assert Product.objects.get().category.slug == "rok"


def test_files_called_by_the_id_are_found_in_any_folder(tmp_path, media):
    folder = write_files(tmp_path / "z", {"images/010/0101.jpg": 1, "images/010/0102.jpg": 2})
    run(write_csv(tmp_path / "a.csv", [HEADER, ["0101", "Rok", "x", "1", ""]]), images=str(folder))
    assert sources_of("0101") == ["images/010/0101.jpg"]
    assert Product.objects.count() == 1  # folder 010 is no product: a row has named what lies in it


def test_photos_in_a_subfolder_of_the_product(tmp_path, media):
    folder = write_files(tmp_path / "z", {"Rok/1/large/a.jpg": 1, "Rok/1/b.jpg": 2})
    run(write_csv(tmp_path / "a.csv", [["id"], ["1"]]), images=str(folder))
    assert [(p.sku, p.category.slug) for p in Product.objects.all()] == [("1", "rok")]
    assert sources_of("1") == ["Rok/1/b.jpg", "Rok/1/large/a.jpg"]


def test_what_lies_beside_a_csv_is_not_imported_unless_it_belongs_to_it(tmp_path, media):
    write_files(tmp_path / "home", {"Holiday/2019/beach.jpg": 1, "data/Rok/1/a.jpg": 2, "data/Rok/2/b.jpg": 3})
    strange = write_csv(tmp_path / "home/a.csv", [HEADER, ["x", "Rok", "x", "1", ""]])
    run(strange)
    assert list(Product.objects.values_list("sku", flat=True)) == ["x"]
    own = write_csv(tmp_path / "home/a.csv", [HEADER, ["1", "Rok", "x", "1", ""]])
    run(own)
    assert sorted(Product.objects.values_list("sku", flat=True)) == ["1", "2", "x"]


@pytest.mark.parametrize("header", [["id"], ["kode", "w", "x"], ["Artikel Nr."], ["q"]])
def test_the_folder_tells_what_the_file_does_not(tmp_path, media, header):
    folder = write_files(tmp_path / "z", {f"Rok/00{n}/a.jpg": n for n in (1, 2, 3)})
    rows = [[f"00{n}", *(["?"] * (len(header) - 1))] for n in (1, 2, 3)]
    run(write_csv(folder / "a.csv", [header, *rows]))
    assert sorted(Product.objects.values_list("sku", "name", "category__slug")) == [
        (f"00{n}", f"Rok 00{n}", "rok") for n in (1, 2, 3)
    ]


def test_a_file_without_header(tmp_path, media):
    folder = write_files(tmp_path / "z", {f"Rok/00{n}/a.jpg": n for n in (1, 2, 3)})
    rows = [[f"00{n}", "Rok", f"Rok mini {n}", f"Rp {n}99.000"] for n in (1, 2, 3)]
    with pytest.raises(CommandError, match="price.*'column 4'.*--column price=HEADER"):
        run(write_csv(folder / "a.csv", rows))
    assert not Product.objects.exists()
    printed = run(folder / "a.csv", "--column", "price=#4")
    assert "no header" in printed
    assert sorted(Product.objects.values_list("sku", "name", "price"))[0] == ("001", "Rok mini 1", 199_000)
    assert Product.objects.count() == 3


def test_a_file_that_cannot_be_understood_lists_its_headers_and_says_what_to_do(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["x", "y"], ["1", "2"]])
    with pytest.raises(CommandError, match=r"'x', 'y'.*--column sku='x'"):
        run(path)
    with pytest.raises(CommandError, match="category.*--column"):
        run(path, "--column", "sku=x")
    assert not Product.objects.exists()
    run(path, "--column", "sku=x", "--column", "category=y")
    assert Product.objects.get().sku == "1"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--column", "sku"], "FIELD=HEADER"),
        (["--column", "colour_of_eyes=x"], "one of sku, parent"),
        (["--column", "sku=x", "--column", "sku=y"], "already"),
        (["--report", "report.txt"], "csv or .json"),
        (["--images", "/nowhere"], "no folder"),
    ],
)
def test_wrong_options_are_explained(tmp_path, arguments, words):
    path = write_csv(tmp_path / "a.csv", [["x", "y"], ["1", "2"]])
    with pytest.raises(CommandError, match=words):
        run(path, *arguments)


def test_files_that_are_not_there_or_empty(tmp_path):
    with pytest.raises(CommandError, match="no file"):
        run(tmp_path / "nothing.csv")
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(CommandError, match="empty"):
        run(tmp_path / "empty.csv")


def test_a_dry_run_reports_and_writes_nothing(shop, media):
    printed = run(shop, "--dry-run")
    assert "nothing was written" in printed
    assert "Products: 3 created" in printed
    assert "Images: 6 created" in printed
    assert not Product.objects.exists()
    assert not Category.objects.exists()
    assert files_in(media) == []
    run(shop)
    assert "Products: 0 created, 0 updated, 3 unchanged" in run(shop, "--dry-run")


def test_removed_images_go_only_with_prune_and_uploaded_ones_never(shop, media, django_capture_on_commit_callbacks):
    run(shop)
    from catalogue.services import add_image

    add_image(product=Product.objects.get(sku="000003"), file=picture(99))
    (shop.parent / "Dress_copy/000003/c-2.jpg").unlink()
    run(shop)
    assert len(sources_of("000003")) == 4
    with django_capture_on_commit_callbacks(execute=True):
        run(shop, "--prune")
    assert sources_of("000003") == ["Dress_copy/000003/c-1.jpg", "Dress_copy/000003/c-10.jpg", ""]
    assert len(files_in(media)) == 6


def test_prune_keeps_the_images_of_a_product_of_which_one_cannot_be_read(shop):
    run(shop)
    (shop.parent / "Dress_copy/000003/c-2.jpg").write_bytes(b"broken")
    run(shop, "--prune")
    assert len(sources_of("000003")) == 3


def test_a_changed_file_is_a_new_image(shop, media):
    run(shop)
    (shop.parent / "Dress/000001/a-1.jpg").write_bytes(picture(77))
    report = run(shop, "--prune")
    assert "Images: 1 created, 5 unchanged, 0 refused, 1 removed." in report
    assert Product.objects.get(sku="000001").main_image.file.open().read() == picture(77)


def test_an_image_that_is_no_longer_named_comes_behind_those_that_are(shop):
    run(shop)
    (shop.parent / "Dress_copy/000003/c-1.jpg").unlink()
    (shop.parent / "Dress_copy/000003/b.jpg").write_bytes(picture(50))
    run(shop)
    names = ["b.jpg", "c-2.jpg", "c-10.jpg", "c-1.jpg"]
    assert sources_of("000003") == [f"Dress_copy/000003/{name}" for name in names]
    assert "Images: 0 created, 6 unchanged" in run(shop)


def test_what_the_database_refuses_is_reported_and_stops_nothing(tmp_path):
    """More words in the attributes than PostgreSQL's text search can hold: no cell is wrong by itself."""
    words = [" ".join(f"{column:x}w{n:x}" for n in range(140)) for column in range(900)]
    header = ["sku", "kategori", "nama", *(f"size {n}" for n in range(900))]
    rows = [header, *([str(n), "Rok", f"Rok {n}", *(words if n == 3 else [""] * 900)] for n in range(6))]
    report = run(write_csv(tmp_path / "a.csv", rows), report=tmp_path / "r.json")
    assert sorted(Product.objects.values_list("sku", flat=True)) == ["0", "1", "2", "4", "5"]
    [refusal] = report["refusals"]
    assert (refusal["line"], refusal["value"]) == (5, "3")
    assert "database refuses" in refusal["reason"]
    assert report["summary"]["products"] == {"created": 5, "updated": 0, "unchanged": 0, "refused": 1}


def test_a_spreadsheet_is_not_taken_for_a_table(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"PK\x03\x04rest of a workbook")
    with pytest.raises(CommandError, match="Save the table in it as CSV"):
        run(tmp_path / "a.csv")


def test_products_that_vanished_are_hidden_only_on_demand(shop):
    make_product(sku="old")
    make_product(sku="old and hidden", is_active=False)
    run(shop)
    assert Product.objects.get(sku="old").is_active
    assert "1 deactivated" in run(shop, "--deactivate-missing")
    assert sorted(Product.objects.visible().values_list("sku", flat=True)) == ["000001", "000002", "000003"]


def test_active_is_what_the_column_says(tmp_path):
    rows = [["id", "kategori", "aktif"], ["1", "Rok", "ya"], ["2", "Rok", "tidak"], ["3", "Rok", ""], ["4", "Rok", "?"]]
    run(write_csv(tmp_path / "a.csv", rows))
    assert dict(Product.objects.values_list("sku", "is_active")) == {"1": True, "2": False, "3": True, "4": False}


@pytest.mark.parametrize("currency", [["--currency", "usd"], []])
def test_a_price_without_currency_has_the_default(tmp_path, currency):
    rows = [["id", "kategori", "harga", "mata uang"], ["1", "Rok", "5", ""], ["2", "Rok", "5", "SGD"]]
    run(write_csv(tmp_path / "a.csv", rows), *currency)
    expected = {"1": "USD" if currency else "IDR", "2": "SGD"}
    assert dict(Product.objects.values_list("sku", "currency")) == expected


def test_an_existing_category_is_used_by_its_slug(tmp_path):
    category = make_category(slug="rok", name="Skirts")
    run(write_csv(tmp_path / "a.csv", [HEADER, ["1", "ROK", "x", "1", ""]]))
    assert Product.objects.get().category == category


def test_the_same_photo_in_two_products_is_one_file(tmp_path, media):
    run(write_files(tmp_path / "z", {"Rok/1/a.jpg": 1, "Rok/2/a.jpg": 1}))
    assert ProductImage.objects.count() == 2
    assert len(files_in(media)) == 1


def test_a_report_as_csv_holds_every_refusal(tmp_path):
    rows = [HEADER, *([str(n), "Rok", "x", "free", ""] for n in range(120)), ["good", "Rok", "x", "5", ""]]
    printed = run(write_csv(tmp_path / "a.csv", rows), "--report", str(tmp_path / "r.csv"))
    assert printed.count("price") >= 50
    assert "... and 70 more refusals" in printed
    lines = (tmp_path / "r.csv").read_text().splitlines()
    assert lines[:2] == ["kind,line,column,value,reason", "product,2,price,free,It is not a number."]
    assert len(lines) == 121


def test_the_number_of_queries_follows_batches_and_not_rows(tmp_path, django_assert_max_num_queries):
    rows = [HEADER, *([str(n), f"Category {n % 7}", f"Rok {n}", "5", ""] for n in range(900))]
    path = write_csv(tmp_path / "a.csv", rows)
    with django_assert_max_num_queries(16):
        run(path)
    assert Product.objects.count() == 900


def test_the_shops_own_photos_are_not_the_folder_beside_the_csv(tmp_path, media):
    write_files(media / "products", {"12/shown-already.jpg": 5})
    write_files(tmp_path, {"Rok/13/new.jpg": 6})
    run(write_csv(tmp_path / "a.csv", [["sku", "kategori"], ["12", "Rok"], ["13", "Rok"]]))
    assert list(ProductImage.objects.values_list("product__sku", flat=True)) == ["13"]
