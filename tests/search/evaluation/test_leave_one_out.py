"""The figures of an evaluation, on vectors whose right answer can be counted on one's fingers."""

import numpy as np
import pytest

from search.evaluation import leave_one_out as evaluation
from search.evaluation.leave_one_out import Evaluation, Gallery
from tests.search.vectors import make_embedded_catalogue, make_encoder


def gallery(vectors, images, products):
    vectors = np.array(vectors, np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Gallery(vectors, np.array(images), np.array(products), np.ones(len(images), int))


def judge(found_in, query=0):
    notes = Evaluation("e", 1, 1, 1, {}, 0, 0, {}, 0)
    ((_, distances),) = evaluation._distances(found_in, np.array([query]))
    return evaluation._judge(found_in, query, distances, notes)


NEAR, FAR, FARTHER = [1, 0.1, 0], [1, 1, 0], [0, 1, 0]


@pytest.mark.parametrize(
    "vectors, images, products, rank, precision, reason",
    [
        ([[1, 0, 0], NEAR, FAR], [1, 2, 3], [1, 1, 2], 1, 1.0, "its other photo is nearest"),
        ([[1, 0, 0], FAR, NEAR], [1, 2, 3], [1, 1, 2], 2, 0.5, "another product is nearer"),
        ([[1, 0, 0], [1, 0, 0], FAR, NEAR], [1, 1, 2, 3], [1, 1, 1, 2], 2, 0.5, "rows of its own photo do not count"),
        ([[1, 0, 0], FARTHER, NEAR, FAR], [1, 2, 3, 4], [1, 1, 2, 2], 2, 1 / 3, "a product counts once, photos each"),
        ([[1, 0, 0], NEAR, FARTHER, FAR], [1, 2, 3, 4], [1, 1, 1, 2], 1, (1 + 2 / 3) / 2, "one photo near, one far"),
    ],
)
def test_rank_and_average_precision(vectors, images, products, rank, precision, reason):
    found_rank, found_precision = judge(gallery(vectors, images, products))
    assert found_rank == rank, reason
    assert found_precision == pytest.approx(precision), reason


@pytest.mark.django_db
def test_vectors_are_read_in_chunks_into_a_file_and_compared_in_blocks(monkeypatch):
    encoder = make_encoder(dimensions=16)
    assert evaluation.load_gallery(encoder).vectors.shape == (0, 16)
    vectors, _products = make_embedded_catalogue(encoder, products=20, images=2, index=False)
    monkeypatch.setattr(evaluation, "CHUNK", 7)
    monkeypatch.setattr(evaluation, "BLOCK_DISTANCES", 90)
    found = evaluation.load_gallery(encoder)
    assert isinstance(found.vectors, np.memmap)
    queries = np.array([0, 9, 39])
    for query, distances in evaluation._distances(found, queries):
        others = found.images != found.images[query]
        expected = 1 - vectors.astype(np.float32) @ vectors[query].astype(np.float32)
        np.testing.assert_allclose(distances[others], expected[others], atol=2e-3)


def test_only_products_with_two_photos_are_asked_for_by_their_surest_garment():
    found = Gallery(np.eye(4, dtype=np.float32), np.array([1, 1, 2, 3]), np.array([7, 7, 7, 8]), np.array([0, 1, 0, 0]))
    assert evaluation._queries(found, 10, 0).tolist() == [1, 2]
