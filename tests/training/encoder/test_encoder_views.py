import numpy as np
import pytest

from training.encoder.encoder_garments import Garment, estimate_mask
from training.encoder.garment_views import RECIPES, SHOP_RECIPES, SIDE, TRAINING, backgrounds, make_view, seeded

ALL = {**RECIPES, **SHOP_RECIPES, "training": TRAINING}


def make_garment(masked=True, height=300, width=200):
    rng = np.random.default_rng(0)
    pixels = np.full((height, width, 3), (180, 170, 150), np.uint8)
    inside = slice(height // 5, -height // 5), slice(width // 5, -width // 5)
    mask = np.zeros((height, width), bool)
    mask[inside] = True
    pixels[inside] = (160, 30, 40) + rng.integers(0, 20, (*mask[inside].shape, 3))
    return Garment("clothing/x", pixels, mask if masked else None, "Shirt", "s1", "train")


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("masked", [True, False])
def test_every_view_is_a_picture_with_a_crop(kind, masked):
    garment = make_garment(masked)
    others = backgrounds([make_garment()], seeded("behind"), 2)
    for number in range(4):
        picture, crop = make_view(garment, ALL[kind], seeded(kind, number), others)
        assert picture.dtype == np.uint8
        assert picture.ndim == 3
        assert crop.pixels.size
        assert masked or crop.mask is None


def test_the_same_seed_gives_the_same_view():
    others = backgrounds([make_garment()], seeded("behind"), 2)
    first, second = (make_view(make_garment(), TRAINING, seeded("one"), others)[0] for _ in range(2))
    assert (first == second).all()


def test_the_garment_is_still_red_wherever_it_is_put():
    others = [np.zeros((SIDE, SIDE, 3), np.uint8)]
    for number in range(6):
        _, crop = make_view(make_garment(), SHOP_RECIPES["back"], seeded(number), others)
        red, green, _ = np.median(crop.pixels[crop.mask], axis=0)
        assert red > green + 40


def test_a_background_has_nothing_of_its_garment():
    empty = backgrounds([make_garment()], seeded("behind"), 1)[0]
    assert empty.shape == (SIDE, SIDE, 3)
    assert np.abs(empty.astype(int) - (180, 170, 150)).max() < 30


def test_a_garment_on_a_plain_floor_is_found_by_its_border():
    garment = make_garment()
    found = estimate_mask(garment.pixels)
    together, either = (found & garment.mask).sum(), (found | garment.mask).sum()
    assert together / either > 0.9


def test_where_nothing_stands_out_there_is_no_mask():
    assert estimate_mask(np.full((120, 90, 3), 128, np.uint8)) is None
