"""The detector's training pictures, composed of a handful of made-up photos."""

import json

import numpy as np
import pytest

from tests.training.mmdetection import mmdetection

mmdetection()

import cv2  # noqa: E402
from PIL import Image  # noqa: E402

from training.detector.composed_pictures import RECIPES, GarmentPictures, sample  # noqa: E402
from training.detector.copy_paste import Scene, cropped, hue_shifted  # noqa: E402
from training.detector.detector_data import as_coco  # noqa: E402
from training.detector.packshots import write_coco  # noqa: E402
from training.detector.sampling import real_more_often  # noqa: E402
from training.garment_labels import DETECTED_TYPES, IGNORED  # noqa: E402

TOP, SKIRT = DETECTED_TYPES.index("top"), DETECTED_TYPES.index("skirt")


def photo(folder, name, *kinds):
    """A photo whose garments lie one below the other, each of a brightness of its own, beside an empty strip."""
    pixels = np.full((120, 80, 3), 30, np.uint8)
    garments = []
    for index, kind in enumerate(kinds):
        mask = np.zeros((120, 80), bool)
        mask[10 + 50 * index : 50 + 50 * index, 20:70] = True
        pixels[mask] = 120 + 60 * index
        garments.append((kind, mask))
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / name), pixels)
    return {"file_name": name, "size": (120, 80), "garments": garments}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    street = [photo(folder, "ccp/images/0001.jpg", "top", "trousers")]
    tagged = [photo(folder, "ccp/unlabelled/1005.jpg", "skirt", IGNORED)]
    shop = [photo(folder, f"clothing/images/{i}.jpg", "top") | {"kind": "top"} for i in range(30)]
    shop += [photo(folder, "clothing/images/rare.jpg", "skirt") | {"kind": "skirt"}]
    shop += [photo(folder, "clothing/images/none.jpg") | {"kind": "top"}]
    (folder / "ccp/masks").mkdir()
    Image.fromarray(np.uint8(cv2.imread(str(folder / "ccp/images/0001.jpg"), 0) > 60)).save(
        folder / "ccp/masks/0001.png"
    )
    for name, photos in (("street", street), ("street_tagged", tagged), ("shop", shop)):
        (folder / f"{name}_train.json").write_text(json.dumps(as_coco(photos)))
    packshots = [photo(folder, "drawn/bag.jpg", "bag") | {"kind": "bag", "source": "drawn", "generated": True}]
    write_coco(folder / "packshot_train.json", packshots)
    worn = [photo(folder, "views/images/a.jpg", "top", "shorts") | {"kind": "shorts", "source": "worn"}]
    write_coco(folder / "worn_train.json", worn)
    return folder


def pictures(folder, recipes=None, **options):
    recipes = recipes or dict.fromkeys(RECIPES, 1.0)
    input_sizes = [((96, 128), 0.5), ((128, 96), 0.5)]
    return GarmentPictures(str(folder), str(folder), 400, 4, input_sizes, recipes, **options)


@pytest.mark.parametrize("recipe", [recipe for recipe in RECIPES if recipe != "empty"])
def test_every_recipe_gives_garments_whose_boxes_fit_their_masks(folder, recipe):
    dataset = pictures(folder, {recipe: 1.0})
    found = [dataset[i]["data_samples"].gt_instances for i in range(12)]
    assert sum(len(instances.labels) for instances in found) >= 6
    for instances in found:
        for box, mask in zip(instances.bboxes.tolist(), instances.masks.masks, strict=True):
            x, y, width, height = cv2.boundingRect(mask)
            assert box == [x, y, x + width, y + height]


def test_an_empty_picture_shows_something_and_no_garment(folder):
    dataset = pictures(folder, {"empty": 1.0})
    for picture in (dataset[i] for i in range(12)):
        assert picture["inputs"].float().std() > 0
        assert not len(picture["data_samples"].gt_instances.bboxes)
        assert picture["data_samples"].gt_instances.masks.masks.shape[1:] == picture["inputs"].shape[1:]


def test_a_picture_depends_on_seed_and_number_alone(folder):
    first, again, other = pictures(folder, seed=3), pictures(folder, seed=3), pictures(folder, seed=4)
    assert (first[9]["inputs"] == again[9]["inputs"]).all()
    assert first[9]["inputs"].shape != other[9]["inputs"].shape or (first[9]["inputs"] != other[9]["inputs"]).any()


def test_a_batch_has_one_canvas_and_the_first_ones_smaller_canvases(folder):
    dataset = pictures(folder, small_batches=2)
    sizes = [[tuple(dataset[i]["inputs"].shape[1:]) for i in range(4 * batch, 4 * batch + 4)] for batch in range(4)]
    assert all(len(set(batch)) == 1 for batch in sizes)
    assert [np.prod(batch[0]) for batch in sizes] == [96 * 64, 96 * 64, 96 * 128, 96 * 128]


def test_what_is_rare_comes_more_often_the_more_the_balance_asks(folder):
    skirts = DETECTED_TYPES.index("skirt") + 1
    shares = []
    for balance in ((0.0, 1.0), (0.65, 6.0), (0.8, 10.0)):
        dataset = pictures(folder, shop_balance=balance)
        rare = [i for i, each in enumerate(dataset.shop) if each["annotations"][0]["category_id"] == skirts]
        shares.append(dataset.shop_odds[rare].sum())
    assert shares[0] == pytest.approx(1 / 31)
    assert shares[0] < shares[1] < shares[2]


def test_an_ignored_garment_is_no_ground_truth_but_its_place_is_known(folder):
    dataset = pictures(folder, {"street_tagged": 1.0})
    samples = [sample(dataset.compose(i)) for i in range(8)]
    assert {kind for each in samples for kind in each.gt_instances.labels.tolist()} == {SKIRT}
    assert any(len(each.ignored_instances.bboxes) for each in samples)


def test_tagged_photos_are_needed_only_where_a_recipe_asks_for_them(folder, tmp_path):
    for name in ("street", "shop"):
        (tmp_path / f"{name}_train.json").write_text((folder / f"{name}_train.json").read_text())
    dataset = GarmentPictures(str(folder), str(tmp_path), 8, 4, [((96, 128), 1.0)], {"street": 1.0})
    assert TOP in dataset[0]["data_samples"].gt_instances.labels
    with pytest.raises(FileNotFoundError, match="street_tagged_train.json"):
        GarmentPictures(str(folder), str(tmp_path), 8, 4, [((96, 128), 1.0)], {"street_tagged": 1.0})


def test_a_packshot_of_a_shop_garment_is_that_garment_alone_on_a_plain_ground(folder):
    dataset = pictures(folder, {"shop_packshot": 1.0})
    for number in range(8):
        scene = dataset.compose(number)
        assert len(np.unique(scene.ids)) == 2
        assert scene.pixels[scene.ids == 0].reshape(-1, 3).std(axis=0).max() < 60


def test_real_packshots_come_twice_as_often_as_drawn_ones():
    photos = [{"generated": number >= 2} for number in range(14)]  # 2 real, 12 drawn
    balanced = real_more_often(photos)
    assert sum(not photo["generated"] for photo in balanced) == 24
    assert sum(photo["generated"] for photo in balanced) == 12
    assert real_more_often(photos[:2]) == photos[:2]


def test_a_crop_keeps_garments_and_a_margin():
    ids = np.zeros((40, 50), np.uint8)
    ids[10:20, 15:30] = 1
    part = cropped(Scene(np.zeros((40, 50, 3), np.uint8), ids, [-1, TOP], ids > 0), margin=4)
    assert part.ids.shape == part.outline.shape == part.pixels.shape[:2] == (18, 23)
    assert (part.ids > 0).sum() == 150


def test_turned_hues_change_colours_and_neither_greys_nor_brightness():
    pixels = np.array([[[200, 40, 40], [90, 90, 90]]], np.uint8)
    turned = [hue_shifted(pixels, np.random.default_rng(seed)) for seed in range(4)]
    assert len({tuple(each[0, 0]) for each in turned}) > 1
    assert all(tuple(each[0, 1]) == (90, 90, 90) and abs(int(each[0, 0].max()) - 200) <= 2 for each in turned)
