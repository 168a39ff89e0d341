import pytest

from training.splits import ccp_split, clothing_split


def test_splits_never_move():
    """A photo that changes sides makes every measured number wrong, so the answers themselves are fixed here."""
    assert [i for i in range(1, 40) if ccp_split(i) == "val"] == [4, 19, 20, 21, 27, 33, 35, 36, 38]
    assert [i for i in range(0, 60) if clothing_split(i) == "val"] == [0, 3, 15, 18, 27, 28, 30, 45, 47, 50, 52]


@pytest.mark.parametrize("image_id", ["0001", "1", 1], ids=["stem", "digits", "number"])
def test_a_photo_may_be_named_by_stem_or_number(image_id):
    assert ccp_split(image_id) == ccp_split(1)


def test_something_that_is_not_an_id_is_refused():
    with pytest.raises(ValueError, match="abc"):
        ccp_split("abc")
