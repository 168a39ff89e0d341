"""From a design to the panels that draw it: the same ones on a shelf, on a mannequin and in the street."""

from __future__ import annotations

from demo.clothing.bags import bag
from demo.clothing.dresses import dress, dungarees, jumpsuit
from demo.clothing.footwear import pair
from demo.clothing.headwear import headgear
from demo.clothing.skirts import skirt
from demo.clothing.trousers import trousers
from demo.clothing.underwear import bra, briefs, lingerie, socks, swimsuit, tights, trunks
from demo.clothing.upper_garments import upper
from demo.design import Design
from demo.drawing.panels import Panel
from demo.people.body import Body

BUILDERS = {
    "upper": upper, "trousers": trousers, "skirt": skirt, "dress": dress, "jumpsuit": jumpsuit, "dungarees": dungarees,
    "footwear": pair, "bag": bag, "headwear": headgear, "bra": bra, "briefs": briefs, "trunks": trunks,
    "lingerie": lingerie, "swimsuit": swimsuit, "socks": socks, "tights": tights,
}  # fmt: skip


def panels_of(design: Design, body: Body) -> list[Panel]:
    """The design cut for this body, bottom panel first."""
    return sorted(BUILDERS[design.kind](design, body), key=lambda panel: panel.z)
