import pytest

from tests.training.mmdetection import mmdetection

mmdetection()

import torch  # noqa: E402

from training.detector.checkpoints import CheckpointError, read_checkpoint  # noqa: E402


class Trap:
    """Runs code where it is unpickled."""

    def __reduce__(self):
        return exec, ("raise SystemExit('the checkpoint ran its code')",)


def test_weights_come_back(tmp_path):
    torch.save({"state_dict": {"a": torch.ones(2)}, "meta": {"epoch": 3}}, tmp_path / "k.pth")
    assert read_checkpoint(tmp_path / "k.pth")["state_dict"]["a"].tolist() == [1, 1]


def test_bare_weights_come_back_too(tmp_path):
    torch.save({"a": torch.ones(2)}, tmp_path / "k.pth")
    assert list(read_checkpoint(tmp_path / "k.pth")["state_dict"]) == ["a"]


def test_a_checkpoint_that_needs_unpickling_is_refused(tmp_path):
    torch.save({"state_dict": {}, "meta": Trap()}, tmp_path / "k.pth")
    with pytest.raises(CheckpointError, match="refused.*unpickle"):
        read_checkpoint(tmp_path / "k.pth")


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>"], ids=["empty", "a web page"])
def test_what_is_no_checkpoint_is_said_to_be_none(tmp_path, content):
    (tmp_path / "k.pth").write_bytes(content)
    with pytest.raises(CheckpointError, match="k.pth"):
        read_checkpoint(tmp_path / "k.pth")
