import pickle

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="pip install -r requirements-training.txt")
openvino = pytest.importorskip("openvino")

from search.vision import cards  # noqa: E402
from search.vision.cards import read_card  # noqa: E402
from search.vision.crops import Crop  # noqa: E402
from search.vision.encoder import Encoder, available_encoders, load_encoder  # noqa: E402
from training.encoder.encoder_network import GarmentEncoder, ResNetTaps, make_resnet  # noqa: E402
from training.encoder.export_encoder import EncoderError, export, farthest, main, plain_resnet  # noqa: E402
from training.encoder.fit_encoder import make_network  # noqa: E402
from training.encoder.resnet_weights import load_resnet  # noqa: E402

BUNDLED = [name for name in available_encoders() if load_encoder(name).card.folder.parent == cards.BUNDLED]


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A state dict as torchvision publishes them, of random weights."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "resnet18.pth"
    torch.save(make_resnet("resnet18").state_dict(), path)
    return path


@pytest.fixture(scope="module")
def exported(weights, tmp_path_factory):
    """The folder of the encoder that the command makes of them."""
    out = tmp_path_factory.mktemp("exported")
    arguments = ["--torchvision", "resnet18", "--weights", str(weights), "--name", "plain", "--size", "64"]
    assert main([*arguments, "--dimensions", "128", "--out", str(out)]) == 0
    return out / "plain"


def test_a_torchvision_state_dict_becomes_an_encoder(exported):
    card = read_card(exported)
    card.verify()
    assert (card.kind, card.dimensions, card.input_size) == ("encoder", 128, (64, 64))
    vectors = Encoder(card).encode([Crop(np.full((30, 20, 3), 90, np.uint8))])
    assert vectors.shape == (1, 128)


def test_the_artifact_is_its_torch_original(weights, exported):
    assert farthest(plain_resnet("resnet18", weights, 128), exported, 64) < 1e-3


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
    kept = {"step": 1, "student": student.state_dict(), "heads": {}, "command": "python -m training.x"}
    torch.save(kept, tmp_path / "checkpoint.pt")
    taps = ResNetTaps("resnet10")
    assert load_resnet(taps, "resnet10", tmp_path / "checkpoint.pt") == "python -m training.x"
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


@pytest.mark.parametrize("name", BUNDLED)
def test_every_bundled_encoder_is_its_torch_network(name):
    """A Lite's backbone comes from the package that publishes it; a ResNet's weights and every projection are read
    back from the artifact, so that it is the graph and the way there that are held against torch.
    """
    card = load_encoder(name).card
    network = make_network(card.training["backbone"], card.input_size[0], card.dimensions)
    if isinstance(network.taps, ResNetTaps):
        read_backbone(network.taps, card.part("model"))
    read_projection(network, card)
    assert farthest(network, card.folder, card.input_size[0]) < 1e-3


def read_projection(network, card):
    total, constants = sum(network.widths), _constants(card.part("model"))
    with torch.no_grad():
        network.centre.copy_(torch.from_numpy(-constants[1, total][0]))  # the graph adds what torch subtracts
        network.project.weight.copy_(torch.from_numpy(constants[card.dimensions, total]))
        network.project.bias.copy_(torch.from_numpy(constants[1, card.dimensions][0]))
        network.weights.copy_(torch.tensor(card.parameters["branch_weights"]))


def _constants(path):
    found = {}
    for node in openvino.Core().read_model(path).get_ops():
        if node.get_type_name() == "Constant" and node.data.ndim == 2:
            found[node.data.shape] = node.data.astype(np.float32)
    return found


def read_backbone(taps, path):
    """Puts the graph's convolutions, into which their normalisations are folded, into the torch backbone."""
    folded = [(_weights(op), _bias(op)) for op in _ops(path) if op.get_type_name() == "Convolution"]
    modules = list(taps.modules())
    convolutions = [module for module in modules if isinstance(module, torch.nn.Conv2d)]
    norms = [module for module in modules if isinstance(module, torch.nn.BatchNorm2d)]
    with torch.no_grad():
        for convolution, norm, (weights, bias) in zip(convolutions, norms, folded, strict=True):
            convolution.weight.copy_(torch.from_numpy(weights))
            norm.running_var.fill_(1 - norm.eps)
            norm.bias.copy_(torch.from_numpy(bias))


def _ops(path):
    return openvino.Core().read_model(path).get_ordered_ops()


def _weights(convolution):
    return _constant(convolution.input_value(1).get_node())


def _bias(convolution):
    (after,) = (target.get_node() for target in convolution.output(0).get_target_inputs())
    added = [_constant(value.get_node()) for value in after.input_values()] if after.get_type_name() == "Add" else []
    known = [value for value in added if value is not None]
    return known[0].reshape(-1) if known else np.zeros(convolution.get_output_shape(0)[1], np.float32)


def _constant(node):
    if node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    return node.data.astype(np.float32) if node.get_type_name() == "Constant" else None


def test_a_resnets_weights_are_read_back_from_its_artifact(tmp_path):
    """What the test above rests on, with a ResNet whose weights are known."""
    torch.manual_seed(2)
    network = GarmentEncoder(ResNetTaps("resnet10"), 32).eval()
    for norm in (module for module in network.modules() if isinstance(module, torch.nn.BatchNorm2d)):
        torch.nn.init.normal_(norm.bias, std=0.2)
        torch.nn.init.uniform_(norm.running_var, 0.5, 2)
    path = export(network, tmp_path, {"name": "x", "licence": "", "training": {}, "measured": {}}, 64)
    other = GarmentEncoder(ResNetTaps("resnet10"), 32).eval()
    other.load_state_dict({k: v for k, v in network.state_dict().items() if "taps" not in k}, strict=False)
    assert farthest(other, path, 64) > 1e-2
    read_backbone(other.taps, path / "model.xml")
    assert farthest(other, path, 64) < 1e-3
