"""Records and photo paths in a temporary SQLite database, which joins a product's rows and photos.

The database is unnamed: SQLite removes the file when the process ends, killed or not. Memory stays constant for a
million rows, and "which folders have no row" is one query.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from catalogue.importer.csv_records import Record
from catalogue.importer.photo_folder import TEXTS, FoundFile, shown_path
from catalogue.importer.staging_schema import SCHEMA, fold, photo_row

_encode = json.JSONEncoder(check_circular=False).encode
MAX_PHOTOS = 100  # of one product's folder; a folder of more is a collection
_HAS_ROW = "(is_named OR folder_key IN (SELECT key FROM product WHERE is_row))"
_FOLDERS_WITHOUT_ROW = """
FROM photo WHERE category <> '' AND folder <> '' AND folder_key NOT IN (SELECT key FROM refused_id)
  AND folder_key NOT IN (SELECT key FROM product WHERE is_row)
"""
_SAME_ROOT_AS_ROWS = f"AND root IN (SELECT root FROM photo WHERE {_HAS_ROW})"


class StagedPhoto(NamedTuple):
    """A file of the photo folder: its path below it, and its category's folder."""

    path: bytes
    category: str


class StagedProduct(NamedTuple):
    """One product as the source has it: its records in the file's order (none: only a folder), its folder's photos."""

    sku: str
    records: list[Record]
    photos: list[StagedPhoto]


class StagingTable:
    def __init__(self) -> None:
        self.database = sqlite3.connect("", check_same_thread=False)  # one thread after another uses it
        self.database.executescript(SCHEMA)
        self.database.create_function("fold", 1, fold, deterministic=True)
        self.number_of_photos = 0

    # -- filling ------------------------------------------------------------------------------------------------

    def add_photos(self, files: Iterable[FoundFile]) -> int:
        """Adds the files and returns how many of them may be photos."""
        insert = "INSERT OR IGNORE INTO photo VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)"
        self.database.executemany(insert, map(photo_row, files))
        self.database.executescript(
            """
            CREATE INDEX photo_of_folder ON photo (folder_key, path);
            CREATE INDEX photo_of_path_key ON photo (path_key);
            CREATE INDEX photo_of_name ON photo (file);
            CREATE INDEX photo_of_stem_number ON photo (stem_number) WHERE stem_number <> '';
            CREATE INDEX photo_of_number ON photo (number, folder) WHERE number <> '';
            """
        )
        texts = " OR ".join(f"file LIKE '%{ending}'" for ending in TEXTS)
        self.number_of_photos = self._number(f"SELECT count(*) FROM photo WHERE NOT ({texts})")
        return self.number_of_photos

    def add_records(self, records: Iterable[tuple[str, Record]]) -> None:
        """Adds (sku, record) pairs."""
        self.database.executemany(
            "INSERT INTO record VALUES (?, ?, ?)",
            ((record.line, sku, _encode(record.values)) for sku, record in records),
        )
        self.database.execute("CREATE INDEX record_of_sku ON record (sku, line)")

    def mark_refused(self, sku: str) -> None:
        """Notes that this product's row was refused: its folder must not bring it in under a made-up name."""
        self.database.execute("INSERT OR IGNORE INTO refused_id VALUES (?)", (fold(sku),))

    def mark_mentioned(self, texts: Iterable[str]) -> None:
        """Notes the cells of a row that cannot be read. A product that one of them names is not missing."""
        self.database.executemany("INSERT OR IGNORE INTO mentioned VALUES (?)", ((fold(text),) for text in texts))

    def add_row_id(self, row_id: str, sku: str) -> None:
        """Notes another id of a row, by which the rows of its variants refer to it."""
        self.database.execute("INSERT OR IGNORE INTO row_id VALUES (?, ?)", (row_id, sku))

    def create_products(self) -> int:
        """Fixes the products that have rows, in the file's order, and returns their number."""
        self.database.executescript(
            """
            UPDATE record SET sku = coalesce((SELECT sku FROM row_id WHERE id = substr(record.sku, 4)),
                                             substr(record.sku, 4)) WHERE sku GLOB 'id:[0-9]*';
            INSERT INTO product (sku, key, is_row) SELECT sku, fold(sku), 1 FROM record GROUP BY sku ORDER BY min(line);
            CREATE INDEX product_of_key ON product (key);
            UPDATE photo SET folder = above, category = above_category, folder_key = fold(above)
            WHERE above <> '' AND folder_key NOT IN (SELECT key FROM product)
              AND fold(above) IN (SELECT key FROM product);
            """
        )
        return self._number("SELECT count(*) FROM product")

    def add_folders_without_row(self, *, only_beside_rows: bool) -> int:
        """Adds the product folders that no row has named, by id or by path; returns the number of all products.

        With `only_beside_rows`, those alone whose category lies where the category of some row's photo lies. A folder
        of more than MAX_PHOTOS is left out: `large_folders_without_row` names it.
        """
        self.database.execute(
            f"""
            INSERT INTO product (sku, key, is_row)
            SELECT min(folder), folder_key, 0 {_FOLDERS_WITHOUT_ROW}
              {_SAME_ROOT_AS_ROWS if only_beside_rows else ""}
            GROUP BY folder_key HAVING max(is_named) = 0 AND count(*) <= {MAX_PHOTOS} ORDER BY min(path)
            """
        )
        return self._number("SELECT count(*) FROM product")

    def large_folders_without_row(self, *, only_beside_rows: bool) -> list[tuple[str, int]]:
        """The folders <Category>/<id> that hold too many photos for `add_folders_without_row`, and how many."""
        found = self.database.execute(
            f"""
            SELECT min(category || '/' || folder), count(*) {_FOLDERS_WITHOUT_ROW}
              {_SAME_ROOT_AS_ROWS if only_beside_rows else ""}
            GROUP BY folder_key HAVING max(is_named) = 0 AND count(*) > {MAX_PHOTOS} ORDER BY min(path)
            """
        )
        return list(found)

    def product_folders_without_row(self, limit: int) -> tuple[int, list[str]]:
        """How many folders <Category>/<id> no row has named by its id, and the first of them."""
        condition = "FROM photo WHERE category <> '' AND folder <> '' AND folder_key NOT IN (SELECT key FROM product)"
        found = self.database.execute(f"SELECT DISTINCT category || '/' || folder {condition} LIMIT ?", (limit,))
        return self._number(f"SELECT count(DISTINCT folder_key) {condition}"), [row[0] for row in found]

    def paths(self) -> Iterator[bytes]:
        """The paths of all files below the folder."""
        return (row[0] for row in self.database.execute("SELECT path FROM photo"))

    def has_photos_of_rows(self) -> bool:
        return bool(self._number(f"SELECT EXISTS (SELECT 1 FROM photo WHERE {_HAS_ROW})"))

    def mark_used(self, paths: Iterable[bytes], *, is_named: bool) -> None:
        """Notes that these photos show a product. If rows have named them, their folder makes no product of its own."""
        if not self.number_of_photos:
            return
        update = "UPDATE photo SET is_used = 1, is_named = is_named OR ? WHERE path = ?"
        self.database.executemany(update, ((is_named, path) for path in paths))

    def unused_photos(self, limit: int) -> tuple[int, list[bytes]]:
        """How many photos show no product, and the first of their paths."""
        count = self._number("SELECT count(*) FROM photo WHERE NOT is_used")
        found = self.database.execute("SELECT path FROM photo WHERE NOT is_used ORDER BY path LIMIT ?", (limit,))
        return count, [row[0] for row in found]

    # -- asking -------------------------------------------------------------------------------------------------

    def products(self, after: int, limit: int) -> list[tuple[int, StagedProduct]]:
        """The next products behind position `after`, each with its records and its folder's photos."""
        query = "SELECT position, sku FROM product WHERE position > ? ORDER BY position LIMIT ?"
        found = {row[0]: StagedProduct(row[1], [], []) for row in self.database.execute(query, (after, limit))}
        if not found:
            return []
        between = (after, max(found))
        query = (
            "SELECT position, line, cells FROM product JOIN record USING (sku) "
            "WHERE position > ? AND position <= ? AND is_row ORDER BY position, line"
        )
        for position, line, cells in self.database.execute(query, between):
            found[position].records.append(Record(line, json.loads(cells)))
        if self.number_of_photos:
            query = (
                "SELECT position, path, category FROM product JOIN photo ON folder_key = key "
                "WHERE position > ? AND position <= ? ORDER BY position, path"
            )
            for position, path, category in self.database.execute(query, between):
                found[position].photos.append(StagedPhoto(path, category))
        return list(found.items())

    def photo_at(self, path: bytes) -> bytes | None:
        """The photo at this path, else the only one whose path differs from it in case or Unicode form."""
        found = self.database.execute("SELECT path FROM photo WHERE path = ?", (path,)).fetchone()
        if not found:
            query = "SELECT path FROM photo WHERE path_key = ? LIMIT 2"
            rows = self.database.execute(query, (fold(shown_path(path)),)).fetchall()
            found = rows[0] if len(rows) == 1 else None
        return bytes(found[0]) if found else None

    def photos_named(self, name: str) -> list[bytes]:
        """Paths of at most two files of this name, or of what a download made of it: `x.jpg.1` for `x.jpg`."""
        name = fold(name)
        exact = "SELECT path FROM photo WHERE file = ? LIMIT 2"
        numbered = "SELECT path FROM photo WHERE file > ? || '.' AND file < ? || '.:' AND file GLOB ? LIMIT 2"
        found = self.database.execute(exact, (name,)).fetchall()
        if not found:
            pattern = "".join(f"[{c}]" if c in "*?[" else c for c in name) + ".[0-9]*"
            found = self.database.execute(numbered, (name, name, pattern)).fetchall()
        return [row[0] for row in found]

    def photos_called_by(self, sku: str) -> list[bytes]:
        """The photos whose names begin with this id and a separator: 2001.jpg, 2001_1.jpg, "AB-7 (1).jpg".

        A longer id that a name begins with has it: AB-7-back.jpg is of AB-7-BACK, if there is such a product. Files in
        another product's folder belong there.
        """
        if not self.number_of_photos:
            return []
        key = fold(sku)
        query = (
            "SELECT path, file FROM photo WHERE file >= ? AND file < ? || char(1114111) "
            "AND NOT EXISTS (SELECT 1 FROM product WHERE key = folder_key) ORDER BY path"
        )
        rows = self.database.execute(query, (key, key)).fetchall()
        if not rows and key.isdecimal():  # a spreadsheet took the leading zeros off: 000012_1.jpg for 12
            query = "SELECT path, file FROM photo WHERE stem_number = ? AND stem_number <> '' ORDER BY path"
            rows = self.database.execute(query, (key.lstrip("0"),)).fetchall()
            spellings = {match[0] for _path, file in rows if (match := re.match(r"[0-9]+", file))}
            if len(spellings) != 1 or self._has_row(next(iter(spellings))):
                return []
            key = next(iter(spellings))
        return [path for path, file in rows if self._id_of_name(file, key) == key]

    def _id_of_name(self, file: str, key: str) -> str:
        """The longest id of a product that the file's name begins with; `key` counts as one."""
        ends = [match.start() for match in re.finditer(r"[\W_]", file)]
        for end in reversed(ends):
            if file[:end] == key or self._has_row(file[:end]):
                return file[:end]
        return ""

    def _has_row(self, key: str) -> bool:
        return bool(self._number("SELECT EXISTS (SELECT 1 FROM product WHERE key = ?)", key))

    def has_product_folder(self, sku: str) -> bool:
        if not self.number_of_photos:
            return False
        key = fold(sku)
        query = "SELECT EXISTS (SELECT 1 FROM photo WHERE folder_key = ?)"
        return bool(key) and bool(self._number(query, key))

    def with_zeros(self, sku: str) -> str:
        """The id as its folder is called, where spreadsheets have taken the leading zeros off: 000012 for 12."""
        if not self.number_of_photos or not sku.isdecimal() or self.has_product_folder(sku):
            return sku
        query = "SELECT DISTINCT folder FROM photo WHERE number = ? AND number <> '' LIMIT 2"
        found = self.database.execute(query, (sku.lstrip("0"),)).fetchall()
        return found[0][0] if len(found) == 1 else sku

    def category_folders(self) -> list[str]:
        return [row[0] for row in self.database.execute("SELECT DISTINCT category FROM photo WHERE category <> ''")]

    def number_of_products(self) -> int:
        return self._number("SELECT count(*) FROM product")

    def has_product(self, sku: str) -> bool:
        """Whether the source names this product, be it in a row that was refused."""
        key = fold(sku)
        tables = ("product", "refused_id", "mentioned")
        query = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE key = ?)" for table in tables)
        return bool(self._number(f"SELECT {query}", key, key, key))

    def _number(self, query: str, *parameters: object) -> int:
        return int(self.database.execute(query, parameters).fetchone()[0])
