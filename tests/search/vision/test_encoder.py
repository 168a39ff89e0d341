import numpy as np
import pytest

from search.vision.cards import ModelError
from search.vision.crops import Crop, crop_garment, whole_photo
from search.vision.encoder import Encoder, available_encoders, letterbox, load_encoder


def make_photo(height=160, width=120, seed=0):
    """A smooth random picture: blobs of colour, as noise would be grey to the encoder."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (8, 6, 3)).astype(np.uint8)
    rows, columns = np.arange(height) * 8 // height, np.arange(width) * 6 // width
    return coarse[rows][:, columns]


def make_crop(seed=0, **size):
    photo = make_photo(seed=seed, **size)
    mask = np.zeros(photo.shape[:2], bool)
    mask[photo.shape[0] // 4 :, photo.shape[1] // 4 :] = True
    return crop_garment(photo, (0, 0, photo.shape[1], photo.shape[0]), mask)


@pytest.fixture(params=available_encoders())
def encoder(request) -> Encoder:
    return load_encoder(request.param)


ODD_CROPS = [
    pytest.param(Crop(np.full((1, 1, 3), 200, np.uint8)), id="one pixel"),
    pytest.param(Crop(np.full((1, 1, 3), 200, np.uint8), np.ones((1, 1), bool)), id="one pixel with a mask"),
    pytest.param(Crop(np.zeros((40, 30, 3), np.uint8)), id="black"),
    pytest.param(Crop(np.full((40, 30, 3), 255, np.uint8)), id="white"),
    pytest.param(Crop(np.repeat(make_photo()[..., :1], 3, axis=2)), id="grey"),
    pytest.param(Crop(make_photo(), np.zeros((160, 120), bool)), id="an empty mask counts as none"),
    pytest.param(make_crop(height=2400, width=1800), id="huge"),
    pytest.param(Crop(make_photo(3, 900)), id="a thin strip"),
    pytest.param(make_crop(height=900, width=4), id="a thin strip with a mask"),
]


@pytest.mark.parametrize("crop", ODD_CROPS)
def test_every_crop_gives_a_unit_vector(encoder, crop):
    vectors = encoder.encode([crop])
    assert vectors.shape == (1, encoder.dimensions)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-4)


def test_a_crop_has_the_same_vector_whatever_else_is_in_the_batch(encoder):
    crops = [make_crop(seed) for seed in range(19)] + [whole_photo(make_photo(60, 200, seed=20))]
    together = encoder.encode(crops)
    alone = np.concatenate([encoder.encode([crop]) for crop in crops])
    assert (1 - (together * alone).sum(1)).max() < 1e-4


def test_no_crops_give_no_vectors(encoder):
    assert encoder.encode([]).shape == (0, encoder.dimensions)


def test_what_is_behind_the_garment_hardly_counts(encoder):
    crop = make_crop(seed=1)
    other = np.where(crop.mask[..., None], crop.pixels, make_photo(*crop.mask.shape, seed=5))
    another = make_crop(seed=2)
    same, different = encoder.encode([crop, Crop(other, crop.mask), another])[1:] @ encoder.encode([crop])[0]
    assert same > 0.9
    assert different < same - 0.1


def test_colour_counts(encoder):
    red, blue = (Crop(np.full((60, 50, 3), colour, np.uint8)) for colour in ((200, 30, 40), (30, 40, 200)))
    dimmed = Crop(np.full((60, 50, 3), (185, 28, 38), np.uint8))
    reds, against = encoder.encode([dimmed, blue]) @ encoder.encode([red])[0]
    assert reds > against + 0.2


def test_a_crop_is_laid_in_the_middle_of_a_square_with_its_proportions():
    image, mask = letterbox(Crop(np.full((50, 100, 3), 90, np.uint8)), 64)
    assert image.shape == (64, 64, 3)
    assert (image == 90).all()
    assert mask[16:48].all()
    assert not mask[:16].any() and not mask[48:].any()


def test_an_unknown_encoder_is_named_with_those_at_hand():
    with pytest.raises(ModelError, match=available_encoders()[0]):
        load_encoder("resnet-9000")
