"""An int8 detector is taken only where it finds as much in less time."""

import pytest

pytest.importorskip("nncf", reason="pip install -r requirements-training.txt")
pytest.importorskip("pycocotools", reason="pip install -r requirements-training.txt")

from training.detector.quantise_detector import is_as_good


@pytest.mark.parametrize(
    ("ap50", "milliseconds", "expected"),
    [
        ((0.750, 0.748), (30.0, 20.0), True),
        ((0.750, 0.760), (30.0, 20.0), True),
        ((0.750, 0.744), (30.0, 20.0), False),
        ((0.750, 0.750), (30.0, 30.0), False),
    ],
)
def test_int8_must_lose_half_a_point_at_most_and_be_faster(ap50, milliseconds, expected):
    assert is_as_good({"box_AP50": ap50, "milliseconds": milliseconds}) is expected
