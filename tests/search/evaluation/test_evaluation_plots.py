"""The pictures of an evaluation: each miss is framed where it was looked at, and the histogram's shares are right."""

import numpy as np
import pytest

from search.evaluation.evaluation_plots import ASKED, OTHER, SAME, distance_histogram, worst_misses
from search.evaluation.leave_one_out import Evaluation, Miss, Row
from search.models import GarmentEmbedding
from tests.factories import make_image, make_product
from tests.search.vectors import clustered_vectors, embed, make_encoder


def evaluation_of(*, misses=(), same=(0.1,), other=(0.3,), encoder="fake"):
    return Evaluation(encoder, 1, 1, 1, {}, 0, 0, {}, 0, list(misses), list(same), list(other))


@pytest.mark.django_db
def test_a_miss_shows_three_photos_each_framed_round_the_garment(media):
    encoder = make_encoder()
    images = [make_image(make_product()) for _ in range(3)]
    embed(images, clustered_vectors(3, encoder.dimensions), encoder, ["dress"] * 3)
    GarmentEmbedding.objects.update(box=[0.25, 0.25, 0.75, 0.75])
    images[2].file.delete(save=False)  # a photo that is gone is an empty tile, framed all the same
    rows = [Row(image.pk, 1) for image in images]
    sheet = worst_misses(evaluation_of(misses=[Miss(*rows, 7, 0.1, 0.4)], encoder=encoder.pk))
    pixels = np.asarray(sheet)
    for number, colour in enumerate((ASKED, OTHER, SAME)):
        tile = pixels[46:, 14 + 136 * number :][:176, :132]  # below the legend, which has the colours too
        assert (tile == colour).all(axis=-1).sum() > 200, f"tile {number}"


def test_without_a_miss_the_sheet_says_so_and_asks_for_nothing():
    assert worst_misses(evaluation_of()).height < 400


@pytest.mark.parametrize(
    "same, other, reason",
    [
        ([0.0], [0.0], "all alike: the axis still has a width"),
        ([0.1, 0.1], [0.5], "apart"),
        ([2.0], [2.0], "as far apart as a cosine can be"),
    ],
)
def test_histogram_fills_the_height_with_its_longest_column(same, other, reason):
    pixels = np.asarray(distance_histogram(evaluation_of(same=same, other=other))).astype(int)
    assert (pixels[64:66, 60:880] != pixels[2, 2]).any(axis=-1).any(), reason
