"""Cards of the first release, fetched and kept by a shop, load under today's names."""

import json
from dataclasses import fields

import pytest

from search.vision.cards import choose
from search.vision.detector import Detector
from search.vision.detector_parameters import current_names
from search.vision.duplicates import DuplicateRules

OLD = {
    "proposals": {
        "anchors": [[[-8, -8, 8, 8]]], "strides": [8], "per_level": 300, "at_most": 100, "overlap": 0.7, "smallest": 0,
        "code": {"means": [0, 0, 0, 0], "stds": [1, 1, 1, 1], "largest_growth": 4.135166645050049},
    },
    "regions": {"strides": [8], "finest": 56},
    "box_code": {"means": [0, 0, 0, 0], "stds": [0.1, 0.1, 0.2, 0.2], "largest_growth": 4.135166645050049},
    "choice": {
        "scores": [0.3], "overlap": 0.5, "overlap_of_types": 0.7, "at_most": 30, "mask_threshold": 0.5, "nested": 0.9,
    },
    "own_choice": {"scores": [0.05], "overlap": 0.5, "overlap_of_types": 1.0, "at_most": 40, "mask_threshold": 0.5},
    "canvases": [[256, 384]], "padding": [127, 127, 127],
}  # fmt: skip


def names_of(parameters):
    """Every name in it, at every depth."""
    for name, value in parameters.items():
        yield name
        if isinstance(value, dict):
            yield from names_of(value)


def test_every_old_name_has_a_current_one():
    renamed = current_names(OLD)
    # Without them, nothing is removed.
    newer = {field.name for field in fields(DuplicateRules)} - {"max_nested_share"}
    assert set(names_of(renamed)) == set(names_of(choose("detector").parameters)) - newer
    assert renamed["box_coder"]["wh_ratio_clip"] == pytest.approx(16 / 1000)
    assert renamed["postprocess"]["score_thresholds"] == [0.3]


def test_current_names_stay():
    parameters = choose("detector").parameters
    assert current_names(parameters) == parameters


def test_a_detector_with_an_old_card_loads():
    card = choose("detector")
    detector = Detector(type(card)(**{**_fields(card), "parameters": json.loads(json.dumps(OLD))}))
    assert detector.input_sizes == [(256, 384)]
    assert detector.postprocess_config.max_nested_share == 0.9


def _fields(card):
    return {name: getattr(card, name) for name in card.__dataclass_fields__}
