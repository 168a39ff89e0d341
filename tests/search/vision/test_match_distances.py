"""Up to which distances the match words keep their promises, on matches whose rightness is known."""

import numpy as np
import pytest

from search.vision.match_distances import (
    CLOSE_PRECISION,
    STRONG_PRECISION,
    TYPE_PAIRS,
    fit_match_distances,
    precision_of_words,
)


def matches(*parts, seed=0):
    """Distances and rightness: (count, from, to, share that is right) each, in a random order."""
    rng = np.random.default_rng(seed)
    distances = np.concatenate([np.linspace(low, high, count, endpoint=False) for count, low, high, _ in parts])
    is_right = np.concatenate([rng.permutation(np.arange(count) < count * share) for count, _, _, share in parts])
    order = rng.permutation(len(distances))
    return distances[order], is_right[order]


STEPS = [(1000, 0.0, 0.1, 0.97), (1000, 0.1, 0.3, 0.8), (1000, 0.3, 1.0, 0.2)]


def test_words_end_where_their_promises_would_be_broken():
    distances, is_right = matches(*STEPS)
    strong, close = fit_match_distances(distances, is_right, ["top"] * len(distances))[""]
    assert 0.02 < strong < 0.2 < close < 0.4
    measured = precision_of_words(distances, is_right, [[strong, close]] * len(distances))
    assert measured["strong"]["precision"] >= STRONG_PRECISION
    assert measured["close"]["precision"] >= CLOSE_PRECISION
    assert sum(word["matches"] for word in measured.values()) == len(distances)


@pytest.mark.parametrize(
    ("parts", "strong", "close", "reason"),
    [
        ([], 0, 0, "no match"),
        ([(300, 0, 1, 0.1)], 0, 0, "seldom right at any distance"),
        ([(3, 0, 1, 1.0)], 0, 0, "right, but by three matches nobody can tell"),
        ([(500, 0, 1, 1.0)], 0.998, 0.998, "always right"),
        ([(500, 0, 1, 0.78)], 0, 0.998, "close at most"),
    ],
)
def test_edges(parts, strong, close, reason):
    distances, is_right = matches(*parts) if parts else (np.zeros(0), np.zeros(0, bool))
    found = fit_match_distances(distances, is_right, ["top"] * len(distances))[""]
    assert found == pytest.approx([strong, close], abs=0.005), reason


def test_a_type_has_its_own_distances_where_it_has_enough_pairs():
    near = matches((500, 0, 0.2, 1.0), (500, 0.2, 1.0, 0.1))
    far = matches((500, 0, 0.6, 1.0), (500, 0.6, 1.0, 0.1), seed=1)
    few = matches((TYPE_PAIRS - 1, 0, 1.0, 0.0), seed=2)
    distances, is_right = (np.concatenate([part[i] for part in (near, far, few)]) for i in (0, 1))
    found = fit_match_distances(distances, is_right, ["top"] * 1000 + ["dress"] * 1000 + ["bag"] * (TYPE_PAIRS - 1))
    assert set(found) == {"", "top", "dress"}
    assert 0 < found["top"][0] < 0.2 < found["dress"][0] < 0.6
    assert all(0 <= strong <= close <= 1 for strong, close in found.values())


def test_words_keep_their_promises_on_matches_that_were_not_fitted():
    rng = np.random.default_rng(0)
    distances = rng.random(8000)
    is_right = rng.random(8000) < 1 / (1 + np.exp(10 * (distances - 0.5)))
    found = fit_match_distances(distances[:4000], is_right[:4000], ["top"] * 4000)[""]
    words = precision_of_words(distances[4000:], is_right[4000:], [found] * 4000)
    assert words["strong"]["precision"] >= STRONG_PRECISION
    assert words["close"]["precision"] >= CLOSE_PRECISION
    assert words["weak"]["precision"] < CLOSE_PRECISION
    assert all(word["share"] > 0.05 for word in words.values())
    assert sum(word["share"] for word in words.values()) == pytest.approx(1, abs=1e-3)


def test_precision_of_words_of_nothing():
    found = precision_of_words(np.zeros(0), np.zeros(0, bool), [])
    assert found == {word: {"matches": 0, "share": 0.0, "precision": 0.0} for word in ("strong", "close", "weak")}
