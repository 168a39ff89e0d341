"""The same colours under any profile give the same pixels."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from garments.image_decoding import open_image
from garments.image_profiles import to_srgb
from tests.garments.picture_corpus import encoded, picture, png_of

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def wide_profile():
    """sRGB's profile with its red and green exchanged: any photo under it is visibly another without it."""
    profile = bytearray(SRGB)
    tags = {}
    for index in range(int.from_bytes(profile[128:132])):
        at = 132 + 12 * index
        tags[bytes(profile[at : at + 4])] = at
    red, green = (slice(tags[name] + 4, tags[name] + 12) for name in (b"rXYZ", b"gXYZ"))
    profile[red], profile[green] = profile[green], profile[red]
    return bytes(profile)


SWAPPED = wide_profile()


def pixels(content):
    return np.asarray(open_image(content, max_side=1024), np.int16)


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colours_are_those_that_the_profile_means(format, mode):
    image = Image.new("RGB", (30, 20), (200, 40, 90))
    shown = pixels(encoded(image.convert(mode), format, icc_profile=SWAPPED))
    plain = pixels(encoded(image.convert(mode), format))
    assert np.abs(shown - plain[..., [1, 0, 2]]).max() <= 3


def test_a_profile_of_srgb_changes_no_pixel():
    assert (pixels(encoded(picture(), icc_profile=SRGB)) == pixels(encoded(picture()))).all()


@pytest.mark.parametrize("profile", [None, b"", b"not a profile", SRGB[:200], SWAPPED[:-40]])
def test_without_a_usable_profile_the_picture_is_as_it_is(profile):
    assert to_srgb(picture(), profile).size == picture().size


def test_a_profile_of_another_kind_of_picture_is_not_used():
    grey = picture().convert("L")
    assert to_srgb(grey, SWAPPED) is grey


def test_grey_of_sixteen_bits_keeps_its_shades():
    values = np.linspace(0, 65_535, 64 * 64).reshape(64, 64).astype(np.uint16)
    shown = pixels(encoded(Image.fromarray(values)))
    assert np.abs(shown[..., 0] - values / 257).max() <= 1


def test_alpha_survives_the_conversion():
    content = png_of(20, 20, colour=6)  # all transparent
    assert (pixels(content) == 255).all()
