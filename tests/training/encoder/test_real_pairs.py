import json

import numpy as np
import pytest

pytest.importorskip("torch")

from garments.rle import encode_rle
from search.vision.cards import choose
from search.vision.crops import Crop
from search.vision.detections import Detections
from training.encoder.encoder_garments import Garment
from training.encoder.real_pairs import RealVectors, real_ranks, real_vectors
from training.encoder.real_views import RealView, garment_of_type, located_garments, real_views

PIXELS = np.full((40, 30, 3), 200, np.uint8)


def make_view(product, image="x"):
    crop = Crop(PIXELS)
    garment = Garment(image, PIXELS, None, "top", "v", "val")
    return RealView(image, product, product.split("/")[0], "main", "top", "val", crop, crop, garment)


def unit(degrees):
    angles = np.deg2rad(np.array(degrees, float))
    return np.stack([np.cos(angles), np.sin(angles)], 1)


def ranks_of(products, garments, wholes=None, distractors=()):
    views = [make_view(product) for product in products]
    vectors = RealVectors(unit(garments), unit(wholes or [180] * len(garments)), unit(distractors).reshape(-1, 2))
    found, asking = real_ranks(vectors, views)
    return found.tolist(), [view.product for view in asking]


def test_each_photo_of_a_product_with_several_asks():
    assert ranks_of(["a/r", "a/r", "b/r"], [0, 10, 90]) == ([0, 0], ["a/r", "a/r"])


def test_another_colour_of_the_garment_is_another_product():
    assert ranks_of(["a/r", "a/r", "a/b"], [0, 30, 10])[0] == [1, 1]


def test_a_product_that_is_nearer_in_two_photos_counts_once():
    assert ranks_of(["a/r", "a/r", "b/r", "b/r"], [0, 90, 10, 20])[0][0] == 1


def test_distractors_count():
    assert ranks_of(["a/r", "a/r"], [0, 30], distractors=[5, 40])[0] == [1, 2]


def test_the_whole_photo_of_another_may_be_what_is_found_and_of_ones_own_never():
    # the first photo's own whole photo would be nearest; the second's is, and it is of the same product
    assert ranks_of(["a/r", "a/r", "b/r"], [0, 80, 30], wholes=[0, 10, 180])[0] == [0, 1]


def test_vectors_are_of_garments_wholes_and_distractors_in_order():
    views = [make_view("a/r"), make_view("a/r")]
    vectors = real_vectors(views, [Crop(PIXELS)] * 3, lambda crops: np.ones((len(crops), 4)))
    assert [len(v) for v in (vectors.garments, vectors.wholes, vectors.distractors)] == [2, 2, 3]


def make_detections(*types_and_sides):
    masks = np.zeros((len(types_and_sides), 40, 30), bool)
    for mask, (_, side) in zip(masks, types_and_sides, strict=True):
        mask[:side, :side] = True
    names = tuple(name for name, _ in types_and_sides)
    scores = np.linspace(0.9, 0.5, len(names)).astype(np.float32)
    return Detections(np.zeros((len(names), 4), np.float32), scores, names, names, masks, (30, 40))


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ([("top", 5), ("trousers", 20), ("top", 9)], 2),  # the largest of the type, not the surest
        ([("trousers", 20), ("shorts", 9)], 0),  # none of the type: the largest of all
        ([], None),
    ],
)
def test_the_garment_of_a_type(found, wanted):
    assert garment_of_type(make_detections(*found), "top") == wanted


def test_what_was_found_before_is_read_and_not_looked_for(tmp_path):
    mask = np.zeros((40, 30), bool)
    mask[10:30, 5:25] = True
    found = tmp_path / "detected.json"
    key = f"views/a_main top {choose('detector').fingerprint}"
    found.write_text(json.dumps({key: {"box": [5, 10, 25, 30], "mask": encode_rle(mask)}}))
    box, read = located_garments([(tmp_path / "views" / "images" / "a_main.jpg", "top")], found)[0]
    assert box == [5, 10, 25, 30]
    assert (read == mask).all()


def test_data_without_views_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"views\.csv"):
        real_views(tmp_path, "val", tmp_path / "detected.json")
