"""Colour names that a shopper would give."""

import numpy as np
import pytest

from search.vision.colour_names import colour_shares, dominant_colours


def patch(colour, size=(40, 30)):
    return np.full((*size, 3), colour, np.uint8)


@pytest.mark.parametrize(
    "rgb, name",
    [
        ((10, 10, 12), "black"),
        ((250, 250, 248), "white"),
        ((128, 128, 130), "grey"),
        ((210, 190, 160), "beige"),
        ((96, 62, 38), "brown"),
        ((190, 20, 35), "red"),
        ((120, 20, 32), "red"),  # burgundy
        ((240, 125, 30), "orange"),
        ((245, 210, 60), "yellow"),
        ((40, 120, 60), "green"),
        ((85, 95, 52), "green"),  # olive
        ((30, 60, 150), "blue"),
        ((28, 35, 70), "blue"),  # navy
        ((150, 190, 225), "blue"),  # a light wash
        ((115, 60, 145), "purple"),
        ((245, 170, 190), "pink"),
    ],
)
def test_plain_colours_have_their_name(rgb, name):
    assert dominant_colours(patch(rgb)) == (name,)


def test_stripes_have_both_colours_strongest_first():
    pixels = patch((255, 255, 255))
    pixels[:, :10] = (20, 30, 80)
    assert dominant_colours(pixels) == ("white", "blue")


def test_only_what_is_under_the_mask_counts():
    pixels, mask = patch((255, 255, 255)), np.zeros((40, 30), bool)
    pixels[10:20, 10:20] = (190, 20, 35)
    mask[10:20, 10:20] = True
    assert dominant_colours(pixels, mask) == ("red",)


def test_a_button_is_no_colour_of_the_shirt():
    pixels = patch((40, 120, 60))
    pixels[5:9, 5:9] = 255
    assert dominant_colours(pixels) == ("green",)


def test_shares_sum_to_one_and_an_empty_mask_has_none():
    assert sum(colour_shares(patch((1, 2, 3))).values()) == pytest.approx(1)
    assert colour_shares(patch((1, 2, 3)), np.zeros((40, 30), bool)) == {}


def test_large_photos_are_sampled_to_the_same_answer():
    assert dominant_colours(patch((190, 20, 35), (900, 700))) == ("red",)
