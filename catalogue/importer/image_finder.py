"""Which files show a product: those its rows name, those of its folder, those called by its id."""

from __future__ import annotations

import html
import os
import posixpath
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from catalogue.importer.columns import Columns
from catalogue.importer.csv_records import Record
from catalogue.importer.image_lists import split_images
from catalogue.importer.photo_folder import shown_path
from catalogue.importer.report import Report
from catalogue.importer.staging_schema import fold
from catalogue.importer.staging_table import StagedProduct, StagingTable
from catalogue.importer.values import Refused, is_url

OUTSIDE = "It leads out of the photo folder; only files below that are read."


@dataclass(frozen=True, slots=True)
class SourceImage:
    """`source` is kept with the image: its path below the photo folder or its address. For that, `path` is None."""

    source: str
    path: bytes | None
    line: int | None = None


class HasImages(Protocol):
    """A product to be filled with images."""

    sku: str
    line: int | None
    images: list[SourceImage]
    has_all_images: bool


class ImageFinder:
    """Finds products' photos among the scanned files, and nowhere else: a path is looked up, never opened."""

    def __init__(
        self, *, columns: Columns, staging: StagingTable, report: Report, folder: Path | None, csv_folder: Path
    ) -> None:
        self.columns = columns
        self.staging = staging
        self.report = report
        self.root = os.path.realpath(folder) if folder else ""
        self.csv_folder = os.path.realpath(csv_folder)
        self.skipped: Counter[str] = Counter()  # images that nobody asked to look for

    @cached_property
    def has_images(self) -> bool:
        """Whether any product can have one: a column names them, or there is a file that may be one."""
        return "images" in self.columns.of or self.staging.number_of_photos > 0

    def find_all(self, product: HasImages, records: list[Record], staged: StagedProduct) -> None:
        """Fills `product.images` with those that its records name, in their order, then the others of its folder."""
        if not self.has_images:
            return
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
            found.setdefault(path, SourceImage(shown_path(path), path, product.line))
        self.staging.mark_used((image.path for image in found.values() if image.path), is_named=bool(records))
        product.images = list(found.values())

    def _named(self, record: Record) -> Iterable[str]:
        for number in self.columns.of.get("images", ()):
            if number < len(record.values):
                yield from split_images(record.values[number])

    def _find(self, text: str, record: Record, own: set[bytes]) -> SourceImage | None:
        is_address = is_url(text) or text.startswith("//")
        if not is_address and not self.root:
            self.skipped["path"] += 1
            return None
        try:
            path = self._of_address(text, own) if is_address else self._of_path(text, own)
        except Refused as error:
            column = self.columns.header("images")
            self.report.refuse("image", line=record.line, column=column, value=text, reason=str(error))
            return None
        if path is not None:
            return SourceImage(shown_path(path), path, record.line)
        return SourceImage(f"https:{text}" if text.startswith("//") else text, None, record.line)

    def _of_address(self, url: str, own: set[bytes]) -> bytes | None:
        """The file of the product's folder that was downloaded from this address, by its name."""
        if not own:
            return None
        return _called(posixpath.basename(unquote(urlsplit(url).path)), own)

    def _of_path(self, text: str, own: set[bytes]) -> bytes:
        """The scanned file that this path means. Raises Refused where there is none or it leads out.

        A leading slash, "~" or drive letter is that of another machine: the path is looked up below the photo folder.
        """
        spellings = _spellings(text)
        if all(self._leads_out(spelling) for spelling in spellings):
            raise Refused(OUTSIDE)
        for spelling in spellings:
            for candidate in self._below_root(spelling):
                if path := self.staging.photo_at(os.fsencode(candidate)):
                    return path
        names = dict.fromkeys(posixpath.basename(spelling) for spelling in spellings)
        for name in filter(None, names):
            if path := _called(name, own):
                return path
            named = self.staging.photos_named(name)
            if len(named) == 1:
                return named[0]
            if named:
                raise Refused("Several files have this name.")
        if _ABSOLUTE.match(text):
            raise Refused(f"It is an absolute path, and no such file is below the photo folder. {OUTSIDE}")
        raise Refused("There is no such file below the photo folder.")

    def _leads_out(self, text: str) -> bool:
        """Whether the ".." in a path take it out of the photo folder and of the CSV's folder in it."""
        if ".." not in text.split("/"):
            return False
        bases = (self.root, self.csv_folder)
        paths = [os.path.normpath(os.path.join(base, _ABSOLUTE.sub("", text))) for base in bases]
        return not any(path.startswith(self.root + os.sep) for path in paths)

    def _below_root(self, text: str) -> list[str]:
        """Paths below the photo folder that `text` may mean, the whole path first, then its ends."""
        inside = []
        for base in (self.root, self.csv_folder):
            for path in (os.path.join(base, text), os.path.join(base, _ABSOLUTE.sub("", text))):
                path = os.path.normpath(path)
                if path.startswith(self.root + os.sep):
                    inside.append(os.path.relpath(path, self.root))
        parts = posixpath.normpath(_ABSOLUTE.sub("", text)).split("/")
        if ".." not in parts:  # "zalora/Dress/1/a.jpg" where the photo folder is zalora
            inside += ["/".join(parts[start:]) for start in range(1, len(parts) - 1)]
        return list(dict.fromkeys(inside))

    def _called_by(self, sku: str, found: dict[bytes | str, SourceImage]) -> list[bytes]:
        """Files named by the id, for products that have no folder and name no file."""
        return [] if found else self.staging.photos_called_by(sku)


_ABSOLUTE = re.compile(r"^(~?/+|[A-Za-z]:/*)")


def _spellings(text: str) -> list[str]:
    """The ways in which a path may be meant: with Windows' backslashes, percent codes, HTML entities."""
    slashed = text.replace("\\", "/")
    return list(dict.fromkeys((text, slashed, unquote(slashed), html.unescape(slashed))))


def _called(name: str, paths: set[bytes]) -> bytes | None:
    """The one of `paths` whose file has this name, or the name that a download makes of it: `x.jpg.1`."""
    pattern = re.compile(re.escape(fold(name)) + r"(\.\d+)?")
    found = [path for path in paths if pattern.fullmatch(posixpath.basename(fold(shown_path(path))))]
    return min(found, key=lambda path: (len(path), path), default=None)


def _natural(path: bytes) -> list[tuple[int, int, str]]:
    """`x-2.jpg` before `x-10.jpg`, and `x.jpg` before both."""
    name = os.path.splitext(shown_path(path).casefold())[0]
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", name) if part]
