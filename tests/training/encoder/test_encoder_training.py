import json

import numpy as np
import pytest

from tests.training.encoder.prepared_views import SIZE, write_prepared

torch = pytest.importorskip("torch")

from training.encoder import encoder_trainer, train_encoder  # noqa: E402
from training.encoder.encoder_network import ResNetTaps  # noqa: E402
from training.encoder.encoder_trainer import contrastive_loss  # noqa: E402
from training.encoder.resnet_weights import load_resnet  # noqa: E402
from training.encoder.train_encoder import main, rate_at  # noqa: E402


@pytest.fixture(scope="module")
def views(tmp_path_factory):
    return write_prepared(tmp_path_factory.mktemp("views"))


def arguments(views, out, steps, *more):
    options = f"--depth resnet10 --size {SIZE} --batch 18 --dimensions 16 --threads 1 --rate 0.003 --steps {steps}"
    return ["--views", str(views), "--out", str(out), *options.split(), *more]


def log_of(out):
    return [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]


def test_training_goes_on_from_its_checkpoint_as_if_it_had_not_stopped(views, tmp_path):
    through, stopped = tmp_path / "through", tmp_path / "stopped"
    assert main(arguments(views, through, 4)) == 0
    assert main(arguments(views, stopped, 2)) == 0
    assert main(arguments(views, stopped, 4)) == 0
    assert [line["step"] for line in log_of(stopped)] == [1, 2, 3, 4]
    state = torch.load(stopped / "checkpoint.pt", weights_only=True)
    assert state["step"] == 4
    # the third step's loss is of the second's weights and the third's batch; rates differ, for 2 steps were asked first
    assert log_of(stopped)[0]["teacher"] == log_of(through)[0]["teacher"]


def test_a_restored_trainer_makes_the_same_step(views, tmp_path):
    from argparse import Namespace

    prepared = train_encoder.PreparedViews(views)
    batch = train_encoder.Batches(prepared, size=18, views=4, real_share=0.5, seed=1).draw(0)
    args = Namespace(depth="resnet10", dimensions=16, seed=1, rate=1e-3, freeze=0, start=None)
    first = encoder_trainer.make_trainer(args, len(prepared.kinds), [2, 2, 2, 2])
    encoder_trainer.train_step(first, batch, 1e-3, np.random.default_rng(0))
    torch.save(first.state(), tmp_path / "checkpoint.pt")
    again = encoder_trainer.make_trainer(args, len(prepared.kinds), [2, 2, 2, 2])
    again.restore(torch.load(tmp_path / "checkpoint.pt", weights_only=True))
    ours, theirs = (encoder_trainer.train_step(t, batch, 1e-3, np.random.default_rng(1)) for t in (first, again))
    assert again.step == 2
    assert theirs == pytest.approx(ours, rel=1e-3)


def test_steps_on_one_batch_bring_its_loss_down(views):
    from argparse import Namespace

    prepared = train_encoder.PreparedViews(views)
    batch = train_encoder.Batches(prepared, size=18, views=4, real_share=0.5, seed=1).draw(0)
    args = Namespace(depth="resnet10", dimensions=16, seed=1, rate=3e-3, freeze=0, start=None)
    trainer = encoder_trainer.make_trainer(args, len(prepared.kinds), [2, 2, 2, 2])
    terms = [encoder_trainer.train_step(trainer, batch, 3e-3, np.random.default_rng(0)) for _ in range(8)]
    assert terms[-1]["teacher"] < terms[0]["teacher"]
    assert terms[-1]["products"] < terms[0]["products"]


def test_without_relations_their_term_is_left_out(views, tmp_path):
    assert main(arguments(views, tmp_path / "with", 1)) == 0
    assert main(arguments(views, tmp_path / "without", 1, "--relations", "0")) == 0
    (with_them,), (without,) = log_of(tmp_path / "with"), log_of(tmp_path / "without")
    assert with_them["relations"] > 0
    assert "relations" not in without
    assert without["products"] == with_them["products"]  # of the first step's weights


def test_frozen_stages_stay_as_they_are_and_the_others_learn(views, tmp_path):
    start = tmp_path / "start.pt"
    torch.save(ResNetTaps("resnet10").state_dict(), start)
    before = torch.load(start, weights_only=True)
    assert main(arguments(views, tmp_path / "out", 2, "--freeze", "2", "--start", str(start))) == 0
    after = torch.load(tmp_path / "out" / "checkpoint.pt", weights_only=True)["live"]
    same = {name for name, value in before.items() if torch.equal(value, after[f"taps.{name}"])}
    assert {name.rsplit(".", 3)[0] for name in same} >= {"stages.0", "stages.1"}
    assert all(name.split(".")[:2] not in (["stages", "2"], ["stages", "3"]) for name in same if "conv" in name)


def test_a_checkpoint_says_by_which_command_it_was_made(views, tmp_path):
    main(arguments(views, tmp_path, 1))
    command = load_resnet(ResNetTaps("resnet10"), "resnet10", tmp_path / "checkpoint.pt")
    assert command.startswith("python -m training.encoder.train_encoder --depth resnet10 --size 64 ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint.pt", "log.jsonl"]


def test_without_views_it_says_what_makes_them(tmp_path, capsys):
    assert main(arguments(tmp_path, tmp_path / "out", 1)) == 1
    assert "prepare_views" in capsys.readouterr().err


def test_views_of_one_product_are_drawn_together_and_others_pushed_apart():
    products = torch.tensor([0, 0, 1, 1])
    apart = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    mixed = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    assert contrastive_loss(apart, products) < 0.01
    assert contrastive_loss(mixed, products) > 5


def test_where_no_product_is_seen_twice_there_is_nothing_to_learn():
    vectors = torch.eye(3, requires_grad=True)
    loss = contrastive_loss(vectors, torch.tensor([-1, -1, 4]))
    loss.backward()
    assert loss == 0
    assert torch.isfinite(vectors.grad).all()


@pytest.mark.parametrize(
    ("step", "share"),
    [(0, 1 / 200), (199, 1.0), (700, 1.0), (850, 0.5), (1000, 0.0)],
    ids=["warming up", "warm", "before it falls", "halfway down", "the end"],
)
def test_the_rate_rises_stays_and_falls(step, share):
    assert rate_at(step, 1000, 1.0) == pytest.approx(share, abs=1e-6)
