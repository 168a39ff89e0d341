"""Reads the files that products name, judges and stores them, a few at a time."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from catalogue.image_storage import write_photo
from catalogue.importer.download import Downloads
from catalogue.importer.image_finder import SourceImage
from catalogue.importer.row_reader import SourceProduct
from catalogue.models import Product, ProductImage
from catalogue.photo_files import MAX_BYTES, NotAPhoto, read_photo

READERS = min(8, 2 * (os.cpu_count() or 1))  # decoding and hashing leave Python's lock alone; storing mostly waits


@dataclass(frozen=True, slots=True)
class ReadImage:
    """A stored photo, or the `problem` that there is with it."""

    source: str
    line: int | None
    sha256: str = ""
    name: str = ""
    width: int = 0
    height: int = 0
    problem: str = ""

    def as_row(self, product: Product, position: int) -> ProductImage:
        return ProductImage(
            product=product, position=position, source=self.source[:1000], sha256=self.sha256,
            file=self.name, width=self.width, height=self.height,
        )  # fmt: skip


class PhotoReader:
    """Reads files below `folder` and, with `downloads`, addresses. `skipped` counts those that it was not to fetch."""

    def __init__(self, *, folder: Path | None, downloads: Downloads | None) -> None:
        self.folder = os.path.realpath(os.fsencode(folder)) if folder else b""
        self.downloads = downloads
        self.skipped: Counter[str] = Counter()
        self.pool = ThreadPoolExecutor(READERS, thread_name_prefix="photo")

    def prepare(self, products: Sequence[SourceProduct]) -> None:
        """Downloads what these products name and the catalogue does not have. Before the transaction: it takes time."""
        if self.downloads:
            self.downloads.fetch(self._missing_addresses(products))

    def read(
        self, products: Sequence[SourceProduct], known: Mapping[str, Mapping[str, ProductImage]], *, keep: bool
    ) -> dict[str, list[ReadImage]]:
        """Each product's images, stored if `keep`. `known` are the images it has in the catalogue, by sku and hash."""
        tasks = [(product.sku, image) for product in products for image in product.images]
        done = self.pool.map(lambda task: self._read(task[1], known[task[0]], keep), tasks)
        read: dict[str, list[ReadImage]] = {product.sku: [] for product in products}
        for (sku, _image), found in zip(tasks, done, strict=True):
            if found is None:
                self.skipped["address"] += 1
            else:
                read[sku].append(found)
        return read

    def delete(self, products: Sequence[SourceProduct]) -> None:
        """Removes the downloads of these products, which are stored now."""
        if self.downloads:
            self.downloads.delete(image.source for product in products for image in product.images if not image.path)

    def close(self) -> None:
        self.pool.shutdown(cancel_futures=True)

    def _missing_addresses(self, products: Sequence[SourceProduct]) -> list[str]:
        addresses = {p.sku: [i.source for i in p.images if i.path is None] for p in products}
        have = set(
            ProductImage.objects.filter(product__sku__in=[sku for sku, found in addresses.items() if found])
            .exclude(source="")
            .values_list("product__sku", "source")
        )
        return list(
            dict.fromkeys(url for sku, urls in addresses.items() for url in urls if (sku, url[:1000]) not in have)
        )

    def _read(self, image: SourceImage, known: Mapping[str, ProductImage], keep: bool) -> ReadImage | None:
        if image.path is None:
            return self._read_address(image, known, keep)
        return self._read_file(os.path.join(self.folder, image.path), image, known, keep)

    def _read_address(self, image: SourceImage, known: Mapping[str, ProductImage], keep: bool) -> ReadImage | None:
        for old in known.values():
            if old.source == image.source[:1000]:
                return ReadImage(image.source, image.line, old.sha256)
        if self.downloads is None:
            return None
        if problem := self.downloads.problems.get(image.source):
            return ReadImage(image.source, image.line, problem=problem)
        return self._read_file(os.fsencode(self.downloads.path_of(image.source)), image, known, keep)

    def _read_file(self, path: bytes, image: SourceImage, known: Mapping[str, ProductImage], keep: bool) -> ReadImage:
        try:
            content = _content(path)
            sha256 = hashlib.sha256(content).hexdigest()
            if sha256 in known:  # it was judged and stored when it came
                return ReadImage(image.source, image.line, sha256)
            photo = read_photo(content)
            name = write_photo(photo) if keep else ""
        except NotAPhoto as error:
            return ReadImage(image.source, image.line, problem=str(error))
        except FileNotFoundError:
            return ReadImage(image.source, image.line, problem="The file went away.")
        except PermissionError as error:
            return ReadImage(image.source, image.line, problem=f"It cannot be read: {error.strerror}.")
        return ReadImage(image.source, image.line, photo.sha256, name, photo.width, photo.height)


def _content(path: bytes) -> bytes:
    with open(path, "rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise NotAPhoto(f"It is larger than {MAX_BYTES // 1_000_000} MB.")
    return content
