import pytest

torch = pytest.importorskip("torch", reason="pip install -r requirements-training.txt")
pytest.importorskip("mmengine", reason="pip install -r requirements-training.txt")

from training.detector import average_checkpoints  # noqa: E402
from training.detector.average_checkpoints import average  # noqa: E402
from training.detector.checkpoints import CheckpointError, read_checkpoint  # noqa: E402


def test_the_share_is_of_what_was_learned_last():
    weights = average({"a": torch.tensor([0.0, 4.0])}, {"a": torch.tensor([1.0, 8.0])}, 0.25)
    assert weights["a"].tolist() == [0.25, 5.0]


@pytest.mark.parametrize("other", [{"b": torch.ones(2)}, {"a": torch.ones(3)}], ids=["names", "shapes"])
def test_different_models_have_no_average(other):
    with pytest.raises(CheckpointError, match="different models"):
        average({"a": torch.ones(2)}, other, 0.5)


def test_a_checkpoint_comes_out(tmp_path, monkeypatch, capsys):
    for name, value in (("before", 1.0), ("after", 3.0)):
        torch.save({"state_dict": {"a": torch.full((2,), value)}}, tmp_path / f"{name}.pth")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["average", "before.pth", "after.pth", "--out", "out.pth"])
    average_checkpoints.main()
    assert read_checkpoint(tmp_path / "out.pth")["state_dict"]["a"].tolist() == [2, 2]
    assert "50% of after.pth" in capsys.readouterr().out
