"""A detector's FPN on another backbone: its lateral convolutions give what they gave before, as far as can be."""

from types import SimpleNamespace

import pytest

from tests.training.mmdetection import mmdetection

mmdetection()

import torch  # noqa: E402
from torch import nn  # noqa: E402

from training.detector.backbones import STAGES, EfficientNetLite2  # noqa: E402
from training.detector.replace_backbone import fit_laterals  # noqa: E402


class Detector(nn.Module):
    """Two maps of `channels` each and their lateral convolutions to 4 channels."""

    def __init__(self, channels):
        super().__init__()
        self.maps = nn.ModuleList(nn.Conv2d(3, channels, 1, stride) for stride in (1, 2))
        laterals = [SimpleNamespace(conv=nn.Conv2d(channels, 4, 1)) for _ in self.maps]
        self.neck = SimpleNamespace(lateral_convs=laterals)

    def backbone(self, picture):
        return [each(picture) for each in self.maps]


@torch.no_grad()
@pytest.mark.parametrize(("channels", "is_explained"), [(5, True), (1, False)])
def test_lateral_convolutions_are_fitted_to_the_trained_ones(channels, is_explained):
    torch.manual_seed(0)
    trained, new = Detector(5), Detector(channels)
    pictures = [torch.randn(1, 3, 8, 8) for _ in range(40)]
    shares = fit_laterals(new, trained, pictures)
    assert all((share > 0.99) == is_explained for share in shares)
    if is_explained:
        for ours, theirs, conv, before in zip(
            new.backbone(pictures[0]), trained.backbone(pictures[0]),
            new.neck.lateral_convs, trained.neck.lateral_convs, strict=True,
        ):  # fmt: skip
            assert torch.allclose(conv.conv(ours), before.conv(theirs), atol=0.05)


def test_lite2_has_the_channels_that_its_config_names():
    maps = EfficientNetLite2(pretrained=False)(torch.zeros(1, 3, 64, 32))
    assert [tuple(each.shape[1:]) for each in maps] == [(48, 8, 4), (120, 4, 2), (352, 2, 1)]
    assert len(STAGES["lite2"]) == len(STAGES["lite0"])
