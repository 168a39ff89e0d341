"""Two encoders side by side, under load: people ask while the second one is filled and the site moves over and back.

The second is the bundled model with the end of its vectors cut off: a real model, of another size.
"""

import io
import threading
import time

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from PIL import Image
from pytest import approx

from catalogue.models import Product
from search import services
from search.models import Encoder, GarmentEmbedding
from search.retrieval import indexes
from tests.factories import make_image, make_product, picture_bytes
from tests.search.cut_models import SMALL, small_encoder  # noqa: F401 (a fixture)

PRODUCTS, LIMIT, SWITCHES = 14, 10, 12
BOXES = {SMALL: (0.25, 0.25, 0.75, 0.75)}  # written into its rows, so that every result says whose it is


def patterned(number):
    """A picture file whose colours and stripes are its own."""
    rng = np.random.default_rng(number)
    stripes = rng.integers(0, 255, (8, 6, 3), np.uint8)
    picture = Image.fromarray(stripes).resize((96, 128), Image.NEAREST)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


class Asker(threading.Thread):
    """Asks without pause until it is told to stop; keeps the answers and whatever goes wrong."""

    def __init__(self, ask, stop):
        super().__init__()
        self.ask, self.stop, self.answers, self.errors = ask, stop, [], []

    def run(self):
        try:
            while not self.stop.is_set():
                self.answers.append(self.ask())
        except Exception as error:  # noqa: BLE001  the test shows it
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
def test_every_answer_is_whole_and_from_one_encoder_while_the_site_moves_over_and_back(small_encoder):  # noqa: F811
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
