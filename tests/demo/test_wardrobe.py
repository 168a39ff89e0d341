import numpy as np
import pytest

from demo.assortment import assortment
from demo.street_outfits import outfit
from demo.wardrobe import Wardrobe, Wearer, is_patterned

PRODUCTS = assortment(420)


def wardrobe(seed=0, products=PRODUCTS):
    return Wardrobe(products, np.random.default_rng(seed))


@pytest.mark.parametrize("build", ["woman", "man", "curvy"])
def test_nobody_goes_out_in_underwear(build):
    worn = [product for product in PRODUCTS if Wearer(build).takes(product)]
    assert worn and not {product.garment_type for product in worn} & {"underwear", "swimwear"}


def test_men_are_given_no_skirts_and_no_pumps():
    for product in filter(Wearer("man").takes, PRODUCTS):
        assert product.garment_type not in ("skirt", "dress", "jumpsuit")
        assert product.design.get("last") not in ("pump", "ballet")


def test_the_modest_are_covered():
    for product in filter(Wearer("woman", modest=True).takes, PRODUCTS):
        assert product.garment_type != "shorts"
        assert product.garment_type != "top" or product.design.get("sleeve") in ("long", "three")


def test_nothing_is_given_out_twice():
    shop = wardrobe()
    given = [shop.pick(Wearer("woman"), ("bag",)) for _ in range(40)]
    found = [product.product_id for product in given if product]
    assert len(found) == len(set(found)) > 10
    assert given[-1] is None


def test_what_is_wanted_comes_before_what_merely_suits():
    assert is_patterned(wardrobe().pick(Wearer("woman"), ("dress",), is_patterned))
    assert wardrobe().pick(Wearer("woman"), ("dress",), lambda product: False) is not None


@pytest.mark.parametrize("seed", range(12))
def test_everybody_is_dressed_from_top_to_toe(seed):
    one = outfit(wardrobe(seed), np.random.default_rng(seed), 3)
    types = {design.garment_type for design, _ in one.worn}
    assert "footwear" in types
    assert types & {"top", "dress", "jumpsuit"} and types & {"trousers", "shorts", "skirt", "dress", "jumpsuit"}
    assert sum(product is not None for _, product in one.worn) >= 2


def test_an_empty_shop_leaves_people_in_neutral_clothes():
    one = outfit(wardrobe(products=()), np.random.default_rng(0), 3)
    assert {design.garment_type for design, _ in one.worn} == {"footwear", "trousers", "top"}
