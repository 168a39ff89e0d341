"""The cloths and stuffs that a garment is made of, from a motif, a weave and the keys of three colours."""

from __future__ import annotations

from dataclasses import replace

from demo.drawing.fabrics import Fabric
from demo.drawing.palette import COLOURS, RGB, luma, mix, rgb
from demo.stock import Style

# gloss and stiffness
TOUCH = {
    "satin": (0.32, 0.15), "leather": (0.32, 0.85), "denim": (0.03, 0.72), "twill": (0.04, 0.55), "linen": (0.02, 0.45),
    "tweed": (0.02, 0.75), "fleece": (0.02, 0.5), "knit": (0.02, 0.45), "cable": (0.02, 0.5), "poplin": (0.06, 0.35),
    "sequins": (0.5, 0.5), "straw": (0.05, 0.95), "corduroy": (0.04, 0.6),
}  # fmt: skip
# cm from one repeat of the motif to the next, where it is not 24
REPEATS = {
    "kawung": 30.0, "mega_mendung": 40.0, "tropical": 44.0, "floral": 36.0, "tie_dye": 62.0, "watercolour": 60.0,
    "camo": 40.0, "ikat": 32.0,
}  # fmt: skip
SMALL = ("footwear", "headwear", "socks")  # kinds whose patterns are finer
METALLIC = ("bag", "dungarees")
BRASS, IRON, WHITE_RUBBER, PAPER = rgb("#c9a24b"), rgb("#5c4a3a"), rgb("#f4f1ea"), rgb("#f7f5f0")
TAN, COCOA, CREPE = rgb("#a97b4e"), rgb("#4a3226"), rgb("#241b16")


def paints(style: Style, motif: str, weave: str, keys: tuple[str, ...]) -> dict[str, Fabric]:
    """What every material of the garment is: "main", "second", "trim" and so on."""
    tones = tuple(COLOURS[key].rgb for key in keys)
    main, second, third = tones
    gloss, stiffness = TOUCH.get(weave, (0.05, 0.4))
    repeat = REPEATS.get(motif, 24.0) * (0.5 if style.kind in SMALL else 1.0)
    cloth = Fabric(printed(motif, tones), motif, weave, repeat, gloss, stiffness)
    return {
        "main": cloth,
        "second": replace(cloth, colours=(second,), motif="solid"),
        "trim": _plain(third),
        "rib": Fabric((mix(main, (0, 0, 0), 0.06),), weave="rib", repeat=12),
        "lining": Fabric((mix(main, (0, 0, 0), 0.25) if luma(main) > 0.2 else mix(main, (1, 1, 1), 0.18),)),
        "button": _plain(_button(style, main, second), gloss=0.5),
        "sole": _plain(_sole(style, main), gloss=0.1),
        "lace": _plain(PAPER if luma(main) < 0.8 else second),
        "belt": Fabric((COCOA if luma(main) > 0.3 else TAN,), weave="leather", gloss=0.25),
    }


def _plain(tone: RGB, gloss: float = 0.05) -> Fabric:
    return Fabric((tone,), weave="poplin", gloss=gloss)


def _button(style: Style, main: RGB, second: RGB) -> RGB:
    if style.kind in METALLIC:
        return BRASS if luma(main) < 0.6 else IRON
    return mix(second, main, 0.35) if luma(main) < 0.5 else mix(main, (0, 0, 0), 0.25)


def _sole(style: Style, main: RGB) -> RGB:
    sporty = style.cut.get("last") in ("sneaker", "hightop", "chunky")
    return WHITE_RUBBER if sporty else mix(main, CREPE, 0.72) if luma(main) < 0.35 else mix(main, TAN, 0.6)


def printed(motif: str, tones: tuple[RGB, ...]) -> tuple[RGB, ...]:
    """The motif's own colours, ground first: some have shades of one where others take three."""
    main, second, _third = tones
    if motif == "leopard":
        return (mix(main, (0.86, 0.68, 0.42), 0.35), mix(main, (0, 0, 0), 0.5), mix(main, (0.1, 0.06, 0.04), 0.85))
    if motif == "camo":
        sand, earth = mix(main, (0.9, 0.85, 0.7), 0.45), mix(main, (0.3, 0.22, 0.12), 0.5)
        return (main, mix(main, (0, 0, 0), 0.45), sand, earth)
    if motif == "mega_mendung":
        return (main, mix(second, main, 0.15), mix(second, (1, 1, 1), 0.7))
    return tones
