import numpy as np
import pytest

from demo.assortment import assortment
from demo.people.body import CURVY, MAN, WOMAN, Body
from demo.product_views import body_of
from demo.street_outfits import STANDING
from demo.tailor import BUILDERS, panels_of

PRODUCTS = assortment(500)


@pytest.mark.parametrize("kind", sorted({product.design.kind for product in PRODUCTS}))
def test_every_design_can_be_cut_for_every_body(kind):
    for number, product in enumerate(PRODUCTS):
        if product.design.kind != kind:
            continue
        build, pose = (WOMAN, MAN, CURVY)[number % 3], STANDING[number % len(STANDING)]
        for body in (body_of(product.design), body_of(product.design, back=True), Body(build, pose, dressed=True)):
            panels = panels_of(product.design, body)
            assert panels and {panel.material for panel in panels} <= set(product.design.paints)
            for panel in panels:
                assert panel.outline.ndim == 2 and len(panel.outline) >= 3 and np.isfinite(panel.outline).all()
            assert [panel.z for panel in panels] == sorted(panel.z for panel in panels)


def test_a_garment_worn_lies_on_its_wearer():
    for product in PRODUCTS[:84]:
        body = Body(WOMAN, STANDING[0], dressed=True)
        outlines = np.vstack([panel.outline for panel in panels_of(product.design, body)])
        assert np.abs(outlines[:, 0]).max() < 75
        assert -12 < outlines[:, 1].min() < outlines[:, 1].max() < 180


def test_builders_have_no_name_that_no_stock_uses():
    assert {product.design.kind for product in PRODUCTS} == set(BUILDERS) - {"bra", "briefs"}
