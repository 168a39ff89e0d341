import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="pip install -r requirements-training.txt")

from training.encoder.encoder_network import ColourHistogram, GarmentEncoder, MaskedPool, ResNetTaps  # noqa: E402


def make_input(count=2, size=64, seed=0):
    rng = np.random.default_rng(seed)
    mask = torch.zeros(count, 1, size, size)
    mask[:, :, size // 4 : -size // 4, size // 4 : -size // 4] = 1
    return torch.from_numpy(rng.random((count, 3, size, size), np.float32)), mask


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return GarmentEncoder(ResNetTaps("resnet10"), dimensions=32).eval()


def test_vectors_have_length_one(network):
    with torch.no_grad():
        vectors = network(*make_input())
    assert vectors.shape == (2, 32)
    assert torch.allclose(vectors.norm(dim=1), torch.ones(2), atol=1e-5)


def test_what_lies_outside_the_mask_changes_nothing(network):
    image, mask = make_input()
    other = torch.where(mask > 0, image, torch.rand_like(image))
    with torch.no_grad():
        assert torch.allclose(network(image, mask), network(other, mask), atol=1e-5)


def test_an_empty_mask_still_gives_a_vector(network):
    image, mask = make_input()
    with torch.no_grad():
        assert torch.isfinite(network(image, mask * 0)).all()


def test_power_one_is_the_mean_under_the_mask():
    features, mask = make_input(size=16)
    inside = features[:, :, 4:12, 4:12].mean((2, 3))
    assert torch.allclose(MaskedPool(1.0)(features, mask), inside, atol=1e-5)


def test_the_histogram_counts_every_pixel_under_the_mask_once():
    image, mask = make_input()
    counted = ColourHistogram()(image, mask).square().sum(1)
    assert torch.allclose(counted, torch.ones(2), atol=2e-3)


def test_the_histogram_sees_cielab_as_opencv_does():
    image, _ = make_input(count=1, size=32)
    ours = ColourHistogram()._lab(image.flatten(2))[0].T.numpy()
    theirs = cv2.cvtColor(image[0].permute(1, 2, 0).numpy(), cv2.COLOR_RGB2LAB).reshape(-1, 3)
    assert np.abs(ours - theirs).max() < 0.5
