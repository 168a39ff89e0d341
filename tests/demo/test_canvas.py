"""The truth about a picture is taken from its drawing: these hold the two together."""

from dataclasses import replace

import numpy as np
import pytest

from demo.assortment import assortment
from demo.drawing.canvas import Canvas, View
from demo.drawing.curves import points
from demo.drawing.fabrics import Fabric
from demo.drawing.panels import Panel
from demo.people.body import WOMAN, Body, Pose
from demo.people.dressed_figure import dress_up, paint
from demo.people.models_and_mannequins import Person
from demo.product_views import packshot, worn

RED = Fabric(((1.0, 0.0, 0.0),), weave="poplin")


def empty_canvas(size=60):
    return Canvas(np.zeros((size, size, 3), np.float32), View(size, size, 1.0, (size / 2, size / 2)))


def test_a_flat_panel_fills_its_outline_with_its_colour():
    canvas = empty_canvas()
    canvas.draw(Panel(points((10, 10), (40, 10), (40, 30), (10, 30)), bulge=0, shadow=0), {"main": RED}, 5)
    rows, columns = np.nonzero(canvas.owner == 5)
    assert (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) == pytest.approx((10, 10, 40, 30), abs=1)
    assert np.allclose(canvas.rgb[15:25, 15:35], (1, 0, 0), atol=0.02)
    assert canvas.rgb[45:].max() == 0


def test_the_upper_panel_owns_what_it_covers():
    canvas = empty_canvas()
    for left, owner in ((10, 2), (25, 3)):
        canvas.draw(Panel(points((left, 10), (left + 25, 10), (left + 25, 40), (left, 40))), {"main": RED}, owner)
    assert canvas.owner[25, 30] == 3 and canvas.owner[25, 15] == 2
    assert (canvas.owner[10:40, 26:49] == 3).all()


def test_a_panel_outside_the_sheet_is_left_out():
    canvas = empty_canvas()
    canvas.draw(Panel(points((100, 100), (120, 100), (120, 130))), {"main": RED}, 2)
    assert canvas.rgb.max() == 0 and not canvas.owner.any()


@pytest.mark.parametrize("number", range(0, 84, 6))
def test_a_masked_pixel_is_one_that_the_garment_painted(number):
    """Painted with and without the garment's own colour, the picture changes on its mask and hardly elsewhere."""
    design = assortment(84)[number].design
    body = Body(WOMAN, Pose(), dressed=True)
    pictures = []
    for tone in ((0.9, 0.1, 0.1), (0.1, 0.1, 0.9)):
        paints = {name: Fabric((tone,), weave="poplin") for name in design.paints}
        painted = replace(
            design, paints=paints, cut={k: v for k, v in design.cut.items() if k not in ("wash", "topstitch")}
        )
        canvas = Canvas(np.full((240, 160, 3), 0.5, np.float32), View(160, 240, 1.3, (0, 88)))
        paint(canvas, dress_up(Person(body), [(painted, 2)]))
        pictures.append(canvas)
    mask = pictures[0].owner == 2
    assert np.array_equal(mask, pictures[1].owner == 2)
    change = np.abs(pictures[0].rgb - pictures[1].rgb).max(axis=2) > 0.2
    assert mask.sum() > 40
    assert (change & mask).sum() / mask.sum() > 0.9
    assert (change & ~mask).sum() / mask.sum() < 0.12  # the half-covered pixels of its edge


@pytest.mark.parametrize("number", range(0, 84, 12))
def test_a_garment_has_the_same_colours_on_its_own_and_worn(number):
    """Worn and laid flat are drawn from the same cloth: the packshot's commonest colour is found on the person."""
    product = assortment(84)[number]
    alone, on = packshot(product.design), worn(product.design, product.seed)
    middle = alone[240:400, 160:320].reshape(-1, 3).astype(int)
    tones, counts = np.unique(middle // 24, axis=0, return_counts=True)
    commonest = tones[counts.argmax()] * 24 + 12
    near = np.abs(on.astype(int) - commonest).max(axis=2) < 40
    assert near.mean() > 0.005
