"""What is said before a large index is built."""

import re

import pytest

from search.retrieval import indexes
from tests.search.vectors import make_embedded_catalogue, make_encoder

pytestmark = pytest.mark.django_db


@pytest.fixture
def encoder():
    return make_encoder()


def test_memory_and_time_of_a_build_are_said_before_it(encoder, monkeypatch):
    make_embedded_catalogue(encoder, products=60, index=False)
    assert indexes.build_notice(encoder) is None, "so few are indexed in a moment"
    monkeypatch.setattr(indexes, "NOTICED_ROWS", 100)
    notice = indexes.build_notice(encoder)
    assert re.search(r"index of 120 vectors .* 0 minutes .* 0 MB", notice)
    monkeypatch.setattr(indexes, "MAX_BUILD_MB", 0.01)
    assert "with less it takes several times as long" in indexes.build_notice(encoder)
    indexes.create_index(encoder)
    assert indexes.build_notice(encoder) is None, "it is there"


@pytest.mark.parametrize(("rows", "megabytes"), [(1_000_000, 1755), (2_000_000, 3510)])
def test_memory_is_that_of_the_vectors_and_their_edges(encoder, rows, megabytes):
    encoder.dimensions = 256
    assert indexes._memory_mb(encoder, rows) == pytest.approx(megabytes, abs=1)
