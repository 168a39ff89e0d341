"""The detector's configs train on made-up photos, and a training that was broken off goes on."""

from argparse import Namespace
from pathlib import Path

import pytest

from tests.training.mmdetection import mmdetection

mmdetection()

import torch  # noqa: E402
from mmengine.config import Config  # noqa: E402
from mmengine.optim.scheduler import LinearLR  # noqa: E402
from mmengine.runner import Runner  # noqa: E402

from tests.training.detector.test_detector_pictures import folder, pictures  # noqa: E402, F401 - folder is a fixture
from training.detector import train_detector  # noqa: E402
from training.detector.checkpoints import read_checkpoint  # noqa: E402
from training.detector.export_detector import load_model  # noqa: E402
from training.detector.train_detector import MovableEnd, configured  # noqa: E402

pytestmark = pytest.mark.slow
CONFIGS = sorted((Path(train_detector.__file__).parent / "configs").glob("mask-rcnn_*.py"))


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_every_config_learns_from_a_picture_in_half_precision_too(config, folder):  # noqa: F811
    torch.manual_seed(0)
    model = load_model(Config.fromfile(config), None).train()
    items = [pictures(folder)[index] for index in range(2)]
    batch = model.data_preprocessor({key: [item[key] for item in items] for key in items[0]}, training=True)
    with torch.autocast("cpu", torch.bfloat16):
        loss, _ = model.parse_losses(model(**batch, mode="loss"))
    loss.backward()
    assert torch.isfinite(loss)
    learning = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    without = [name for name, parameter in model.named_parameters() if name in learning and parameter.grad is None]
    assert without == []


def schedule(steps):
    return [
        {"start_factor": 0.1, "end_factor": 1.0, "begin": 0, "end": 4},
        {"start_factor": 1.0, "end_factor": 0.02, "begin": steps // 2, "end": steps},
    ]


def rates(optimizer, schedulers, count):
    for _ in range(count):
        yield optimizer.param_groups[0]["lr"]
        optimizer.step()
        for scheduler in schedulers:
            scheduler.step()


@pytest.mark.parametrize("done", [0, 2, 6, 13, 19])
def test_a_moved_end_gives_the_rates_of_a_training_that_was_planned_so(done):
    optimizers = [torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5) for _ in range(2)]
    planned, moved = ([LinearLR(optimizer, by_epoch=False, **part) for part in schedule(steps)]
                      for optimizer, steps in zip(optimizers, (40, 20), strict=True))  # fmt: skip
    before = list(rates(optimizers[0], planned, 40))
    list(rates(optimizers[1], moved, done))
    resumed = Namespace(iter=done, param_schedulers=moved, cfg=Namespace(param_scheduler=schedule(40)),
                        optim_wrapper=optimizers[1])  # fmt: skip
    MovableEnd().before_train(resumed)
    assert list(rates(optimizers[1], moved, 40 - done)) == pytest.approx(before[done:])


def train(folder, out, steps, start=None):  # noqa: F811
    changes = {
        "train_dataloader.batch_size": 2,
        "train_dataloader.dataset.batch_size": 2,
        "train_dataloader.dataset.input_sizes": [((96, 128), 1.0)],
        "default_hooks.checkpoint.interval": 1,
    }
    config = next(path for path in CONFIGS if path.stem.endswith("lite0_fpn96_tagged"))
    options = Namespace(config=config, photos=folder, data=folder, out=out, start=start, steps=steps, set=changes)
    runner = Runner.from_cfg(configured(options))
    runner.train()
    return runner


def test_training_starts_from_given_weights_and_goes_on_from_its_own(folder, tmp_path):  # noqa: F811
    config = Config.fromfile(next(path for path in CONFIGS if path.stem.endswith("lite0_fpn96_tagged")))
    torch.manual_seed(1)
    given = {name: torch.randn_like(value) * 0.01 for name, value in load_model(config, None).state_dict().items()}
    torch.save({"state_dict": given}, tmp_path / "start.pth")
    train(folder, tmp_path / "out", 1, start=tmp_path / "start.pth")
    first = read_checkpoint(tmp_path / "out" / "iter_1.pth")["state_dict"]
    assert all(torch.allclose(first[name], value, atol=0.01) for name, value in given.items())
    (tmp_path / "start.pth").unlink()  # it is not asked for again
    assert train(folder, tmp_path / "out", 2, start=tmp_path / "start.pth").iter == 2
    assert (tmp_path / "out" / "iter_2.pth").exists()
