import json
import shutil

import numpy as np
import pytest

pytest.importorskip("pycocotools")

from search.vision.detections import Detections
from tests.training.own_shop import HEIGHT, WIDTH, write_shop
from training.own_photos import OwnPhotosError, Photo, product_crops, read_photos


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return write_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def own_shop(shop, tmp_path):
    return shutil.copytree(shop, tmp_path / "shop")


class NoDetector:
    def detect(self, photo):
        raise AssertionError("a photo with a mask needs no detector")


class StripeDetector:
    """Finds shoes below, large in one photo, and a top in every photo."""

    def detect(self, photo):
        height, width = photo.shape[:2]
        masks = np.zeros((2, height, width), bool)
        masks[0, : height // 2] = True
        masks[1, -height // 4 :] = True
        boxes = np.array([[0, 0, width, height // 2], [0, 3 * height // 4, width, height]], np.float32)
        types = ("top", "footwear")
        return Detections(boxes, np.array([0.5, 0.9], np.float32), types, types, masks, (width, height))


def test_a_folder_of_pictures_is_a_product_however_deep_it_lies(shop):
    photos = read_photos(shop)
    assert len(photos) == 72
    assert len({photo.product for photo in photos}) == 24
    assert "department-1/product-3" in {photo.product for photo in photos}
    assert all(photo.mask.sum() == 64 * 40 for photo in photos)


def test_a_product_with_one_photo_is_left_out(own_shop):
    (own_shop / "masks.json").unlink()
    for name in ("1.png", "2.png"):
        (own_shop / "department-0" / "product-0" / name).unlink()
    assert "department-0/product-0" not in {photo.product for photo in read_photos(own_shop)}


def test_a_polygon_is_a_mask_as_well(own_shop):
    content = json.loads((own_shop / "masks.json").read_text())
    content["annotations"][0]["segmentation"] = [[0, 0, 20, 0, 20, 30, 0, 30]]
    (own_shop / "masks.json").write_text(json.dumps(content))
    mask = next(photo.mask for photo in read_photos(own_shop) if photo.path.match("product-0/0.png"))
    assert mask.sum() == 600


def test_a_masked_photo_is_cut_at_its_mask(shop):
    photos = read_photos(shop)[:3]
    crops = product_crops(photos, NoDetector())
    assert all(crop.mask.mean() > 0.8 for crop in crops)
    assert all(crop.pixels.shape[0] < HEIGHT and crop.pixels.shape[1] < WIDTH for crop in crops)


def test_without_masks_the_type_that_fills_most_of_the_photos_is_the_product(shop):
    photos = [Photo(photo.path, photo.product) for photo in read_photos(shop)[:3]]
    crops = product_crops(photos, StripeDetector())
    assert all(crop.pixels.shape[0] in range(HEIGHT // 2, HEIGHT // 2 + 4) for crop in crops)


def break_masks(shop):
    (shop / "masks.json").write_text('{"images": [], "annotations": [{"image_id": 3}]}')


def name_a_photo_that_is_not_there(shop):
    content = json.loads((shop / "masks.json").read_text())
    content["images"][0]["file_name"] = "elsewhere/0.png"
    (shop / "masks.json").write_text(json.dumps(content))


def keep_few(shop):
    (shop / "masks.json").unlink()
    for product in range(10):
        shutil.rmtree(shop / f"department-{product % 2}" / f"product-{product}")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (shutil.rmtree, "is no folder"),
        (keep_few, "14 products with two photos or more.*at least 20"),
        (break_masks, "no COCO instances file: KeyError: 3"),
        (name_a_photo_that_is_not_there, "in no product's folder, as elsewhere/0.png"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_and_named(own_shop, damage, message):
    damage(own_shop)
    with pytest.raises(OwnPhotosError, match=message):
        read_photos(own_shop)


def test_a_file_that_is_no_picture_is_named(own_shop):
    (own_shop / "department-0" / "product-0" / "1.png").write_bytes(b"no picture")
    with pytest.raises(OwnPhotosError, match=r"product-0/1\.png"):
        product_crops(read_photos(own_shop)[:3], NoDetector())


def test_a_mask_of_other_proportions_is_refused(shop):
    photo = read_photos(shop)[0]
    with pytest.raises(OwnPhotosError, match="60 x 80, its mask 50 x 50"):
        product_crops([Photo(photo.path, photo.product, np.ones((50, 50), bool))], NoDetector())
