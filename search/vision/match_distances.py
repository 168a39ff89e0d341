"""What a distance means: up to where a match is probably enough right to be called strong, or close.

Pairs of photos are judged: right is the same kind of garment with a main colour that both have. How probable that is at
a distance is a logistic regression, with an intercept and a slope for each garment type that are drawn to the common
ones. A word keeps its promise when at least that share of its matches is right: STRONG_PRECISION of the strong ones,
CLOSE_PRECISION of the close ones. It ends where a match is right with a probability of that and MARGIN. The distances
depend on the encoder, and are stored in its card (`parameters.match_distances`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

STRONG_PRECISION, CLOSE_PRECISION = 0.9, 0.7
MARGIN = 0.01  # more than promised, for the fit is never exact
MIN_PAIRS = 100  # with fewer there is nothing to tell from, and no distance is close
TYPE_PAIRS = 100  # a garment type with fewer, those of twenty searches, takes the distances of all
COMMON_PENALTY, INTERCEPT_PENALTY, SLOPE_PENALTY = 1e-3, 0.1, 0.1  # ridge; by cross-validation
ITERATIONS = 50

MatchDistances = dict[str, list[float]]  # {garment type, "" for all: [strong, close]}


def fit_match_distances(distances: np.ndarray, is_right: np.ndarray, garment_types: Sequence[str]) -> MatchDistances:
    """The largest distances at which the words keep their promises, for each garment type that has enough pairs.

    distances: (N,) cosine distances of matches as a search gives them. is_right: (N,) bool. garment_types: N of the
    garments that were searched with.
    """
    if len(distances) < MIN_PAIRS:
        return {"": [0.0, 0.0]}
    names, place = np.unique(np.asarray(garment_types, dtype=str), return_inverse=True)
    common, own = _fit_logistic(distances, is_right, place, len(names))
    farthest = float(distances.max())
    counts = np.bincount(place)
    found = {"": _two_words(common[0], common[1], farthest)}
    for name, count, (intercept, slope) in zip(names, counts, own, strict=True):
        if count >= TYPE_PAIRS:
            found[str(name)] = _two_words(common[0] + intercept, common[1] + slope, farthest)
    return found


def precision_of_words(
    distances: np.ndarray, is_right: np.ndarray, bounds: Sequence[Sequence[float]]
) -> dict[str, dict[str, float]]:
    """{word: {"matches": how many, "share": of all, "precision": the share that is right}}.

    bounds: N times [strong, close].
    """
    strong, close = np.asarray(bounds, float).reshape(-1, 2).T
    said = {
        "strong": distances <= strong,
        "close": (distances > strong) & (distances <= close),
        "weak": distances > np.maximum(strong, close),
    }
    return {
        word: {
            "matches": int(mask.sum()),
            "share": round(float(mask.mean()), 4) if len(mask) else 0.0,
            "precision": round(float(is_right[mask].mean()), 4) if mask.any() else 0.0,
        }
        for word, mask in said.items()
    }


def _fit_logistic(
    distances: np.ndarray, is_right: np.ndarray, place: np.ndarray, types: int
) -> tuple[np.ndarray, np.ndarray]:
    """Intercept and slope (2,) of all, and what each type adds to them (types, 2): P = sigmoid(intercept - slope * d).

    place: (N,) the number of each pair's type. Ridge regression by Newton's method.
    """
    rows = np.zeros((len(distances), 1 + types, 2))
    rows[:, 0] = rows[np.arange(len(distances)), 1 + place] = np.stack([np.ones_like(distances), -distances], 1)
    flat = rows.reshape(len(distances), -1)
    penalty = np.array([[COMMON_PENALTY] * 2, *[[INTERCEPT_PENALTY, SLOPE_PENALTY]] * types]).reshape(-1)
    weights = np.zeros(flat.shape[1])
    for _ in range(ITERATIONS):
        probable = 1 / (1 + np.exp(-(flat @ weights).clip(-30, 30)))
        curvature = flat.T @ (flat * (probable * (1 - probable))[:, None]) + np.diag(penalty)
        step = np.linalg.solve(curvature, flat.T @ (is_right - probable) - penalty * weights)
        weights += step.clip(-5, 5)
    return weights[:2], weights[2:].reshape(types, 2)


def _two_words(intercept: float, slope: float, farthest: float) -> list[float]:
    """The distances at which the probability falls to either precision and MARGIN, from 0 to `farthest`."""
    shares = np.array([STRONG_PRECISION, CLOSE_PRECISION]) + MARGIN
    logits = np.log(shares / (1 - shares))
    bounds = [(intercept - logit) / max(slope, 1e-6) for logit in logits]
    return [round(float(np.clip(bound, 0, farthest)), 4) for bound in bounds]
