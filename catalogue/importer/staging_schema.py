"""The tables of the staging database, and a photo's row in them."""

from __future__ import annotations

import re
import unicodedata

from catalogue.importer.photo_folder import FoundFile

SCHEMA = """
CREATE TABLE record (line INTEGER PRIMARY KEY, sku TEXT NOT NULL, cells TEXT NOT NULL);
CREATE TABLE photo (
    path BLOB PRIMARY KEY,
    path_key TEXT NOT NULL,      -- the same as text, folded
    file TEXT NOT NULL,          -- its name, folded
    category TEXT NOT NULL,      -- the folder above its product's, as written; "" where there is none
    folder TEXT NOT NULL,        -- its product's folder, as written
    folder_key TEXT NOT NULL,    -- the same, folded
    above TEXT NOT NULL,         -- one folder further up, for products whose photos lie in subfolders
    above_category TEXT NOT NULL,
    root TEXT NOT NULL,          -- all that stands before the category
    number TEXT NOT NULL,        -- a folder's name without leading zeros, where it is a number; else ""
    stem_number TEXT NOT NULL,   -- the number that its name begins with, without leading zeros; else ""
    is_named INTEGER NOT NULL DEFAULT 0,  -- a row names it
    is_used INTEGER NOT NULL DEFAULT 0    -- it shows a product
) WITHOUT ROWID;
CREATE TABLE refused_id (key TEXT PRIMARY KEY) WITHOUT ROWID;  -- ids whose row was refused
CREATE TABLE mentioned (key TEXT PRIMARY KEY) WITHOUT ROWID;   -- cells of rows that cannot be read: one is the id
CREATE TABLE row_id (id TEXT PRIMARY KEY, sku TEXT NOT NULL) WITHOUT ROWID;  -- other ids that rows refer to
CREATE TABLE product (position INTEGER PRIMARY KEY, sku TEXT NOT NULL, key TEXT NOT NULL, is_row INTEGER NOT NULL);
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -24576;
"""


def fold(text: str) -> str:
    """What two spellings of a name have in common: without case, and in one Unicode form (macOS decomposes names)."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text.casefold())


def photo_row(found: FoundFile) -> tuple[bytes | str, ...]:
    parts = found.parts
    above = ["", "", "", *parts[:-1]]
    name = fold(parts[-1])
    folder, root = above[-1], "/".join(parts[:-3])
    number = folder.lstrip("0") if folder.isdecimal() else ""
    begin = re.match(r"[0-9]+(?=[\W_])", name)
    stem_number = begin[0].lstrip("0") if begin else ""
    return (
        found.path, fold("/".join(parts)), name, above[-2], folder, fold(folder), above[-2], above[-3], root,
        number, stem_number,
    )  # fmt: skip
