import numpy as np
import pytest

from training.encoder.encoder_projection import fit_projection, weighed


def make_views(seed=0, garments=60, views=4):
    """Garments that differ in the first four directions; views of one that differ, and more, in the last two."""
    rng = np.random.default_rng(seed)
    garment = rng.normal(size=(garments, 6)) * [1, 1, 1, 1, 0, 0]
    numbers = np.repeat(np.arange(garments), views)
    noise = rng.normal(size=(garments * views, 6)) * [0.1, 0.1, 0.1, 0.1, 4, 4]
    return (garment[numbers] + noise).astype(np.float32), numbers


def found_again(vectors, numbers):
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -np.inf)
    return (numbers[scores.argmax(1)] == numbers).mean()


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_directions_in_which_views_differ_are_shrunk():
    matrix, bias = fit_projection(*make_views(), 4, shrinkage=0.001)
    vectors, numbers = make_views(seed=1)
    assert found_again(unit(vectors @ matrix.T + bias), numbers) > found_again(unit(vectors), numbers) + 0.3


def test_strength_zero_is_plain_principal_components():
    vectors, numbers = make_views()
    matrix, bias = fit_projection(vectors, numbers, 6, strength=0.0)
    assert np.allclose(matrix @ matrix.T, np.eye(6), atol=1e-4)
    assert np.allclose((vectors @ matrix.T + bias).mean(0), 0, atol=1e-3)


def test_more_dimensions_than_directions_are_refused():
    with pytest.raises(ValueError, match="7 dimensions"):
        fit_projection(*make_views(), 7)


def test_branches_are_centred_brought_to_length_one_and_weighed():
    rows = weighed(np.array([[3.0, 5.0, 1.0, 9.0]]), (2, 2), np.array([0.0, 1.0, 1.0, 0.0]), (1.0, 2.0))
    assert np.allclose(rows, [[0.6, 0.8, 0.0, 2.0]])
