"""Match distances measured on the catalogue itself, for an encoder whose card says nothing."""

import pytest
from django.db import connection

from search.retrieval import calibration
from tests.search.vectors import make_embedded_catalogue, make_encoder

pytestmark = pytest.mark.django_db


@pytest.fixture
def encoder():
    encoder = make_encoder()
    make_embedded_catalogue(encoder, products=150)
    return encoder


def rows_fetched(call):
    """The most rows that one query of `call()` brings from the database."""
    most = []

    def watch(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        most.append(context["cursor"].cursor.rowcount)
        return result

    with connection.execute_wrapper(watch):
        call()
    return max(most)


def test_no_more_rows_are_fetched_than_the_sample_has(encoder, monkeypatch):
    monkeypatch.setattr(calibration, "SAMPLE", 20)
    assert rows_fetched(lambda: calibration._of_catalogue(encoder)) == 20


def test_the_sample_is_the_same_each_time_and_is_of_the_whole_catalogue(encoder, monkeypatch):
    whole = calibration._of_catalogue(encoder)
    monkeypatch.setattr(calibration, "SAMPLE", 40)
    found = calibration._of_catalogue(encoder)
    assert found == calibration._of_catalogue(encoder)
    assert set(found) == {"", "dress", "top", "skirt"}
    for garment_type, (strong, close) in found.items():
        assert 0 < strong < close < 2
        assert close == pytest.approx(whole[garment_type][1], abs=0.3)


def test_a_type_with_few_garments_has_no_distances_of_its_own(encoder, monkeypatch):
    monkeypatch.setattr(calibration, "SAMPLE", calibration.MIN_SAMPLE - 1)
    assert set(calibration._of_catalogue(encoder)) == {""}
