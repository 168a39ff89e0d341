"""A photo and words in one ranking: what is told apart by words alone, by distance alone, and by both."""

import numpy as np
import pytest

from catalogue.browsing.filters import ProductFilters
from catalogue.models import Product
from search.photo.answer import filtered_products
from search.retrieval.fusion import FUSED, fuse, fused_pages, mean_ranks
from search.retrieval.nearest import NearestGarments, Neighbour
from tests.search.vectors import make_embedded_catalogue, make_encoder


def neighbours(distances):
    return [Neighbour(number, number, 1, "", (0, 0, 1, 1), distance) for number, distance in enumerate(distances)]


def order(distances, text_ranks):
    return [one.product_id for one in fuse(neighbours(distances), text_ranks)]


@pytest.mark.parametrize(
    "values, ranks, reason",
    [
        ([], [], "none"),
        ([0.5], [1], "one"),
        ([0.1, 0.9, 0.5], [3, 1, 2], "the largest is the first"),
        ([0.5, 0.9, 0.5, 0.1], [2.5, 1, 2.5, 4], "equal ones share the mean of their places"),
        ([1, 1, 1], [2, 2, 2], "all alike"),
    ],
)
def test_mean_ranks(values, ranks, reason):
    assert mean_ranks(values) == ranks, reason


@pytest.mark.parametrize(
    "distances, text_ranks, expected, reason",
    [
        ([], {}, [], "none"),
        ([0.1, 0.2, 0.3], {0: 0.6, 1: 0.6, 2: 0.6}, [0, 1, 2], "words that tell nothing apart leave the distances"),
        ([0.2, 0.2, 0.2], {0: 0.1, 1: 0.9, 2: 0.5}, [1, 2, 0], "distances that tell nothing apart leave the words"),
        ([0.1, 0.11, 0.9], {0: 0.1, 1: 0.9, 2: 0.5}, [1, 0, 2], "as near and a better fit goes first"),
        ([0.1, 0.2], {0: 0.1, 1: 0.9}, [0, 1], "first in one each: the nearer one"),
    ],
)
def test_two_rankings_made_one(distances, text_ranks, expected, reason):
    assert order(distances, text_ranks) == expected, reason


@pytest.mark.django_db
class TestFusedPages:
    @pytest.fixture(autouse=True)
    def catalogue(self):
        self.encoder = make_encoder()
        self.vectors, self.products = make_embedded_catalogue(self.encoder, products=FUSED + 100, images=1)
        # Every third tells of silk in its name, the others only in their description; one in ten not at all.
        for number, product in enumerate(self.products):
            if number % 10:
                product.name, product.description = (f"Silk {number}", "") if number % 3 == 0 else ("Plain", "of silk")
                product.save()
        self.matching = {product.pk for number, product in enumerate(self.products) if number % 10}

    def page(self, *, limit, offset=0, exact_rows=None):
        products = filtered_products(ProductFilters(q="silk"))
        search = NearestGarments(self.vectors[0], encoder=self.encoder, products=products, exact_rows=exact_rows)
        (page,) = fused_pages([search], products, limit=limit, offset=offset)
        assert page.count == len(self.matching)
        return page.neighbours

    def test_names_go_before_descriptions_among_what_is_about_as_near(self):
        first = [one.product_id for one in self.page(limit=20)]
        named = {product.pk for number, product in enumerate(self.products) if number % 3 == 0 and number % 10}
        assert len(named & set(first)) >= 10  # of all that matches it is a third

    @pytest.mark.parametrize("way", [0, 10**9])
    @pytest.mark.parametrize("step", [7, 90, 1000])
    def test_pages_tile_what_the_words_leave(self, way, step):
        pages = [self.page(limit=step, offset=offset, exact_rows=way) for offset in range(0, 300, step)]
        given = [one.product_id for page in pages for one in page]
        assert len(given) == len(set(given))
        assert set(given) == self.matching
        assert all(len(page) == min(step, max(0, 270 - place * step)) for place, page in enumerate(pages))

    def test_past_the_fused_ones_the_nearest_come_first(self):
        distances = [one.distance for one in self.page(limit=100, offset=FUSED)]
        assert distances == sorted(distances)
        assert min(distances) >= max(one.distance for one in self.page(limit=FUSED)) - 1e-6

    def test_fused_ones_are_the_nearest_that_match(self):
        distances = 1 - self.vectors @ self.vectors[0]
        matching = [number for number in np.argsort(distances, kind="stable") if number % 10]
        given = {one.product_id for one in self.page(limit=FUSED, exact_rows=10**9)}
        assert given == {self.products[number].pk for number in matching[:FUSED]}
        assert Product.objects.visible().count() == FUSED + 100
