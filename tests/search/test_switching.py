"""Two encoders side by side, under load: people ask while the second one is filled and the site moves over and back.

The second is the bundled model with the end of its vectors cut off: a real model, of another size.
"""

import io
import json
import threading
import time
from hashlib import sha256

import numpy as np
import openvino
import pytest
from django.core.management import call_command
from django.db import connection
from PIL import Image
from pytest import approx

from catalogue.models import Product
from search import indexes, services
from search.models import Encoder, GarmentEmbedding
from search.vision import cards
from search.vision.encoder import load_encoder
from tests.factories import make_image, make_product, picture_bytes

PRODUCTS, LIMIT, SWITCHES = 14, 10, 12
SMALL, SIZE = "small-encoder", 96
BOXES = {SMALL: (0.25, 0.25, 0.75, 0.75)}  # written into its rows, so that every result says whose it is


def patterned(number):
    """A picture file whose colours and stripes are its own."""
    rng = np.random.default_rng(number)
    stripes = rng.integers(0, 255, (8, 6, 3), np.uint8)
    picture = Image.fromarray(stripes).resize((96, 128), Image.NEAREST)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def small_encoder(tmp_path, monkeypatch):
    """A model of another size under MODELS_DIR."""
    card = cards.choose("encoder")
    folder = tmp_path / SMALL
    folder.mkdir()
    model = openvino.Core().read_model(str(card.part("model")))
    ops = openvino.opset13
    result = model.get_results()[0]
    numbers = [np.array([value], np.int64) for value in (0, SIZE, 1, 1)]
    cut = ops.slice(result.input_value(0), *(ops.constant(value) for value in numbers))
    smaller = openvino.Model([cut], model.get_parameters(), SMALL)
    openvino.save_model(smaller, str(folder / "model.xml"), compress_to_fp16=False)
    written = json.loads((card.folder / "card.json").read_text())
    files = {
        part: {"file": name, "sha256": sha256((folder / name).read_bytes()).hexdigest()}
        for part, name in (("model", "model.xml"), ("weights", "model.bin"))
    }
    written |= {"name": SMALL, "dimensions": SIZE, "is_default": False, "files": files}
    (folder / "card.json").write_text(json.dumps(written))
    monkeypatch.setenv("MODELS_DIR", str(tmp_path))
    cards.available.cache_clear()
    yield SMALL
    monkeypatch.undo()
    cards.available.cache_clear()
    load_encoder.cache_clear()


class Asker(threading.Thread):
    """Asks without pause until it is told to stop; keeps the answers and whatever goes wrong."""

    def __init__(self, ask, stop):
        super().__init__()
        self.ask, self.stop, self.answers, self.errors = ask, stop, [], []

    def run(self):
        try:
            while not self.stop.is_set():
                self.answers.append(self.ask())
        except Exception as error:
            self.errors.append(error)
        finally:
            connection.close()


def ask_with_photo(query):
    """(encoder, results) of a photo that is kept: the same id throughout, seen anew by whichever encoder serves."""
    answer = services.search_query(query=query, limit=LIMIT)
    (garment,) = answer.garments
    assert garment.count == PRODUCTS
    return answer.encoder, garment.results


def ask_for_similar(product):
    return None, services.similar_products(product, limit=LIMIT)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_answer_is_whole_and_from_one_encoder_while_the_site_moves_over_and_back(small_encoder):
    for number in range(PRODUCTS):
        make_image(make_product(), picture=patterned(number))
    call_command("embed_catalogue", verbosity=0)
    large = Encoder.objects.serving().pk
    query = services.search_photo(photo=picture_bytes(), limit=1).query
    product, stop = Product.objects.first(), threading.Event()
    askers = [
        Asker(lambda: ask_with_photo(query), stop),
        Asker(lambda: ask_with_photo(query), stop),
        Asker(lambda: ask_for_similar(product), stop),
    ]
    try:
        for asker in askers:
            asker.start()
        call_command("embed_catalogue", encoder=small_encoder, verbosity=0)  # the other one serves meanwhile
        assert Encoder.objects.serving().pk == large
        GarmentEmbedding.objects.filter(encoder=small_encoder).update(box=list(BOXES[SMALL]))
        for number in range(SWITCHES):
            call_command("switch_encoder", [small_encoder, large][number % 2])
            time.sleep(0.1)
    finally:
        stop.set()
        for asker in askers:
            asker.join()
        indexes.drop_index(Encoder.objects.get(pk=small_encoder))
        indexes.drop_index(Encoder.objects.get(pk=large))
    check(askers, large)


def check(askers, large):
    assert [error for asker in askers for error in asker.errors] == []
    answers = [answer for asker in askers for answer in asker.answers]
    assert {encoder for encoder, _ in answers if encoder} == {SMALL, large}
    for encoder, results in answers:
        assert len(results) == len({result.product.pk for result in results}) == LIMIT
        boxes = {result.matched_box for result in results}
        assert len(boxes) == 1, f"{encoder} answered with rows of two encoders"
        if encoder:
            assert boxes.pop() == approx(BOXES.get(encoder, (0, 0, 1, 1)))
