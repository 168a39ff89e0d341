"""Reads the files that products name, judges and stores them, a few at a time."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from catalogue.http_fetch import Fetched
from catalogue.image_storage import remove_when_unused, write_photo
from catalogue.importer.download import Downloads
from catalogue.importer.errors import storage_problem
from catalogue.importer.image_finder import SourceImage
from catalogue.importer.source_product import SourceProduct
from catalogue.models import ProductImage
from catalogue.photo_files import MAX_BYTES, NotAPhoto, Photo, read_photo

READERS = min(8, 2 * (os.cpu_count() or 1))  # decoding and hashing leave Python's lock alone; storing mostly waits


@dataclass(frozen=True, slots=True)
class ReadImage:
    """A stored photo, or the `problem` that there is with it."""

    source: str
    line: int | None
    sha256: str = ""
    stored_sha256: str = ""
    name: str = ""
    width: int = 0
    height: int = 0
    problem: str = ""  # with a sha256: it was to be fetched anew, and the photo that the product has stays
    etag: str = ""
    modified: str = ""

    def as_row(self, product: int, position: int) -> ProductImage:
        return ProductImage(
            product_id=product, position=position, source=self.source[:1000], sha256=self.sha256,
            stored_sha256=self.stored_sha256, file=self.name, width=self.width, height=self.height,
            source_etag=self.etag, source_modified=self.modified,
        )  # fmt: skip


class PhotoReader:
    """Reads files below `folder` and, with `downloads`, addresses. `skipped` counts those that it was not to fetch.

    With `refresh`, addresses that the catalogue has are asked whether their file has changed.
    """

    def __init__(self, *, folder: Path | None, downloads: Downloads | None, refresh: bool = False) -> None:
        self.folder = os.path.realpath(os.fsencode(folder)) if folder else b""
        self.downloads = downloads
        self.refresh = refresh
        self.skipped: Counter[str] = Counter()
        self.written: list[str] = []  # names of the files of the batch in progress
        self.storage_error: OSError | None = None
        self.pool = ThreadPoolExecutor(READERS, thread_name_prefix="photo")

    def prepare(self, products: Sequence[SourceProduct]) -> None:
        """Downloads what these products name and the catalogue does not have. Before the transaction: it takes time."""
        self.written.clear()
        if self.downloads:
            self.downloads.fetch(self._addresses_to_fetch(products))

    def read(
        self, products: Sequence[SourceProduct], known: Mapping[str, Mapping[str, ProductImage]], *, keep: bool
    ) -> dict[str, list[ReadImage]]:
        """Each product's images, stored if `keep`. `known` are the images it has in the catalogue, by sku and hash.

        Raises ImportProblem where the storage takes no more files.
        """
        if not products:
            return {}
        tasks = [(product.sku, image) for product in products for image in product.images]
        done = list(self.pool.map(lambda task: self._read(task[1], known[task[0]], keep), tasks))
        if self.storage_error:
            raise storage_problem(self.storage_error) or self.storage_error
        read: dict[str, list[ReadImage]] = {product.sku: [] for product in products}
        for (sku, _image), found in zip(tasks, done, strict=True):
            if found is None:
                self.skipped["address"] += 1
            else:
                read[sku].append(found)
        return read

    def delete(self, products: Sequence[SourceProduct]) -> None:
        """Removes the downloads of these products, which are stored now."""
        self.written.clear()
        if self.downloads:
            self.downloads.delete(image.source for product in products for image in product.images if not image.path)

    def remove_unstored(self) -> None:
        """Removes the files of a batch that did not commit, unless rows name them. Outside of a transaction."""
        for name in self.written:
            with contextlib.suppress(OSError):
                remove_when_unused(name)
        self.written.clear()

    def close(self) -> None:
        """Ends the threads."""
        self.pool.shutdown(cancel_futures=True)

    def _addresses_to_fetch(self, products: Sequence[SourceProduct]) -> dict[str, Fetched | None]:
        """The addresses, each with what its host said of the file that the catalogue has."""
        addresses = {p.sku: [i.source for i in p.images if i.path is None] for p in products}
        rows = (
            ProductImage.objects.filter(product__sku__in=[sku for sku, found in addresses.items() if found])
            .exclude(source="")
            .values_list("product__sku", "source", "source_etag", "source_modified")
        )
        have = {(sku, source): Fetched(None, etag, modified) for sku, source, etag, modified in rows}
        found: dict[str, Fetched | None] = {}
        for sku, urls in addresses.items():
            for url in urls:
                known = have.get((sku, url[:1000]))
                if known is None or self.refresh:
                    found[url] = known if found.get(url, known) is not None else None
        return found

    def _read(self, image: SourceImage, known: Mapping[str, ProductImage], keep: bool) -> ReadImage | None:
        if self.storage_error:
            return None
        if image.path is None:
            return self._read_address(image, known, keep)
        return self._read_file(os.path.join(self.folder, image.path), image, known, keep)

    def _read_address(self, image: SourceImage, known: Mapping[str, ProductImage], keep: bool) -> ReadImage | None:
        """What was fetched; else the photo that the catalogue has of this address; else the problem."""
        old = next((old for old in known.values() if old.source == image.source[:1000]), None)
        problem = self.downloads.problems.get(image.source, "") if self.downloads else ""
        path = self.downloads.path_of(image.source) if self.downloads and (old is None or self.refresh) else None
        if old and (path is None or problem or not path.exists()):
            return ReadImage(image.source, image.line, old.sha256, problem=problem)
        if path is None or self.downloads is None:
            return None
        if problem:
            return ReadImage(image.source, image.line, problem=problem)
        read = self._read_file(os.fsencode(path), image, known, keep)
        answer = self.downloads.answers.get(image.source)
        return read and replace(read, etag=answer.etag, modified=answer.last_modified) if answer else read

    def _read_file(
        self, path: bytes, image: SourceImage, known: Mapping[str, ProductImage], keep: bool
    ) -> ReadImage | None:
        try:
            content = _content(path)
            sha256 = hashlib.sha256(content).hexdigest()
            if sha256 in known:  # it was judged and stored when it came
                return ReadImage(image.source, image.line, sha256)
            photo = read_photo(content)
            name = self._store(photo) if keep else ""
        except NotAPhoto as error:
            return ReadImage(image.source, image.line, problem=str(error))
        except FileNotFoundError:
            return ReadImage(image.source, image.line, problem="The file went away.")
        except PermissionError as error:
            return ReadImage(image.source, image.line, problem=f"It cannot be read: {error.strerror}.")
        except OSError as error:
            if storage_problem(error):
                self.storage_error = error
                return None
            return ReadImage(image.source, image.line, problem=f"It cannot be read: {error.strerror or error}.")
        return ReadImage(image.source, image.line, photo.sha256, photo.stored_sha256, name, photo.width, photo.height)

    def _store(self, photo: Photo) -> str:
        self.written.append(photo.path)
        return write_photo(photo)


def _content(path: bytes) -> bytes:
    with open(path, "rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise NotAPhoto(f"It is larger than {MAX_BYTES // 1_000_000} MB.")
    return content
