"""Which files show a product: those its rows name, those of its folder, those called by its id."""

from __future__ import annotations

import os
import posixpath
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from catalogue.importer.columns import Columns
from catalogue.importer.csv_records import Record
from catalogue.importer.report import Report
from catalogue.importer.staging_table import StagedProduct, StagingTable
from catalogue.importer.values import Refused, is_url, split_images

OUTSIDE = "It leads out of the photo folder; only files below that are read."


@dataclass(frozen=True, slots=True)
class SourceImage:
    """`source` is kept with the image: its path below the photo folder or its address. For that, `path` is None."""

    source: str
    path: bytes | None
    line: int | None = None


class ImageFinder:
    """Finds products' photos among the scanned files, and nowhere else: a path is looked up, never opened."""

    def __init__(
        self, *, columns: Columns, staging: StagingTable, report: Report, folder: Path | None, csv_folder: Path
    ) -> None:
        self.columns = columns
        self.staging = staging
        self.report = report
        self.root = os.path.realpath(folder) if folder else None
        self.csv_folder = os.path.realpath(csv_folder)
        self.skipped: Counter[str] = Counter()  # images that nobody asked to look for

    def find_all(self, product, records: list[Record], staged: StagedProduct) -> None:
        """Fills `product.images` with those that its records name, in their order, then the others of its folder."""
        own = {photo.path for photo in staged.photos}
        found: dict[bytes | str, SourceImage] = {}
        for record in records:
            for text in self._named(record):
                image = self._find(text, record, own)
                if image is None:
                    product.has_all_images = False
                else:
                    found.setdefault(image.path or image.source, image)
        for path in sorted(own or self._called_by(product.sku, found), key=_natural):
            found.setdefault(path, SourceImage(_shown(path), path, product.line))
        if records:
            self.staging.mark_named(image.path for image in found.values() if image.path)
        product.images = list(found.values())

    def _named(self, record: Record) -> Iterable[str]:
        for number in self.columns.of.get("images", ()):
            if number < len(record.values):
                yield from split_images(record.values[number])

    def _find(self, text: str, record: Record, own: set[bytes]) -> SourceImage | None:
        is_address = is_url(text) or text.startswith("//")
        if not is_address and self.root is None:
            self.skipped["path"] += 1
            return None
        try:
            path = self._of_address(text, own) if is_address else self._of_path(text, own)
        except Refused as error:
            column = self.columns.header("images")
            self.report.refuse("image", line=record.line, column=column, value=text, reason=str(error))
            return None
        if path is not None:
            return SourceImage(_shown(path), path, record.line)
        return SourceImage(f"https:{text}" if text.startswith("//") else text, None, record.line)

    def _of_address(self, url: str, own: set[bytes]) -> bytes | None:
        """The file of the product's folder that was downloaded from this address, by its name."""
        if not own:
            return None
        return _called(posixpath.basename(unquote(urlsplit(url).path)), own)

    def _of_path(self, text: str, own: set[bytes]) -> bytes:
        """The scanned file that this path means. Raises Refused where there is none or it leads out."""
        for spelling in dict.fromkeys((text, text.replace("\\", "/"), unquote(text))):
            for candidate in self._below_root(spelling):
                if path := self.staging.photo_at(os.fsencode(candidate)):
                    return path
        name = posixpath.basename(text.replace("\\", "/"))
        if path := _called(name, own):
            return path
        named = self.staging.photos_named(name) if name else []
        if len(named) == 1:
            return named[0]
        raise Refused("Several files have this name." if named else "There is no such file below the photo folder.")

    def _below_root(self, text: str) -> list[str]:
        """Paths below the photo folder that `text` may mean. Raises Refused where it can only mean one outside."""
        is_absolute = text.startswith(("/", "~")) or re.match(r"[A-Za-z]:[\\/]", text) is not None
        bases = (self.root, self.csv_folder)
        inside = [
            os.path.relpath(path, self.root)
            for path in (os.path.normpath(os.path.join(base, text)) for base in bases)
            if path.startswith(self.root + os.sep)
        ]
        if not inside:
            raise Refused(f"It is an absolute path. {OUTSIDE}" if is_absolute else OUTSIDE)
        parts = posixpath.normpath(text).split("/")
        if not is_absolute and ".." not in parts:  # "zalora/Dress/1/a.jpg" where the photo folder is zalora
            inside += ["/".join(parts[start:]) for start in range(1, len(parts) - 1)]
        return list(dict.fromkeys(inside))

    def _called_by(self, sku: str, found: dict) -> list[bytes]:
        """Files named by the id, `000123.jpg`, for products that have no folder and name no file."""
        return [] if found else self.staging.photos_with_stem(sku)


def _called(name: str, paths: set[bytes]) -> bytes | None:
    """The one of `paths` whose file has this name, or the name that a download makes of it: `x.jpg.1`."""
    pattern = re.compile(re.escape(name.casefold()) + r"(\.\d+)?")
    found = [path for path in paths if pattern.fullmatch(posixpath.basename(_shown(path)).casefold())]
    return min(found, key=lambda path: (len(path), path), default=None)


def _shown(path: bytes) -> str:
    """As text; a path that is no UTF-8 loses what cannot be shown."""
    return os.fsdecode(path).encode("utf-8", "replace").decode()


def _natural(path: bytes) -> list:
    """`x-2.jpg` before `x-10.jpg`."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", _shown(path).casefold())]
