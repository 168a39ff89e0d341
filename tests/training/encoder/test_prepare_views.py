import json
from argparse import Namespace

import numpy as np
import pytest

pytest.importorskip("torch")

from search.vision.crops import Crop
from training.encoder.encoder_garments import Garment
from training.encoder.garment_views import backgrounds, seeded
from training.encoder.prepare_views import (
    RECOLOURINGS,
    Item,
    item_crops,
    made_items,
    mean_colour,
    real_items,
    recoloured,
    shards_of,
    write_shard,
)
from training.encoder.real_views import RealView

RED = (200, 40, 40)


def make_garment(name="g", colour=RED, masked=True):
    pixels = np.full((90, 70, 3), (170, 165, 150), np.uint8)
    mask = np.zeros((90, 70), bool)
    mask[15:75, 12:58] = True
    pixels[mask] = colour
    return Garment(name, pixels, mask if masked else None, "Shirt", "s1", "train")


def make_real(image, product, *, masked=True):
    garment = make_garment(f"views/{image}", masked=masked)
    crop = Crop(garment.pixels)
    return RealView(image, product, product.split("/")[0], "main", "top", "train", crop, crop, garment)


def test_a_garment_without_a_mask_is_no_product():
    with_mask, without = made_items([make_garment("a"), make_garment("b", masked=False)])
    assert (with_mask.product, without.product) == ("a", "")


def test_photos_of_products_with_several_are_recoloured_too():
    items = real_items([make_real("a1", "a/red"), make_real("a2", "a/red"), make_real("b1", "b/red")])
    assert len(items) == 3 + 2 * RECOLOURINGS
    assert {item.product for item in items} == {"a/red", "b/red"} | {f"a/red~{n + 1}" for n in range(RECOLOURINGS)}
    assert {item.style for item in items} == {"a", "b"}


def test_photos_of_one_product_are_recoloured_alike():
    first, second, other = (item.garment for item in real_items([make_real("a1", "a/r"), make_real("a2", "a/r")])[2:5])
    # photo 1 in colours 1, 2 and 3; the same photo in another colour differs
    assert not np.array_equal(first.pixels, second.pixels)
    again = real_items([make_real("a1", "a/r"), make_real("a2", "a/r")])[5].garment
    assert np.array_equal(first.pixels, again.pixels)
    assert not np.array_equal(second.pixels, other.pixels)


def test_recolouring_leaves_what_is_around_the_garment_alone():
    garment = make_garment()
    changed = recoloured(garment, seeded("x"))
    assert (changed.pixels[:10] == garment.pixels[:10]).all()
    assert np.abs(changed.pixels[45, 35].astype(int) - RED).max() > 30


def test_what_is_to_be_recoloured_must_be_known():
    with pytest.raises(ValueError, match="no mask"):
        recoloured(make_garment(masked=False), seeded("x"))


def test_all_views_of_a_product_are_in_one_shard():
    items = [Item(make_garment(f"g{i}"), f"p{i // 2}", "s", "top", (), True) for i in range(120)]
    shards = shards_of(items, seed=0)
    assert sum(map(len, shards)) == 120
    where = {}
    for number, shard in enumerate(shards):
        for item in shard:
            where.setdefault(item.product, set()).add(number)
    assert all(len(numbers) == 1 for numbers in where.values())


def test_the_order_of_shards_depends_on_the_seed_alone():
    items = [Item(make_garment(f"g{i}"), f"p{i}", "s", "top", (), True) for i in range(60)]
    named = [[item.product for shard in shards_of(items, seed) for item in shard] for seed in (0, 0, 1)]
    assert named[0] == named[1] != named[2]


def test_a_shard_has_a_row_for_each_view_and_its_label(tmp_path):
    items = made_items([make_garment("a"), make_garment("b", (40, 40, 200))])
    others = backgrounds([make_garment()], seeded("behind"), 2)

    def teacher(crops):
        return {"map0": np.zeros((len(crops), 2, 4, 4), np.uint8)}

    write_shard(tmp_path, 7, items, others, teacher, Namespace(size=64, seed=0))
    labels = json.loads((tmp_path / "00007.json").read_text())
    assert [label["product"] for label in labels] == ["a"] * 5 + ["b"] * 5
    shapes = {name: np.load(tmp_path / f"00007.{name}.npy").shape for name in ("images", "masks", "map0")}
    assert shapes == {"images": (10, 64, 64, 3), "masks": (10, 64, 64), "map0": (10, 2, 4, 4)}
    assert labels[0]["colour"][2] > labels[5]["colour"][2] + 10  # CIELAB's b: red against blue


def test_the_same_item_gives_the_same_views():
    item, others = made_items([make_garment()])[0], backgrounds([make_garment()], seeded("behind"), 2)
    first, second = (item_crops(item, others, 64, seed=0) for _ in range(2))
    assert all((a.pixels == b.pixels).all() for a, b in zip(first, second, strict=True))


def test_a_mean_colour_is_of_what_is_under_the_mask():
    garment = make_garment(colour=(0, 0, 0))
    assert mean_colour(Crop(garment.pixels, garment.mask))[0] == 0
    assert mean_colour(Crop(garment.pixels))[0] > 30
