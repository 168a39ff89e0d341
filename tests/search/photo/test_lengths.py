from types import SimpleNamespace

import pytest

from search.answer_types import GarmentAnswer, Result
from search.photo.lengths import of_length


def result(height, *, shared=("skirt",)):
    """A skirt as wide as its photo of 100 x 100 pixels."""
    image = SimpleNamespace(width=100, height=100)
    return Result(None, 0.1, "strong", image, (0, 0, 1, height / 100), shared)


@pytest.mark.parametrize(
    ("length", "kept"),
    [("longer", [70, 90]), ("shorter", [30])],
)
def test_what_is_clearly_longer_or_shorter_stays_in_its_order(length, kept):
    results = [result(height) for height in (70, 50, 55, 45, 90, 30)]
    garment = GarmentAnswer(0, "skirt", "skirt", 0.9, (0.0, 0.0, 0.5, 0.5), [], results=results, count=96)
    found = of_length(garment, length, size=(200, 100))
    assert [round(100 * each.matched_box[3]) for each in found.results] == kept
    assert found.count == len(kept)


def test_what_was_seen_as_something_else_is_left_out():
    """Its box is another garment's; so is that of a product which only its category lets pass for a skirt."""
    garment = GarmentAnswer(0, "skirt", "skirt", 0.9, (0.0, 0.0, 1.0, 0.2), [], results=[
        result(90, shared=("Plus Size",)), result(90, shared=()), result(90),
    ])  # fmt: skip
    assert len(of_length(garment, "longer", size=(100, 100)).results) == 1
