"""From a design to the panels that draw it: the same ones on a shelf, on a mannequin and in the street."""

from __future__ import annotations

from .bags import bag
from .body import Body
from .design import Design
from .footwear import pair
from .headwear import headgear
from .intimates import bra, briefs, lingerie, socks, swimsuit, tights, trunks
from .lowers import trousers
from .panels import Panel
from .skirts import dress, dungarees, jumpsuit, skirt
from .uppers import upper

BUILDERS = {
    "upper": upper, "trousers": trousers, "skirt": skirt, "dress": dress, "jumpsuit": jumpsuit, "dungarees": dungarees,
    "footwear": pair, "bag": bag, "headwear": headgear, "bra": bra, "briefs": briefs, "trunks": trunks,
    "lingerie": lingerie, "swimsuit": swimsuit, "socks": socks, "tights": tights,
}  # fmt: skip


def panels_of(design: Design, body: Body) -> list[Panel]:
    """The design cut for this body, bottom panel first."""
    return sorted(BUILDERS[design.kind](design, body), key=lambda panel: panel.z)
