import numpy as np
import pytest

from garments.rle import decode_rle, encode_rle


@pytest.mark.parametrize(
    ("rows", "counts"),
    [(["00", "00"], [4]), (["11", "11"], [0, 4]), (["01", "00"], [2, 1, 1]), (["10", "11"], [0, 2, 1, 1])],
    ids=["empty", "full", "down the columns", "starts with a one"],
)
def test_counts_run_down_the_columns(rows, counts):
    mask = np.array([[letter == "1" for letter in row] for row in rows])
    assert encode_rle(mask) == {"size": [2, 2], "counts": counts}
    assert np.array_equal(decode_rle(encode_rle(mask)), mask)


def test_a_noisy_mask_survives():
    mask = np.random.default_rng(0).random((31, 17)) > 0.5
    assert np.array_equal(decode_rle(encode_rle(mask)), mask)


def test_counts_that_do_not_fill_the_size_are_refused():
    with pytest.raises(ValueError, match="needs 4"):
        decode_rle({"size": [2, 2], "counts": [1, 2]})
