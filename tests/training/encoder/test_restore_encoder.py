import pytest

torch = pytest.importorskip("torch")

from training.encoder.encoder_network import EncoderError, GarmentEncoder, ResNetTaps  # noqa: E402
from training.encoder.export_encoder import export  # noqa: E402
from training.encoder.resnet_weights import load_resnet  # noqa: E402
from training.encoder.restore_encoder import main, norm_pairs, restore  # noqa: E402


@pytest.fixture(scope="module")
def artifact(tmp_path_factory):
    """A ResNet with batch norms that do something, and its artifact's folder."""
    torch.manual_seed(0)
    network = GarmentEncoder(ResNetTaps("resnet10"), 16).eval()
    for _, norm in norm_pairs(network.taps):
        norm.running_mean.normal_(0, 0.1)
        norm.running_var.uniform_(0.5, 2)
        norm.weight.data.uniform_(0.5, 1.5)
        norm.bias.data.normal_(0, 0.1)
    card = {"name": "x", "licence": "", "training": {}, "measured": {}}
    return network.taps, export(network, tmp_path_factory.mktemp("artifact"), card, 64)


def test_a_restored_backbone_computes_what_the_artifact_does(artifact):
    original, folder = artifact
    pictures = torch.randn(8, 3, 64, 64)
    taps = ResNetTaps("resnet10")
    restore(taps, folder / "model.xml", pictures)
    with torch.no_grad():
        ours, theirs = taps.eval()(pictures), original(pictures)
    for mine, yours in zip(ours, theirs, strict=True):
        assert (mine - yours).norm() < 0.01 * yours.norm()


def test_in_training_it_behaves_as_in_use_on_such_pictures(artifact):
    pictures = torch.randn(8, 3, 64, 64)
    taps = ResNetTaps("resnet10")
    restore(taps, artifact[1] / "model.xml", pictures)
    with torch.no_grad():
        ours, theirs = taps.train()(pictures), taps.eval()(pictures)
    assert (ours[-1] - theirs[-1]).norm() < 0.05 * theirs[-1].norm()


def test_the_command_writes_a_checkpoint_that_training_starts_from(artifact, tmp_path):
    arguments = ["--model", str(artifact[1]), "--depth", "resnet10", "--out", str(tmp_path / "restored.pt")]
    assert main(arguments) == 0
    assert load_resnet(ResNetTaps("resnet10"), "resnet10", tmp_path / "restored.pt") == "restored from the artifact x"


def test_another_resnet_is_refused(artifact):
    with pytest.raises(EncoderError, match="do not match this ResNet"):
        restore(ResNetTaps("resnet18"), artifact[1] / "model.xml", torch.zeros(1, 3, 64, 64))


def test_a_resnet_of_bottlenecks_is_refused(artifact):
    with pytest.raises(EncoderError, match="basic blocks"):
        restore(ResNetTaps("resnet50"), artifact[1] / "model.xml", torch.zeros(1, 3, 64, 64))
