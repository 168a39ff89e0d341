"""The commands as somebody at a terminal uses them."""

import json
from io import StringIO

import numpy as np
import onnxruntime
import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase
from PIL import Image

from garments.rle import decode_rle
from search.models import Encoder
from search.vision.cards import choose
from search.vision.onnx_runtime import CUDA
from tests.search.rendered_shop import scenes
from tests.search.vectors import make_embedded_catalogue, make_encoder


@pytest.mark.slow
class DetectTests(TestCase):
    def test_json_line_a_photo_with_boxes_and_masks(self):
        paths = [path for path, _ in scenes()[:2]]
        lines = self.run_json(*paths)
        assert [line["path"] for line in lines] == [str(path) for path in paths]
        for line in lines:
            assert (line["width"], line["height"]) == (720, 960)
            assert line["garments"]
            for garment in line["garments"]:
                assert set(garment) == {"label", "garment_type", "score", "box", "mask"}
                x0, y0, x1, y1 = garment["box"]
                assert 0 <= x0 < x1 <= 720
                assert 0 <= y0 < y1 <= 960
                mask = decode_rle(garment["mask"])
                assert mask.shape == (960, 720)
                assert mask.any()

    def run_json(self, *paths):
        out = StringIO()
        call_command("detect", *map(str, paths), json=True, stdout=out)
        return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.slow
def test_detect_speaks_of_the_pixels_of_the_file(tmp_path, capsys):
    path, _ = scenes()[0]
    large, turned = tmp_path / "large.png", tmp_path / "turned.jpg"
    with Image.open(path) as picture:
        picture.resize((2160, 2880), Image.Resampling.LANCZOS).save(large)
        orientation = Image.Exif()
        orientation[0x0112] = 6  # lies on its side, and says so
        picture.rotate(90, expand=True).save(turned, quality=95, exif=orientation)
    call_command("detect", str(path), str(large), str(turned), json=True)
    small, tripled, upright = map(json.loads, capsys.readouterr().out.splitlines())
    assert (tripled["width"], tripled["height"]) == (2160, 2880)
    assert (upright["width"], upright["height"]) == (720, 960)
    of_small = small["garments"][0]
    for other, scale in ((tripled, 3), (upright, 1)):
        same = next(each for each in other["garments"] if each["label"] == of_small["label"])
        assert np.allclose(np.array(same["box"]) / scale, of_small["box"], atol=12)
        x0, y0, x1, y1 = (round(value) for value in same["box"])
        mask = decode_rle(same["mask"])
        assert mask.shape == (other["height"], other["width"])
        assert mask[y0:y1, x0:x1].sum() == mask.sum() > 0.3 * (x1 - x0) * (y1 - y0)


def test_detect_draws_a_picture(tmp_path):
    path, _ = scenes()[0]
    call_command("detect", str(path), out=tmp_path, verbosity=0)
    with Image.open(tmp_path / f"{path.stem}.png") as picture:
        assert picture.size == (720, 960)


def test_detect_goes_on_after_a_file_that_is_no_photo(tmp_path, capsys):
    text = tmp_path / "notes.txt"
    text.write_text("a shopping list")
    with pytest.raises(CommandError, match="1 of 2 photos could not be read"):
        call_command("detect", str(text), str(scenes()[0][0]), json=True)
    caught = capsys.readouterr()
    assert "not a picture" in caught.err
    assert json.loads(caught.out)["garments"]


@pytest.mark.django_db
def test_evaluation_needs_products_with_two_photos():
    make_embedded_catalogue(make_encoder(), products=5, images=1, index=False)
    with pytest.raises(CommandError, match="nothing to leave out and find"):
        call_command("evaluate_search")


@pytest.mark.django_db
def test_evaluation_before_embedding_says_what_to_run():
    with pytest.raises(CommandError, match="Run `manage.py embed_catalogue`"):
        call_command("evaluate_search")


@pytest.mark.django_db
def test_embedding_says_what_to_run_where_the_encoder_that_serves_is_gone():
    Encoder.objects.create(name="gone", dimensions=256, fingerprint="0" * 16, is_serving=True)
    new = choose("encoder").name
    with pytest.raises(CommandError, match=f"embed_catalogue --encoder {new}`, then `manage.py switch_encoder {new}"):
        call_command("embed_catalogue")


@pytest.mark.django_db
def test_cuda_says_what_is_missing():
    if CUDA in onnxruntime.get_available_providers():
        pytest.skip("this machine has onnxruntime-gpu")
    with pytest.raises(CommandError, match="pip install onnxruntime-gpu"):
        call_command("embed_catalogue", device="cuda")
    with pytest.raises(CommandError, match="with --distributed the workers have their own"):
        call_command("embed_catalogue", device="cuda", distributed=True)
