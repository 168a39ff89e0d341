"""What a distance means: up to where a match is right often enough to be called strong, or close.

Pairs of photos are judged: right is the same kind of garment with a main colour that both have. A word keeps its
promise when at least that share of its matches is right: STRONG_PRECISION of the strong ones, CLOSE_PRECISION of
the close ones. The distances depend on the encoder, and are stored in its card (`parameters.match_distances`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

STRONG_PRECISION, CLOSE_PRECISION = 0.9, 0.7
MIN_PAIRS = 400  # a garment type with fewer takes the distances of all
CONFIDENCE = 1.28  # standard deviations: one word in ten promises more than it keeps, by the number of matches seen

MatchDistances = dict[str, list[float]]  # {garment type, "" for all: [strong, close]}


def fit_match_distances(distances: np.ndarray, is_right: np.ndarray, garment_types: Sequence[str]) -> MatchDistances:
    """The largest distances at which the words keep their promises, for each garment type that has enough pairs.

    distances: (N,) cosine distances of matches as a search gives them. is_right: (N,) bool. garment_types: N of the
    garments that were searched with.
    """
    types = np.asarray(garment_types)
    chosen = {"": np.ones(len(distances), bool)} | {str(name): types == name for name in sorted(set(garment_types))}
    return {
        name: _two_words(distances[mask], is_right[mask])
        for name, mask in chosen.items()
        if name == "" or mask.sum() >= MIN_PAIRS
    }


def precision_of_words(
    distances: np.ndarray, is_right: np.ndarray, bounds: Sequence[Sequence[float]]
) -> dict[str, dict[str, float]]:
    """{word: {"matches": how many, "precision": the share that is right}}; bounds: N times [strong, close]."""
    strong, close = np.asarray(bounds, float).reshape(-1, 2).T
    said = {
        "strong": distances <= strong,
        "close": (distances > strong) & (distances <= close),
        "weak": distances > np.maximum(strong, close),
    }
    return {
        word: {"matches": int(mask.sum()), "precision": round(float(is_right[mask].mean()), 4) if mask.any() else 0.0}
        for word, mask in said.items()
    }


def _two_words(distances: np.ndarray, is_right: np.ndarray) -> list[float]:
    strong = _largest_distance(distances, is_right, STRONG_PRECISION)
    beyond = distances > strong
    return [strong, max(strong, _largest_distance(distances[beyond], is_right[beyond], CLOSE_PRECISION))]


def _largest_distance(distances: np.ndarray, is_right: np.ndarray, precision: float) -> float:
    """Up to where at least `precision` of the matches are right, by Wilson's lower bound; 0 where none are."""
    order = np.argsort(distances, kind="stable")
    enough = np.flatnonzero(_lower_bounds(is_right[order]) >= precision)
    return round(float(distances[order][enough[-1]]), 4) if len(enough) else 0.0


def _lower_bounds(is_right: np.ndarray) -> np.ndarray:
    """Wilson's lower bound of the share that is right among the first n, for n = 1 .. N (Wilson, 1927)."""
    n = np.arange(1, len(is_right) + 1)
    share = np.cumsum(is_right) / n
    z2 = CONFIDENCE**2
    spread = CONFIDENCE * np.sqrt(share * (1 - share) / n + z2 / (4 * n**2))
    return (share + z2 / (2 * n) - spread) / (1 + z2 / n)
