import numpy as np
import pytest

from demo.assortment import assortment
from demo.publish import STREETS
from demo.street_scenes import box_of, render_scene

SIZE = (240, 320)


@pytest.fixture(scope="module")
def scene():
    return render_scene(3, size=SIZE)


def test_a_scene_is_a_picture_with_several_garments(scene):
    picture, garments = scene
    assert picture.shape == (SIZE[1], SIZE[0], 3) and picture.dtype == np.uint8
    assert 3 <= len({garment.product_id for garment in garments}) <= 6
    sold = {product.product_id: product for product in assortment(420)}
    assert all(sold[garment.product_id].garment_type == garment.garment_type for garment in garments)


def test_shoes_are_listed_one_by_one():
    for seed in range(3, 40):
        shoes = [garment for garment in render_scene(seed, size=SIZE)[1] if garment.garment_type == "footwear"]
        if len(shoes) == 2:
            assert shoes[0].product_id == shoes[1].product_id
            assert shoes[0].box[2] <= shoes[1].box[0] + 2
            return
    raise AssertionError("no scene shows both shoes of one pair")


def test_boxes_are_the_extent_of_their_masks(scene):
    for garment in scene[1]:
        assert garment.mask.shape == scene[0].shape[:2] and garment.mask.dtype == bool
        x0, y0, x1, y1 = garment.box
        assert garment.mask[y0:y1, x0:x1].sum() == garment.mask.sum() > 0
        for edge in (
            garment.mask[y0, x0:x1],
            garment.mask[y1 - 1, x0:x1],
            garment.mask[y0:y1, x0],
            garment.mask[y0:y1, x1 - 1],
        ):
            assert edge.any()


def test_no_pixel_belongs_to_two_garments(scene):
    assert np.sum([garment.mask for garment in scene[1]], axis=0).max() == 1


def test_the_same_seed_gives_the_same_scene(scene):
    again, garments = render_scene(3, size=SIZE)
    assert np.array_equal(again, scene[0])
    assert all(np.array_equal(a.mask, b.mask) for a, b in zip(garments, scene[1], strict=True))
    other, _ = render_scene(4, size=SIZE)
    assert not np.array_equal(other, scene[0])


def test_box_of_one_pixel():
    mask = np.zeros((5, 7), dtype=bool)
    mask[2, 3] = True
    assert box_of(mask) == (3, 2, 4, 3)


def test_another_size_is_the_same_scene(scene):
    _, larger = render_scene(3, size=(300, 400))
    assert [garment.product_id for garment in larger] == [garment.product_id for garment in scene[1]]
    for one, other in zip(scene[1], larger, strict=True):
        assert np.allclose(np.array(one.box) * 1.25, other.box, atol=3)


@pytest.mark.parametrize("seed", STREETS[::3])
def test_the_demos_streets_show_at_least_three_products(seed):
    _, garments = render_scene(seed, size=(180, 240))
    assert len({garment.product_id for garment in garments}) >= 3
