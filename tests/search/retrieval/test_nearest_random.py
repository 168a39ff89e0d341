"""Random filters, limits and offsets, by both strategies, against exact answers that NumPy computes.

A catalogue with all that makes a search stumble: clustered vectors, several rows a product, the same vector many times,
vectors of zeros, products without any, without a price, hidden ones, misread garments, brands with quotes and per cent
signs, a second encoder of another size. A failure names its seed; RANDOM_SEARCHES=500 asks more than a run of the tests
usually does.
"""

import os
import sys
from dataclasses import dataclass, field

import numpy as np
import pytest
from django.test import TestCase
from pgvector import HalfVector

from catalogue.browsing.filters import ProductFilters
from catalogue.models import Category, Product, ProductImage
from search.models import GarmentEmbedding
from search.photo.answer import filtered_products
from search.retrieval import indexes
from search.retrieval.estimates import COUNT_UP_TO
from search.retrieval.nearest import NearestGarments
from search.retrieval.nearest_sql import NEAR_DUPLICATE_DISTANCE
from tests.factories import make_category
from tests.search.vectors import clustered_vectors, make_encoder

SEARCHES = int(os.environ.get("RANDOM_SEARCHES", 60))
PRODUCTS, DIMENSIONS = 1600, 24
ALWAYS_SCAN, ALWAYS_EXACT = 0, 10**9
CLOSE_ENOUGH = 2e-3  # of a distance: both sides round to 16 bits
TYPES = {"dress": ["dress"], "tops": ["top", "outerwear"], "skirts": ["skirt"], "sale": []}  # sale: any type
BRANDS = ["O'Neill", '100% "Cotton"', "back\\slash", "%s", "Ünïcode 裙", "plain", "; DROP TABLE x --", "{braces}"]
COLOURS = ["black", "white", "red", "blue", "green"]
WORDS = ["zorka", "blimp", "quartz", "fjord"]


@dataclass(slots=True)
class Row:
    """A stored vector: its product's number, image, ordinal and garment type."""

    product: int
    image: int
    ordinal: int
    garment_type: str


@dataclass(slots=True)
class Shop:
    """What is stored, beside it: rows in the order of `vectors` ((R, D) float32 as halves have it)."""

    products: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    vectors: np.ndarray | None = None


def make_shop(encoder, seed):
    rng = np.random.default_rng(seed)
    categories = [make_category(name=name, slug=name, garment_types=types) for name, types in TYPES.items()]
    shop = Shop()
    shop.products = Product.objects.bulk_create(
        Product(
            sku=f"random-{number}",
            name=" ".join(["Garment", *rng.choice(WORDS, rng.integers(0, 3), replace=False)]),
            category=categories[rng.choice(4, p=[0.6, 0.25, 0.14, 0.01])],
            brand=BRANDS[min(int(rng.exponential(1.2)), len(BRANDS) - 1)],
            price=None if rng.random() < 0.05 else int(rng.integers(0, 1000)),
            colours=[str(colour) for colour in rng.choice(COLOURS, rng.integers(0, 3), replace=False)],
            is_active=bool(rng.random() < 0.9),
        )
        for number in range(PRODUCTS)
    )
    images = ProductImage.objects.bulk_create(
        ProductImage(product=product, file=f"x/{product.sku}-{position}", sha256=f"{product.pk:060x}{position:04x}",
                     width=3, height=4, position=position)
        for product in shop.products
        for position in range(rng.integers(0, 4))
    )  # fmt: skip
    numbers = {product.pk: number for number, product in enumerate(shop.products)}
    for image in images:
        held = image.product.category.garment_types or ["dress"]
        seen = held[0] if rng.random() < 0.9 else "bag"
        shop.rows.append(Row(numbers[image.product_id], image.pk, 0, ""))
        shop.rows.append(Row(numbers[image.product_id], image.pk, 1, seen))
    shop.vectors = make_vectors(len(shop.rows), rng)
    store(shop, encoder, images)
    return shop


def make_vectors(count, rng):
    vectors = clustered_vectors(count, DIMENSIONS, clusters=30, seed=int(rng.integers(2**31)))
    same = rng.choice(count, count // 20, replace=False)
    vectors[same] = vectors[same[0]]  # a stock photo that many products share
    vectors[rng.choice(count, 3, replace=False)] = 0
    return vectors.astype(np.float16).astype(np.float32)


def store(shop, encoder, images):
    hashes = {image.pk: image.sha256 for image in images}
    GarmentEmbedding.objects.bulk_create(
        GarmentEmbedding(
            image_id=row.image, encoder=encoder, ordinal=row.ordinal, product=shop.products[row.product],
            category_id=shop.products[row.product].category_id,
            garment_type=row.garment_type, box=[0, 0, 1, 1], score=1, pixels_sha256=hashes[row.image],
            fingerprint="test", vector=HalfVector(vector),
        )
        for row, vector in zip(shop.rows, shop.vectors, strict=True)
    )  # fmt: skip


def distances_to(query, vectors):
    """(R,) cosine distances; 2 from a vector that has no direction."""
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
    with np.errstate(invalid="ignore"):
        return np.where(lengths == 0, 2, 1 - vectors @ query / lengths)


def passes(product, filters):
    """What `filtered_products` should say, in Python."""
    return (
        product.is_active
        and (not filters.category or product.category in filters.category)
        and (not filters.brand or product.brand in filters.brand)
        and (filters.price_min is None or (product.price is not None and product.price >= filters.price_min))
        and (filters.price_max is None or (product.price is not None and product.price <= filters.price_max))
        and (not filters.colour or set(filters.colour) & set(product.colours))
        and all(word in product.name.split() for word in filters.q.split())
    )


def exact_answer(shop, query, filters, garment_type):
    """{product number: the distance of its nearest garment}, of all that match."""
    answer = {}
    for row, distance in zip(shop.rows, distances_to(query, shop.vectors), strict=True):
        product = shop.products[row.product]
        held = product.category.garment_types
        in_category = not garment_type or not held or garment_type in held
        is_misread = row.garment_type == garment_type and distance < NEAR_DUPLICATE_DISTANCE
        if (in_category or is_misread) and passes(product, filters):
            answer[row.product] = min(distance, answer.get(row.product, np.inf))
    return answer


def random_filters(rng):
    """Each filter in three of ten searches, so that all mixtures come up, those that nothing passes too."""

    def sometimes(value):
        return value if rng.random() < 0.3 else None

    def sometimes_one(value):
        return (value,) if rng.random() < 0.3 else ()

    low, high = sorted(int(bound) for bound in rng.integers(0, 1000, 2))
    return ProductFilters(
        category=sometimes_one(Category.objects.get(slug=str(rng.choice(list(TYPES))))),
        brand=sometimes_one(str(rng.choice(BRANDS))),
        price_min=sometimes(low),
        price_max=sometimes(high),
        colour=sometimes_one(str(rng.choice(COLOURS))),
        q=sometimes(" ".join(rng.choice(WORDS, rng.integers(1, 3), replace=False))) or "",
    )


class RandomSearchTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.seed = int(os.environ.get("RANDOM_SEED", 20_261))
        cls.encoder = make_encoder(dimensions=DIMENSIONS)
        cls.shop = make_shop(cls.encoder, cls.seed)
        cls.numbers = {product.pk: number for number, product in enumerate(cls.shop.products)}
        cls.add_another_encoder()
        indexes.create_index(cls.encoder)
        indexes.analyse()

    @classmethod
    def add_another_encoder(cls):
        """Its vectors have another length: a search that met one would fail."""
        other = make_encoder("other", dimensions=8, is_serving=False)
        GarmentEmbedding.objects.bulk_create(
            GarmentEmbedding(
                image_id=row.image, encoder=other, ordinal=1, product=cls.shop.products[row.product],
                category_id=cls.shop.products[row.product].category_id, box=[0, 0, 1, 1],
                score=1, pixels_sha256="0" * 64, fingerprint="test", vector=HalfVector(np.ones(8)),
            )
            for row in cls.shop.rows[1::8]
        )  # fmt: skip

    def searches(self, count=SEARCHES):
        """Yields (rng, exact answer, the search by its strategy) for random questions."""
        for number in range(count):
            rng = np.random.default_rng([self.seed, number])
            row = rng.integers(len(self.shop.rows))
            query = self.shop.vectors[row] + 0.3 * rng.normal(size=DIMENSIONS) / np.sqrt(DIMENSIONS)
            query = (query / np.linalg.norm(query)).astype(np.float16).astype(np.float32)
            filters = random_filters(rng)
            garment_type = str(rng.choice(["dress", "top", "skirt", "bag"])) if rng.random() < 0.4 else None
            sys.stdout.write(f"seed {self.seed}, search {number}: {filters}, {garment_type}\n")  # shown where one fails
            yield (
                rng,
                exact_answer(self.shop, query, filters, garment_type),
                lambda way, query=query, filters=filters, garment_type=garment_type: NearestGarments(
                    query, encoder=self.encoder, products=filtered_products(filters), garment_type=garment_type,
                    exact_rows=way,
                ),
            )  # fmt: skip

    def check_page(self, found, answer, *, limit, offset):
        """Full, once each, matching, nearest first, and with true distances."""
        numbers = [self.numbers[neighbour.product_id] for neighbour in found]
        assert len(numbers) == min(limit, max(0, len(answer) - offset))
        assert len(set(numbers)) == len(numbers)
        assert set(numbers) <= set(answer)
        distances = [neighbour.distance for neighbour in found]
        assert distances == sorted(distances)
        true = [answer[number] for number in numbers]
        np.testing.assert_allclose(distances, true, atol=CLOSE_ENOUGH)
        return distances

    def test_exact_strategy_gives_the_exact_answer(self):
        for rng, answer, search in self.searches():
            limit, offset = int(rng.choice([1, 5, 24, 100, 2000])), int(rng.choice([0, 0, 3, 50, 700, 5000]))
            found = search(ALWAYS_EXACT).page(limit=limit, offset=offset)
            distances = self.check_page(found, answer, limit=limit, offset=offset)
            true = sorted(answer.values())[offset : offset + limit]
            np.testing.assert_allclose(distances, true, atol=CLOSE_ENOUGH)

    def test_approximate_strategy_fills_every_page(self):
        for rng, answer, search in self.searches():
            limit, offset = int(rng.choice([1, 5, 24, 100, 2000])), int(rng.choice([0, 0, 3, 50, 700, 5000]))
            found = search(ALWAYS_SCAN).page(limit=limit, offset=offset)
            self.check_page(found, answer, limit=limit, offset=offset)

    def test_approximate_strategy_misses_hardly_any_of_the_nearest_ten(self):
        hits, wanted = 0, 0
        for _, answer, search in self.searches():
            found = search(ALWAYS_SCAN).page(limit=10)
            tenth = sorted(answer.values())[min(10, len(answer)) - 1] if answer else 0
            hits += sum(neighbour.distance <= tenth + CLOSE_ENOUGH for neighbour in found)
            wanted += min(10, len(answer))
        assert wanted > 100
        assert hits / wanted >= 0.98, f"{hits} of {wanted}, seed {self.seed}"

    def test_whatever_limits_cut_the_list_it_is_one_list(self):
        for way in (ALWAYS_SCAN, ALWAYS_EXACT):
            for rng, answer, search in self.searches(max(8, SEARCHES // 8)):
                whole = sorted(neighbour.product_id for neighbour in search(way).page(limit=PRODUCTS))
                parts = []
                while len(parts) < len(answer):
                    limit = int(rng.integers(1, 400))
                    page = search(way).page(limit=limit, offset=len(parts))
                    assert len(page) == min(limit, len(answer) - len(parts))
                    parts += [neighbour.product_id for neighbour in page]
                assert sorted(parts) == whole
                assert sorted(self.numbers[pk] for pk in parts) == sorted(answer)

    def test_strategy_that_the_estimate_chooses_gives_right_pages(self):
        for _, answer, search in self.searches(max(8, SEARCHES // 4)):
            self.check_page(search(None).page(limit=24), answer, limit=24, offset=0)

    def test_count_is_that_of_the_exact_answer(self):
        for _, answer, search in self.searches():
            count = search(None).count()
            assert count == len(answer) if len(answer) <= COUNT_UP_TO else count > COUNT_UP_TO


@pytest.mark.django_db
@pytest.mark.parametrize("way", [ALWAYS_SCAN, ALWAYS_EXACT, None])
def test_empty_catalogue_has_nothing_near(way):
    encoder = make_encoder(dimensions=DIMENSIONS)
    indexes.create_index(encoder)
    search = NearestGarments(
        np.ones(DIMENSIONS), encoder=encoder, products=Product.objects.visible(), garment_type="dress", exact_rows=way
    )
    assert search.page(limit=24) == search.page(limit=24, offset=7) == []
    assert search.count() == 0
