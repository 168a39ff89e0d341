"""Starts a detector with another backbone from a trained one: FPN and heads are kept, the FPN's inputs fitted anew.

    python -m training.detector.replace_backbone --config training/detector/configs/mask-rcnn_lite2_fpn96.py \\
        --from-config training/detector/configs/mask-rcnn_lite0_fpn96_backbone.py \\
        --from-checkpoint var/training/garments-lite0.pth --photos ../shared/data \\
        --data var/training/garments --out var/training/lite2-start.pth

The FPN's lateral 1x1 convolutions of the new backbone (with its ImageNet weights) are fitted by ridge regression to
give what those of the trained detector give at the same place of the same training pictures. Both backbones must have
the same strides. It prints for each feature map the share of the variance that the fitted ones explain.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from training.detector.mmcv_ops import install

install()

import torch  # noqa: E402 - mmdet must find the stand-in
from mmdet.registry import DATASETS, MODELS  # noqa: E402
from mmdet.utils import register_all_modules  # noqa: E402
from mmengine.config import Config  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from training.detector.checkpoints import read_checkpoint  # noqa: E402

RIDGE = 1e-3  # of the mean variance of the inputs
POSITIONS = 400  # of each feature map of a picture


class Regression:
    """Linear least squares with an intercept, collected part by part.

    A row of inputs (N, I) explains one of outputs (N, O).
    """

    def __init__(self, inputs: int, outputs: int):
        self.gram = torch.zeros(inputs + 1, inputs + 1, dtype=torch.float64)
        self.products = torch.zeros(inputs + 1, outputs, dtype=torch.float64)
        self.squares = torch.zeros(outputs, dtype=torch.float64)

    def add(self, inputs: Tensor, outputs: Tensor) -> None:
        rows = torch.cat([inputs, torch.ones(len(inputs), 1)], 1).double()
        outputs = outputs.double()
        self.gram += rows.T @ rows
        self.products += rows.T @ outputs
        self.squares += (outputs * outputs).sum(0)

    def solve(self) -> tuple[Tensor, Tensor, float]:
        """Returns weight (O, I), bias (O) and the explained share of the outputs' variance."""
        count = self.gram[-1, -1]
        penalty = torch.eye(len(self.gram), dtype=torch.float64) * self.gram.diagonal()[:-1].mean() * RIDGE
        penalty[-1, -1] = 0
        solution = torch.linalg.solve(self.gram + penalty, self.products)
        residual = self.squares - 2 * (solution * self.products).sum(0) + (solution * (self.gram @ solution)).sum(0)
        variance = self.squares - self.products[-1] ** 2 / count
        explained = 1 - float(residual.sum() / variance.sum())
        return solution[:-1].T.float(), solution[-1].float(), explained


def laterals(model: nn.Module) -> list[nn.Conv2d]:
    return [module.conv for module in model.neck.lateral_convs]


@torch.no_grad()
def fit_laterals(new: nn.Module, trained: nn.Module, pictures: list[Tensor]) -> list[float]:
    """Sets the lateral convolutions of `new`; returns the explained share of each.

    pictures: (1, 3, H, W) float32 each, normalised as both models take them.
    """
    sums = [Regression(conv.in_channels, conv.out_channels) for conv in laterals(new)]
    generator = torch.Generator().manual_seed(0)
    for picture in pictures:
        targets = [conv(x) for conv, x in zip(laterals(trained), trained.backbone(picture), strict=True)]
        for part, source, target in zip(sums, new.backbone(picture), targets, strict=True):
            inputs, outputs = source.flatten(2)[0].T, target.flatten(2)[0].T
            chosen = torch.randperm(len(inputs), generator=generator)[:POSITIONS]
            part.add(inputs[chosen], outputs[chosen])
    shares = []
    for conv, part in zip(laterals(new), sums, strict=True):
        weight, bias, explained = part.solve()
        conv.weight.copy_(weight[:, :, None, None])
        conv.bias.copy_(bias)
        shares.append(explained)
    return shares


def training_pictures(config: Config, count: int) -> list[Tensor]:
    """Returns the first `count` pictures of the config's training set, normalised."""
    dataset = DATASETS.build(config.train_dataloader.dataset)
    preprocess = MODELS.build(config.model.data_preprocessor)
    items = (dataset[index] for index in range(count))
    return [preprocess({"inputs": [i["inputs"]], "data_samples": [i["data_samples"]]})["inputs"] for i in items]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True, help="of the new detector")
    parser.add_argument("--from-config", type=Path, required=True, help="of the trained one")
    parser.add_argument("--from-checkpoint", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True, help="the folder that holds ccp/ and clothing/")
    parser.add_argument("--data", type=Path, required=True, help="what training.detector.detector_data wrote")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=600)
    options = parser.parse_args()
    register_all_modules(init_default_scope=True)
    config, source = Config.fromfile(options.config), Config.fromfile(options.from_config)
    config.train_dataloader.dataset.update({"data": str(options.photos), "annotations": str(options.data)})
    new, trained = MODELS.build(config.model), MODELS.build(source.model)
    new.backbone.init_weights()
    trained.load_state_dict(read_checkpoint(options.from_checkpoint)["state_dict"])
    kept = {name: value for name, value in trained.state_dict().items() if not name.startswith("backbone.")}
    fitted = {name for name in kept if name.startswith("neck.lateral_convs.")}
    new.load_state_dict({name: value for name, value in kept.items() if name not in fitted}, strict=False)
    shares = fit_laterals(new.eval(), trained.eval(), training_pictures(config, options.pictures))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"state_dict": new.state_dict()}, options.out)
    print(f"{options.out}: explained by the new feature maps {', '.join(f'{share:.2f}' for share in shares)}")


if __name__ == "__main__":
    main()
