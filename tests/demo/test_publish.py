import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from demo.assortment import assortment
from demo.publish import COLUMNS, image_paths, render_sample
from garments.rle import decode_rle

PRODUCTS, SCENES = 2, 1


def render(out, count=PRODUCTS, seed=0):
    """How many files were drawn."""
    return sum(drawn for _, _, drawn in render_sample(out, count, seed, processes=1, scenes=SCENES))


def contents(out):
    return {path.relative_to(out): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    out = tmp_path_factory.mktemp("sample")
    render(out)
    return out


def test_the_csv_lists_exactly_the_pictures_in_the_folders(sample):
    with open(sample / "zalora" / "data-zalora.csv", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == PRODUCTS
    listed = [name for row in rows for name in row["images"].split(";")]
    found = [str(path.relative_to(sample / "zalora")) for path in (sample / "zalora").rglob("*.jpg")]
    assert sorted(listed) == sorted(found)
    for row in rows:
        assert all(name.startswith(f"{row['category']}/{row['product_id']}/") for name in row["images"].split(";"))
        assert 2 <= len(row["images"].split(";")) <= 4
        assert row["currency"] == "IDR" and 20_000 < int(row["price"]) < 2_000_000


def test_the_same_seed_gives_the_same_bytes(sample, tmp_path):
    render(tmp_path)
    assert contents(tmp_path) == contents(sample)


def test_two_processes_draw_what_one_draws(sample, tmp_path):
    list(render_sample(tmp_path, PRODUCTS, 0, processes=2, scenes=SCENES))
    assert contents(tmp_path) == contents(sample)


def test_only_what_is_missing_is_drawn_again(sample, tmp_path):
    render(tmp_path)
    before = contents(tmp_path)
    lost = sorted((tmp_path / "zalora").rglob("*.jpg"))[1]
    lost.unlink()
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert render(tmp_path) == 1
    assert contents(tmp_path) == before
    assert [path for path, stamp in stamps.items() if path.stat().st_mtime_ns != stamp] == []
    assert render(tmp_path) == 0


def test_a_half_written_scene_is_drawn_again(sample, tmp_path):
    render(tmp_path)
    (tmp_path / "scenes" / "street-01.json").unlink()
    assert render(tmp_path) == 1
    assert contents(tmp_path) == contents(sample)


def test_another_seed_or_fewer_products_leave_nothing_behind(sample, tmp_path):
    for count, seed in ((1, 5), (PRODUCTS + 1, 0), (PRODUCTS, 0)):
        render(tmp_path, count, seed)
    assert contents(tmp_path) == contents(sample)


def test_somebody_elses_catalogue_is_left_alone(tmp_path):
    (tmp_path / "zalora").mkdir()
    (tmp_path / "zalora" / "data-zalora.csv").write_text("id,images\n1,a.jpg\n")
    with pytest.raises(ValueError, match="not drawn by us"):
        render(tmp_path)


def test_scenes_say_what_is_seen_where(sample):
    scenes = json.loads((sample / "scenes" / "scenes.json").read_text())
    assert [scene["file"] for scene in scenes] == ["street-01.jpg"]
    picture = cv2.imread(str(sample / "scenes" / "street-01.jpg"))
    sold = {product.product_id: product.garment_type for product in assortment(PRODUCTS)}
    for scene in scenes:
        assert picture.shape[:2] == (scene["height"], scene["width"])
        for garment in scene["garments"]:
            assert sold[garment["product_id"]] == garment["garment_type"]
            mask = decode_rle(garment["mask"])
            assert mask.shape == (scene["height"], scene["width"])
            rows, columns = np.nonzero(mask)
            extent = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            assert garment["box"] == extent


def test_no_half_file_is_left(sample):
    assert not [path for path in sample.rglob("*") if path.name.endswith(".part")]


@pytest.mark.parametrize("count", [0, -1, 10**6], ids=["none", "negative", "more than differ"])
def test_an_impossible_number_of_products_is_refused(tmp_path, count):
    with pytest.raises(ValueError, match=str(count)):
        render(tmp_path, count=count)


def test_paths_are_safe_on_any_file_system():
    for product in assortment(420):
        for name in image_paths(product):
            assert name.isascii() and " " not in name and len(Path(name).name) < 100
