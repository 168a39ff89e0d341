import numpy as np
import pytest
from django.db import connection
from django.db.models import F
from django.test import TestCase

from catalogue.models import Product, ProductImage
from search.retrieval import indexes, nearest
from search.retrieval.estimates import COUNT_UP_TO, estimates
from search.retrieval.nearest import LOOK_AHEAD, NearestGarments, finalised_neighbours
from tests.search.vectors import clustered_vectors, embed, exact_ranking, make_embedded_catalogue, make_encoder

IMAGES = 2
PRODUCTS = 1500
ALWAYS_SCAN, ALWAYS_EXACT = 0, 10**9

# (filter of products, which product numbers pass it): from everything down to one in 1,500 and none
FILTERS = {
    "everything": (Product.objects.visible(), lambda i: True),
    "half": (Product.objects.visible().filter(colours__contains=["black"]), lambda i: i % 2 == 0),
    "one in a hundred": (Product.objects.visible().filter(brand="brand-7"), lambda i: i % 100 == 7),
    "price range": (Product.objects.visible().filter(price__gte=700, price__lte=719), lambda i: 700 <= i <= 719),
    "one": (Product.objects.visible().filter(sku="test-encoder-3"), lambda i: i == 3),
    "none": (Product.objects.visible().filter(brand="nobody"), lambda i: False),
}


class NearestGarmentsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.encoder = make_encoder()
        cls.vectors, cls.products = make_embedded_catalogue(cls.encoder, products=PRODUCTS, images=IMAGES)
        cls.numbers = {product.pk: number for number, product in enumerate(cls.products)}
        cls.query = clustered_vectors(5, 16, seed=0)[3]

    def search(self, products=None, *, exact_rows=ALWAYS_SCAN, garment_type=None, query=None):
        return NearestGarments(
            self.query if query is None else query,
            encoder=self.encoder,
            products=Product.objects.visible() if products is None else products,
            garment_type=garment_type,
            exact_rows=exact_rows,
        )

    def expected(self, passes, query=None):
        order, _ = exact_ranking(self.query if query is None else query, self.vectors, IMAGES)
        return [number for number in order if passes(number)]

    def test_exact_strategy_agrees_with_numpy(self):
        for name, (products, passes) in FILTERS.items():
            with self.subTest(name):
                found = self.search(products, exact_rows=ALWAYS_EXACT).page(limit=50)
                assert [self.numbers[neighbour.product_id] for neighbour in found] == self.expected(passes)[:50]

    def test_distances_agree_with_numpy(self):
        found = self.search(exact_rows=ALWAYS_EXACT).page(limit=100)
        _, distances = exact_ranking(self.query, self.vectors, IMAGES)
        np.testing.assert_allclose([neighbour.distance for neighbour in found], distances[:100], atol=1e-3)

    def test_no_page_is_short_whatever_the_filter(self):
        for name, (products, passes) in FILTERS.items():
            for limit in (1, 24, 100, 2000):
                with self.subTest(name, limit=limit):
                    matching = len(self.expected(passes))
                    assert len(self.search(products).page(limit=limit)) == min(limit, matching)

    def test_index_finds_nearly_all_of_the_true_ten(self):
        hits = 0
        queries = clustered_vectors(40, 16, seed=0)[:20]
        for query in queries:
            found = {self.numbers[neighbour.product_id] for neighbour in self.search(query=query).page(limit=10)}
            hits += len(found & set(self.expected(lambda i: True, query)[:10]))
        assert hits / (10 * len(queries)) >= 0.98

    def test_pages_tile_the_whole_list(self):
        for exact_rows in (ALWAYS_SCAN, ALWAYS_EXACT):
            with self.subTest(exact_rows=exact_rows):
                seen = []
                for offset in range(0, PRODUCTS + 300, 300):
                    page = self.search(exact_rows=exact_rows).page(limit=300, offset=offset)
                    seen += [neighbour.product_id for neighbour in page]
                assert len(seen) == len(set(seen)) == PRODUCTS

    def test_small_pages_are_slices_of_one_list(self):
        search = self.search(FILTERS["half"][0])
        whole = [neighbour.product_id for neighbour in search.page(limit=60)]
        parts = [n.product_id for offset in range(0, 60, 7) for n in search.page(limit=7, offset=offset)]
        assert parts[:60] == whole

    def test_each_product_once_by_its_nearest_image(self):
        best = exact_ranking(self.query, self.vectors, IMAGES)[0][0]
        first = self.search().page(limit=1)[0]
        distances = 1 - self.vectors[best * IMAGES : best * IMAGES + IMAGES] @ self.query
        nearest = self.products[best].images.order_by("position")[int(distances.argmin())]
        assert (first.product_id, first.image_id) == (self.products[best].pk, nearest.pk)

    def test_garment_type_searches_the_categories_that_hold_it(self):
        for exact_rows in (ALWAYS_SCAN, ALWAYS_EXACT):
            search = self.search(garment_type="top", exact_rows=exact_rows)
            found = [self.numbers[neighbour.product_id] for neighbour in search.page(limit=600)]
            assert sorted(found) == [number for number in range(PRODUCTS) if number % 3 == 1]
            assert search.count() == len(found)

    def test_garment_seen_as_another_type_is_found_by_that_type(self):
        misread = self.products[0]  # a dress by its category
        embed([misread.images.first()], [self.query], self.encoder, ["top"], ordinal=2)
        for exact_rows in (ALWAYS_SCAN, ALWAYS_EXACT):
            search = self.search(garment_type="top", exact_rows=exact_rows)
            assert search.page(limit=1)[0].product_id == misread.pk
            assert search.count() == PRODUCTS / 3 + 1

    def test_garment_seen_as_another_type_is_named_and_not_the_like_one_beside_it(self):
        misread = self.products[0]
        image = misread.images.first()
        embed([image], [self.query], self.encoder, [""], ordinal=2)
        embed([image], [self.query], self.encoder, ["top"], ordinal=3)
        for exact_rows in (ALWAYS_SCAN, ALWAYS_EXACT):
            (found,) = self.search(garment_type="top", exact_rows=exact_rows).page(limit=1)
            assert (found.product_id, found.ordinal, found.garment_type) == (misread.pk, 3, "top")

    def test_garment_that_is_only_somewhat_alike_is_not_found_by_a_misread_type(self):
        misread = self.products[0]
        embed([misread.images.first()], [-self.query], self.encoder, ["top"], ordinal=2)
        for exact_rows in (ALWAYS_SCAN, ALWAYS_EXACT):
            search = self.search(garment_type="top", exact_rows=exact_rows)
            assert misread.pk not in [neighbour.product_id for neighbour in search.page(limit=PRODUCTS)]
            assert search.count() == PRODUCTS / 3

    def test_hidden_products_are_gone_at_once(self):
        nearest = self.search().page(limit=1)[0].product_id
        Product.objects.filter(pk=nearest).update(is_active=False)
        assert nearest not in [neighbour.product_id for neighbour in self.search().page(limit=PRODUCTS)]

    def test_count_is_exact(self):
        for name, (products, passes) in FILTERS.items():
            with self.subTest(name):
                count, expected = self.search(products).count(), len(self.expected(passes))
                assert count == expected if expected <= COUNT_UP_TO else COUNT_UP_TO < count < 2 * expected

    def test_two_encoders_are_never_compared(self):
        other = make_encoder("other", is_serving=False)
        embed([self.products[5].images.first()], [self.query], other, ["dress"])
        before = exact_ranking(self.query, self.vectors, IMAGES)[0][0]
        assert self.numbers[self.search().page(limit=1)[0].product_id] == before
        found = NearestGarments(self.query, encoder=other, products=Product.objects.visible()).page(limit=9)
        assert [neighbour.product_id for neighbour in found] == [self.products[5].pk]

    def test_vector_of_another_dimension_is_refused(self):
        with pytest.raises(ValueError, match="8 dimensions; test-encoder's have 16"):
            self.search(query=np.ones(8))

    def test_scan_goes_through_the_index_of_the_encoder(self):
        plan = self.search(FILTERS["half"][0]).explain()
        assert "Index Scan using embedding_hnsw_test_encoder" in plan
        assert "Sort" not in plan

    def test_far_too_low_an_estimate_costs_no_rows(self):
        first = self.products[0]
        new = Product.objects.bulk_create(
            Product(sku=f"new-{number}", name="New", category=first.category, brand="new", price=1)
            for number in range(200)
        )
        images = ProductImage.objects.bulk_create(
            ProductImage(product=product, file="x/x", sha256=f"{product.pk:064x}", width=1, height=1) for product in new
        )
        vectors = clustered_vectors(200, 16, seed=5)
        embed(images, vectors, self.encoder, ["dress"] * 200)  # and the planner is not told
        search = self.search(Product.objects.visible().filter(brand="new"), exact_rows=20)
        assert search.is_exact
        assert nearest._exact_pages([search], 10, 0) == [None]
        assert len(search.page(limit=150)) == 150
        true = [new[number].pk for number in exact_ranking(self.query, vectors.astype(np.float16), 1)[0]]
        whole = [neighbour.product_id for neighbour in search.page(limit=1000)]
        assert sorted(whole) == sorted(true)
        assert len(set(whole[:50]) & set(true[:50])) >= 48
        pages = [search.page(limit=70, offset=offset) for offset in (0, 70, 140, 210)]
        assert sorted(neighbour.product_id for page in pages for neighbour in page) == sorted(true)

    def test_far_too_high_an_estimate_gives_the_exact_answer(self):
        for bound in (0, 1, 3, 30):
            guessed = Product.objects.visible().alias(dearer=F("price") + 0).filter(dearer__lt=bound)
            search = self.search(guessed, exact_rows=100)
            assert not search.is_exact
            found = [self.numbers[neighbour.product_id] for neighbour in search.page(limit=24)]
            assert found == self.expected(lambda i, bound=bound: i < bound)[:24]

    def test_the_estimate_of_a_garment_type_is_near_what_matches(self):
        """The join compares the product and its category: the planner takes the latter for a condition of its own."""
        search = self.search(garment_type="dress")
        assert 800 < search.estimated_rows < 1500  # 500 products with two each match
        assert sum(estimates([search.sql.estimated_products()])) > 400

    def test_without_an_index_the_exact_strategy_is_taken(self):
        indexes.drop_index(self.encoder)
        search = self.search(exact_rows=None)
        assert search.is_exact
        assert [self.numbers[one.product_id] for one in search.page(limit=24)] == self.expected(lambda i: True)[:24]

    def test_products_that_django_knows_to_be_none(self):
        for products in (Product.objects.none(), Product.objects.visible().filter(pk__in=[])):
            assert self.search(products).page(limit=24) == []
            assert self.search(products, garment_type="top").count() == 0

    def test_vector_without_a_direction_is_refused(self):
        for vector in (np.zeros(16), np.full(16, np.nan), np.full(16, np.inf)):
            with pytest.raises(ValueError, match="no direction"):
                self.search(query=vector)

    def test_settings_of_the_scan_do_not_outlive_it(self):
        self.search().page(limit=5)
        with connection.cursor() as cursor:
            cursor.execute("SHOW enable_seqscan")
            assert cursor.fetchone() == ("on",)


@pytest.mark.django_db(transaction=True)
def test_exact_strategy_compares_in_the_covering_index_alone():
    encoder = make_encoder()
    make_embedded_catalogue(encoder, products=PRODUCTS, images=IMAGES)
    try:
        indexes.analyse()
        for garment_type in (None, "top"):
            search = NearestGarments(
                np.ones(16), encoder=encoder, products=FILTERS["price range"][0], garment_type=garment_type
            )
            assert search.is_exact
            assert "Index Only Scan using embedding_covering_test_encoder" in search.explain()
    finally:
        indexes.drop_index(encoder)


def row(product, distance):
    return (product, product * 10, 1, "dress", [0, 0, 1, 1], distance)


FAR = [row(1000 + number, 1 + number / 1000) for number in range(LOOK_AHEAD)]


@pytest.mark.parametrize(
    "rows, finalised, reason",
    [
        ([], [], "nothing met"),
        (FAR, [], "as many met as are looked ahead at: none is finalised"),
        ([row(1, 0.1), *FAR], [(1, 0.1)], "the nearest, when enough are farther"),
        ([row(1, 0.3), row(2, 0.2), *FAR], [(2, 0.2), (1, 0.3)], "met late, but before it was finalised"),
        ([row(1, 0.3), row(1, 0.2), *FAR], [(1, 0.2)], "a nearer photo met later takes the product's place"),
        ([row(1, 0.2), row(1, 0.3), *FAR], [(1, 0.2)], "a farther photo changes nothing"),
        ([row(2, 0.2), row(1, 0.2), *FAR], [(1, 0.2), (2, 0.2)], "of equals the smaller number"),
        ([row(1, 0.2), *FAR, row(1, 0.1)], [(1, 0.2)], "finalised once, whatever comes later"),
    ],
)
def test_what_a_scan_finalises(rows, finalised, reason):
    assert [(one.product_id, one.distance) for one in finalised_neighbours(rows)] == finalised, reason
