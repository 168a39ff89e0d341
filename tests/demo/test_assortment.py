from collections import Counter

import pytest

from demo.assortment import assortment

COUNT = 420


@pytest.fixture(scope="module")
def products():
    return assortment(COUNT)


def test_at_least_fourteen_categories_have_their_fill(products):
    counts = Counter(product.category for product in products)
    assert len(products) == COUNT
    assert len(counts) >= 14
    assert min(counts.values()) >= 8
    assert {"Atasan", "Dress", "Jeans", "Rok", "Sepatu", "Tas", "Aksesoris", "Jaket___Coat"} <= set(counts)


@pytest.mark.parametrize(
    "garment_type",
    ["top", "outerwear", "dress", "jumpsuit", "trousers", "shorts", "skirt", "footwear", "bag", "headwear"],
)
def test_every_garment_type_is_sold(products, garment_type):
    assert sum(product.garment_type == garment_type for product in products) >= 10


def looks(product):
    """All that the eye can tell a product by; folds and the size of a print are not among it."""
    design = product.design
    cloths = tuple(
        (name, cloth.motif, cloth.weave, cloth.colours)
        for name, cloth in sorted(design.paints.items())
        if name in ("main", "second")
    )
    return design.kind, tuple(sorted((key, str(value)) for key, value in design.cut.items())), cloths


def test_no_two_products_look_alike(products):
    alike = [look for look, count in Counter(map(looks, products)).items() if count > 1]
    assert alike == []


def test_a_plain_product_differs_from_others_of_its_cut_by_colour(products):
    plain = [
        (looks(product)[:2], product.design.fabric.weave, product.design.fabric.colours[0])
        for product in products
        if product.design.fabric.motif == "solid" and not product.design.get("print")
    ]
    assert max(Counter(map(str, plain)).values()) == 1


def test_numbers_and_addresses_are_unique(products):
    assert len({product.product_id for product in products}) == COUNT
    assert len({product.url for product in products}) == COUNT


def test_names_tell_type_and_colour(products):
    for product in products:
        assert len(product.name.split()) >= 2
        assert (
            product.colour and product.colour.lower() in product.description.lower()
        ) or product.colour in product.name


def test_fewer_products_are_the_first_of_more(products):
    assert [p.product_id for p in assortment(30)] == [p.product_id for p in products[:30]]


def test_another_seed_is_another_assortment(products):
    assert [p.name for p in assortment(30, 1)] != [p.name for p in products[:30]]
