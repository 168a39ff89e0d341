"""Who wears the clothes: people of many looks, and mannequins."""

from __future__ import annotations

from dataclasses import dataclass

from demo.drawing.curves import Points
from demo.drawing.fabrics import Fabric
from demo.drawing.palette import RGB, rgb
from demo.drawing.panels import Grain, Panel
from demo.people.body import Body

SKINS = tuple(map(rgb, ("#f3d3bb", "#e8bd9b", "#d8a27a", "#c48a60", "#a86e48", "#8a5636", "#633d28", "#f0c8a8")))
HAIRS = tuple(map(rgb, ("#1d1715", "#2b1d18", "#3d281d", "#5b3a24", "#7b5230", "#a67c47", "#8c8c8e", "#4a1f18")))
PLASTER = rgb("#dcd8d2")
LONG_CUTS = ("long", "bob", "bun", "ponytail", "curly", "wavy")
SHORT_CUTS = ("short", "crop", "afro")


@dataclass(frozen=True)
class Person:
    body: Body
    skin: RGB = SKINS[2]
    hair: RGB = HAIRS[0]
    haircut: str = "long"
    beard: bool = False
    mannequin: bool = False

    @property
    def paints(self) -> dict[str, Fabric]:
        skin, hair = Fabric((self.skin,), weave="poplin", gloss=0.06), Fabric((self.hair,), weave="satin", gloss=0.12)
        return {"skin": skin, "hair": hair}


def skin_panel(outline: Points, z: float, puff: float = 3.0, shadow: float = 0.2, grain: Grain | None = None) -> Panel:
    return Panel(outline, "skin", z, grain, puff=puff, bulge=0.75, shadow=shadow)
