"""Batches of products into the database and the storage: what differs is written, in one transaction a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import DataError, Error, IntegrityError, OperationalError, connection

from catalogue import derived_data
from catalogue.category_garment_types import garment_types_of_category
from catalogue.image_storage import keep_files_until_commit
from catalogue.importer.categories import category_slug
from catalogue.importer.errors import database_problem
from catalogue.importer.photo_reader import PhotoReader, ReadImage
from catalogue.importer.product_rows import keys_of_products_with_images, write_products
from catalogue.importer.report import Report
from catalogue.importer.source_product import SourceProduct
from catalogue.models import Category, Product, ProductImage
from catalogue.ordered_writes import ordered_writes
from catalogue.services import delete_images

IMAGE_FIELDS = ["position", "source", "source_etag", "source_modified"]


@dataclass
class Outcome:
    """What one batch did; reported once it has committed."""

    products: Counter[str] = field(default_factory=Counter)
    images: Counter[str] = field(default_factory=Counter)
    refused: list[dict[str, Any]] = field(default_factory=list)


class Loader:
    """Writes batches. With `dry_run` it finds out what it would write, and reports that."""

    def __init__(self, *, reader: PhotoReader, report: Report, dry_run: bool = False, prune: bool = False) -> None:
        self.reader = reader
        self.report = report
        self.dry_run = dry_run
        self.prune = prune
        self.categories = _categories()
        self._named: set[tuple[str, str]] = set()  # slug and field of names that were given
        self.new_categories: dict[str, str] = {}  # those that hold any type, by slug: their names say nothing

    def load(self, products: list[SourceProduct]) -> None:
        """Writes these products and their images. One that the database refuses is reported and holds up no other."""
        self.reader.prepare(products)
        try:
            outcome = self._load(products)
        except (DataError, IntegrityError, OperationalError) as error:
            self._stop_if_server(error)
            self.categories = _categories()  # those made in this transaction are gone with it
            if len(products) > 1:
                middle = len(products) // 2
                self.load(products[:middle])
                self.load(products[middle:])
                return
            [product] = products
            reason = f"The database refuses it: {str(error).splitlines()[0]}."
            self.report.refuse("product", line=product.line, value=product.sku, reason=reason)
            self.report.refuse_lines(product.more_lines, f"It belongs to line {product.line}, which was refused.")
            return
        except BaseException:
            self.reader.remove_unstored()
            raise
        self.report.add(products=outcome.products, images=outcome.images)
        for refusal in outcome.refused:
            self.report.refuse("image", **refusal)
        self.reader.delete(products)

    def _load(self, products: list[SourceProduct]) -> Outcome:
        outcome = Outcome()
        with ordered_writes():
            if not self.dry_run:
                keep_files_until_commit()
            self._make_categories(products)
            written = write_products(products, self.categories, dry_run=self.dry_run)
            outcome.products.update(created=written.created, updated=written.updated, unchanged=written.unchanged)
            self._write_images(products, outcome)
            if written.moved and not self.dry_run:
                derived_data.products_moved(Product.objects.filter(pk__in=written.moved))
            if written.renamed and not self.dry_run:
                derived_data.products_renamed(Product.objects.filter(pk__in=written.renamed))
        return outcome

    def _stop_if_server(self, error: Error) -> None:
        """Ends the import where it is not a row that the database refuses. Raises ImportProblem, or `error`."""
        problem = database_problem(error)
        if problem or not connection.is_usable():
            if connection.is_usable():
                self.reader.remove_unstored()
            raise problem or error

    # -- categories ---------------------------------------------------------------------------------------------

    def _make_categories(self, products: list[SourceProduct]) -> None:
        names = {category_slug(name): name for name in map(_category, products)}
        new = {slug: name for slug, name in names.items() if slug not in self.categories}
        self.new_categories |= {slug: name for slug, name in new.items() if not garment_types_of_category(slug)}
        if new and not self.dry_run:
            Category.objects.bulk_create(
                (
                    Category(slug=slug, name=name, garment_types=garment_types_of_category(slug))
                    for slug, name in new.items()
                ),
                ignore_conflicts=True,
            )
            self.categories |= dict(Category.objects.filter(slug__in=new).values_list("slug", "pk"))
        if not self.dry_run:
            self._name_categories(products)

    def _name_categories(self, products: list[SourceProduct]) -> None:
        """Gives categories their names in other languages where they have none: what the admin holds stays."""
        for product in products:
            if not product.category_names:
                continue
            slug = category_slug(_category(product))
            for field_name, name in product.category_names.items():
                if (slug, field_name) not in self._named:
                    self._named.add((slug, field_name))
                    Category.objects.filter(slug=slug, **{field_name: ""}).update(**{field_name: name})

    # -- images -------------------------------------------------------------------------------------------------

    def _write_images(self, products: list[SourceProduct], outcome: Outcome) -> None:
        keys = keys_of_products_with_images(products)
        products = [product for product in products if product.images or product.sku in keys]
        existing = _images_of(keys.values())
        known = {product.sku: existing.get(keys.get(product.sku, 0), {}) for product in products}
        read = self.reader.read(products, known, keep=not self.dry_run)
        new: list[ProductImage] = []
        moved: list[ProductImage] = []
        gone: list[int] = []
        for product in products:
            key, own = keys.get(product.sku), known[product.sku]  # in a dry run a new product has no key
            images, refused = _sorted_out(read[product.sku])
            outcome.refused += refused
            for position, image in enumerate(images):
                self._write_image(key, own.get(image.sha256), image, position, new, moved, outcome)
            listed = {image.sha256 for image in images}
            sources = {image.source[:1000] for image in images if not image.problem}
            unlisted = [old for old in own.values() if old.source and old.sha256 not in listed]
            replaced = [old for old in unlisted if old.source in sources]  # another photo lies there now
            gone += [old.pk for old in replaced]
            unlisted = [old for old in unlisted if old.source not in sources]
            if self.prune and product.has_all_images and not refused:
                gone += [old.pk for old in unlisted]
            else:
                self._put_behind(unlisted, len(images), moved, outcome)
        if gone:
            outcome.images["removed"] += len(gone)
        if self.dry_run:
            return
        ProductImage.objects.bulk_create(
            new, update_conflicts=True, unique_fields=["product", "sha256"], update_fields=IMAGE_FIELDS
        )
        ProductImage.objects.bulk_update(moved, IMAGE_FIELDS)
        if gone:
            delete_images(images=ProductImage.objects.filter(pk__in=gone))

    def _put_behind(
        self, unlisted: list[ProductImage], listed: int, moved: list[ProductImage], outcome: Outcome
    ) -> None:
        """What the source no longer names comes after what it does: the first image is the one that lists show."""
        for position, old in enumerate(sorted(unlisted, key=lambda old: (old.position, old.pk)), start=listed):
            if old.position != position:
                outcome.images["updated"] += 1
                old.position = position
                moved.append(old)

    def _write_image(
        self,
        product: int | None,
        old: ProductImage | None,
        image: ReadImage,
        position: int,
        new: list[ProductImage],
        moved: list[ProductImage],
        outcome: Outcome,
    ) -> None:
        if old is None:
            outcome.images["created"] += 1
            if product is not None:
                new.append(image.as_row(product, position))
            return
        source = image.source[:1000]
        etag, modified = (image.etag, image.modified) if image.etag or image.modified else _validators(old)
        is_moved = (old.position, old.source) != (position, source)
        outcome.images["updated" if is_moved else "unchanged"] += 1
        if is_moved or (etag, modified) != _validators(old):
            old.position, old.source, old.source_etag, old.source_modified = position, source, etag, modified
            moved.append(old)


def _validators(image: ProductImage) -> tuple[str, str]:
    return image.source_etag, image.source_modified


def _categories() -> dict[str, int]:
    return dict(Category.objects.values_list("slug", "pk"))


def _category(product: SourceProduct) -> str:
    return str(product.fields.get("category") or product.defaults["category"])


def _images_of(products: Iterable[int]) -> dict[int, dict[str, ProductImage]]:
    found: dict[int, dict[str, ProductImage]] = {}
    keys = list(products)
    for image in ProductImage.objects.filter(product__in=keys) if keys else ():
        found.setdefault(image.product_id, {})[image.sha256] = image
    return found


def _sorted_out(read: Iterable[ReadImage]) -> tuple[list[ReadImage], list[dict[str, Any]]]:
    """The images, each once, and the refusals among what was read."""
    images: dict[str, ReadImage] = {}
    refused = []
    for image in read:
        if image.problem:
            refused.append({"line": image.line, "value": image.source, "reason": image.problem})
        if image.sha256:
            images.setdefault(image.sha256, image)
    return list(images.values()), refused


def batches(
    products: Iterator[SourceProduct], *, most_products: int = 5_000, most_images: int = 400
) -> Iterator[list[SourceProduct]]:
    """Batches that keep a transaction within seconds: rows are quick, photos are read and stored one by one."""
    batch: list[SourceProduct] = []
    images = 0
    for product in products:
        batch.append(product)
        images += len(product.images)
        if len(batch) >= most_products or images >= most_images:
            yield batch
            batch, images = [], 0
    if batch:
        yield batch
