import numpy as np
import pytest

from search.vision.crops import Crop, crop_garment, whole_photo


def make_photo(height=100, width=80):
    return np.arange(height * width * 3, dtype=np.uint32).astype(np.uint8).reshape(height, width, 3)


def make_mask(photo, rows=slice(20, 40), columns=slice(10, 30)):
    mask = np.zeros(photo.shape[:2], bool)
    mask[rows, columns] = True
    return mask


def test_a_garment_is_cut_with_a_margin_and_its_mask():
    photo = make_photo()
    crop = crop_garment(photo, (10, 20, 60, 70), make_mask(photo))
    assert crop.pixels.shape == (54, 54, 3)  # 50 pixels and 4 % of them on each side
    assert crop.mask.shape == (54, 54)
    assert crop.mask.sum() == 20 * 20
    assert (crop.pixels[0, 0] == photo[18, 8]).all()


@pytest.mark.parametrize(
    ("box", "shape"),
    [
        pytest.param((10, 20, 60, 70), (50, 50, 3), id="as drawn"),
        pytest.param((60, 70, 10, 20), (50, 50, 3), id="drawn from the other corner"),
        pytest.param((-50, -50, 500, 500), (100, 80, 3), id="outside the photo on every side"),
        pytest.param((30, 30, 30, 30), (1, 1, 3), id="a click"),
        pytest.param((80, 100, 80, 100), (1, 1, 3), id="on the last corner"),
        pytest.param((200, 200, 300, 300), (1, 1, 3), id="beside the photo"),
        pytest.param((10.4, 20.6, 11.2, 21.1), (2, 2, 3), id="fractions take in every pixel they touch"),
    ],
)
def test_a_box_without_a_mask_is_taken_as_it_is(box, shape):
    crop = crop_garment(make_photo(), box)
    assert crop.pixels.shape == shape
    assert crop.mask is None


def test_a_mask_that_is_empty_in_the_box_counts_as_none():
    photo = make_photo()
    assert crop_garment(photo, (50, 60, 70, 90), make_mask(photo)).mask is None


def make_packshot(backdrop=250, shadow=12):
    photo = np.full((300, 200, 3), backdrop, np.uint8)
    photo[240:260, 40:170] -= shadow
    photo[60:240, 50:150] = (40, 60, 140)
    photo[120:160, 80:120] = backdrop  # a print of the backdrop's colour
    return photo


def test_the_whole_photo_is_one_crop_without_a_mask():
    photo = make_photo()
    assert whole_photo(photo).pixels is photo
    assert whole_photo(photo).mask is None


def test_what_stands_before_a_plain_backdrop_is_the_garment_of_a_whole_photo():
    mask = whole_photo(make_packshot()).mask
    expected = np.zeros((300, 200), bool)
    expected[60:240, 50:150] = True
    assert (mask & expected).sum() / (mask | expected).sum() > 0.9


def close_up_of_dots():
    photo = np.full((240, 240, 3), (30, 60, 90), np.uint8)
    for y in range(20, 220, 40):
        for x in range(20, 220, 40):
            photo[y : y + 14, x : x + 14] = 240
    return photo


@pytest.mark.parametrize(
    "photo",
    [
        pytest.param(np.full((200, 200, 3), 255, np.uint8), id="nothing but backdrop"),
        pytest.param(close_up_of_dots(), id="printed cloth, close"),
        pytest.param(np.zeros((3, 500, 3), np.uint8), id="a strip"),
        pytest.param(np.random.default_rng(0).integers(0, 256, (99, 80, 3)).astype(np.uint8), id="a busy room"),
    ],
)
def test_nothing_stands_out(photo):
    assert whole_photo(photo).mask is None


@pytest.mark.parametrize("box", [(0, 0, 10), (0, 0, float("nan"), 10), (0, 0, float("inf"), 10)])
def test_a_box_must_be_four_finite_numbers(box):
    with pytest.raises(ValueError, match="four finite numbers"):
        crop_garment(make_photo(), box)


def test_a_mask_of_another_size_is_refused():
    with pytest.raises(ValueError, match="same size"):
        crop_garment(make_photo(), (0, 0, 10, 10), np.ones((10, 10), bool))


@pytest.mark.parametrize(
    ("pixels", "mask"),
    [
        pytest.param(np.zeros((4, 4, 3), np.float32), None, id="not bytes"),
        pytest.param(np.zeros((4, 4), np.uint8), None, id="grey without channels"),
        pytest.param(np.zeros((0, 4, 3), np.uint8), None, id="no pixels"),
        pytest.param(np.zeros((4, 4, 3), np.uint8), np.ones((4, 5), bool), id="mask of another size"),
        pytest.param(np.zeros((4, 4, 3), np.uint8), np.ones((4, 4), np.uint8), id="mask of numbers"),
    ],
)
def test_a_crop_says_what_it_must_be(pixels, mask):
    with pytest.raises(ValueError, match="a crop"):
        Crop(pixels, mask)
