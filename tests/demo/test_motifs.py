import numpy as np
import pytest

from demo.drawing.fabrics import WEAVES, Fabric
from demo.drawing.motifs import MOTIFS

COLOURS = ((0.9, 0.85, 0.7), (0.2, 0.2, 0.5), (0.7, 0.2, 0.2))


@pytest.mark.parametrize("motif", sorted(set(MOTIFS) - {"solid"}))
def test_a_motif_shows_its_colours_and_joins_up_with_itself(motif):
    tile = MOTIFS[motif](256, COLOURS, np.random.default_rng(1))
    assert tile.shape == (256, 256, 3) and tile.min() >= 0 and tile.max() <= 1.001
    assert tile.reshape(-1, 3).std(axis=0).max() > 0.02
    for axis in (0, 1):
        inside = np.abs(np.diff(tile, axis=axis)).mean(axis=(1 - axis, 2))
        across = np.abs(np.take(tile, 0, axis) - np.take(tile, -1, axis)).mean()
        assert across <= inside.max() + 0.02


@pytest.mark.parametrize("weave", sorted(WEAVES))
def test_a_weave_keeps_its_colour_on_the_whole(weave):
    tile = Fabric(((0.5, 0.5, 0.5),), weave=weave).tile(100)
    assert 0.35 < tile.mean() < 0.65


def test_a_coarser_tile_is_the_same_cloth():
    cloth = Fabric(COLOURS, "plaid")
    fine, coarse = cloth.tile(20), cloth.tile(4)
    assert len(coarse) < len(fine)
    assert np.allclose(fine.mean(axis=(0, 1)), coarse.mean(axis=(0, 1)), atol=0.01)
