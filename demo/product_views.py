"""A product's pictures: front, back, a detail, and worn. All (height, width, 3) uint8 RGB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from demo.clothing.trousers import BARE, FITS
from demo.design import Design
from demo.drawing.canvas import Canvas, Light, View, soften
from demo.drawing.fabrics import Fabric
from demo.drawing.palette import COLOURS, rgb
from demo.drawing.panels import Panel
from demo.people.body import CURVY, EXPECTING, FLAT, MAN, WOMAN, Body, Build, Pose
from demo.people.dressed_figure import dress_up, paint
from demo.people.models_and_mannequins import HAIRS, LONG_CUTS, PLASTER, SHORT_CUTS, SKINS, Person
from demo.tailor import panels_of

WIDTH, HEIGHT = 480, 640
FINER = 1.5  # drawn this much larger, then scaled down
GARMENT = 2  # the product's owner number on its canvas
BUILDS: dict[str, Build] = {"woman": WOMAN, "man": MAN, "curvy": CURVY, "expecting": EXPECTING}

# where a picture of somebody wearing it begins and ends, cm below the top of the head
FRAMES = {
    "top": (-6, 104), "outerwear": (-6, 118), "dress": (-8, 176), "jumpsuit": (-8, 176), "trousers": (52, 176),
    "shorts": (50, 150), "skirt": (52, 176), "footwear": (106, 175), "bag": (-4, 142), "headwear": (-14, 46),
    "accessory": (-10, 66), "underwear": (20, 112), "swimwear": (-8, 112),
}  # fmt: skip


def finished(rgb_float: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The sheet at its final size, as bytes."""
    small = cv2.resize(rgb_float, size, interpolation=cv2.INTER_AREA)
    return cv2.convertScaleAbs(np.clip(small, 0, 1), alpha=255)


def body_of(design: Design, back: bool = False) -> Body:
    """The invisible body that a packshot is laid out on; wide trouser legs are laid apart."""
    spread = 3.2
    if design.get("fit") in FITS and design.kind != "tights":
        reach = float(design.get("reach", 0.99)) * 75
        hem = float(np.interp(reach / 75, *BARE) + FITS[str(design.get("fit"))][3])
        spread = float(np.clip(np.degrees(np.arcsin((hem - 7.2) / reach)), 3.2, 9))
    pose = replace(FLAT, legs=((spread, 0), (spread, 0)))
    return Body(BUILDS[str(design.get("build", "woman"))], pose, back=back)


@lru_cache(maxsize=8)
def _paper(width: int, height: int, tone: tuple[float, float, float]) -> np.ndarray:
    """A studio's paper: light in the middle, a little darker towards the corners and the floor."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    glow = 1 - 0.035 * (x * x + (y + 0.15) ** 2)
    return glow[..., None] * np.asarray(tone, dtype=np.float32)


def _sheet(width: int, height: int, tone: tuple[float, float, float]) -> np.ndarray:
    return _paper(width, height, tone).copy()


def _bounds(panels: Sequence[Panel]) -> tuple[np.ndarray, np.ndarray]:
    outlines = np.vstack([panel.outline for panel in panels])
    return outlines.min(0), outlines.max(0)


def _ground_shadow(canvas: Canvas, panels: Sequence[Panel]) -> None:
    """The soft shadow of a garment that lies just above the paper."""
    view = canvas.view
    small = 4
    mask = np.zeros((view.height // small, view.width // small), dtype=np.uint8)
    for panel in panels:
        fixed = np.round(view(panel.outline + (0.9, 1.6)) * 16 / small).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, 4)
    shade = soften(mask.astype(np.float32) / 255, 1.6 * view.scale / small)
    shade = cv2.resize(shade, (view.width, view.height), interpolation=cv2.INTER_LINEAR)
    canvas.rgb *= (1 - 0.2 * shade)[..., None]


def packshot(
    design: Design, back: bool = False, zoom: float = 1.0, focus: tuple[float, float] = (0.5, 0.3)
) -> np.ndarray:
    """The garment alone on off-white; `zoom` above 1 shows a detail about `focus` (shares of its extent)."""
    return finished(_packshot_canvas(design, back, zoom, focus).rgb, (WIDTH, HEIGHT))


def packshot_with_mask(design: Design) -> tuple[np.ndarray, np.ndarray]:
    """The garment alone on off-white, and its mask (height, width) bool."""
    canvas = _packshot_canvas(design)
    mask = cv2.resize((canvas.owner == GARMENT).astype(np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    return finished(canvas.rgb, (WIDTH, HEIGHT)), mask.astype(bool)


def _packshot_canvas(
    design: Design, back: bool = False, zoom: float = 1.0, focus: tuple[float, float] = (0.5, 0.3)
) -> Canvas:
    panels = panels_of(design, body_of(design, back))
    low, high = _bounds(panels)
    width, height = int(WIDTH * FINER), int(HEIGHT * FINER)
    scale = float(min(width * 0.84 / (high[0] - low[0]), height * 0.84 / (high[1] - low[1])))
    centre = (low + high) / 2 if zoom == 1 else low + (high - low) * focus
    canvas = Canvas(
        _sheet(width, height, (0.97, 0.967, 0.96)),
        View(width, height, scale * zoom, (float(centre[0]), float(centre[1]))),
    )
    _ground_shadow(canvas, panels)
    for panel in panels:
        canvas.draw(panel, design.paints, GARMENT)
    return canvas


def plain(colour: str, kind: str, garment_type: str, weave: str = "jersey", **cut) -> Design:
    """A neutral garment, worn beside what is for sale."""
    tone = COLOURS[colour].rgb
    cloth = Fabric((tone,), weave=weave)
    paints = dict.fromkeys(("main", "second", "lining"), cloth)
    paints |= {
        "rib": Fabric((tone,), weave="rib"),
        "trim": cloth,
        "button": Fabric((rgb("#d8d4cc"),), weave="poplin", gloss=0.4),
    }
    paints |= {"sole": Fabric((rgb("#f0eeea"),), weave="poplin"), "lace": Fabric((rgb("#f6f5f2"),), weave="poplin")}
    return Design(kind, garment_type, cut, paints, 0.37)


def neutrals(design: Design, rng: np.random.Generator) -> list[Design]:
    """What a model wears besides the product: white, grey and denim."""
    kind, covers = design.kind, design.garment_type
    tee = plain("white", "upper", "top", ease=0.6, hem=79, shape="fitted", collar="rib", layer=18)
    jeans = plain(
        *(
            ("denim", "trousers", "trousers", "denim")
            if rng.random() < 0.5
            else ("charcoal", "trousers", "trousers", "twill")
        ),
        fit="slim",
    )
    shoes = plain("white", "footwear", "footwear", last="sneaker")
    worn = [] if kind == "footwear" else [shoes]
    if covers == "swimwear" and kind == "upper":
        worn.append(plain("black", "briefs", "swimwear"))
    if covers in ("top", "outerwear", "footwear", "bag", "headwear", "accessory") and kind != "tights":
        worn.append(jeans if kind not in ("socks",) else plain("grey", "trousers", "shorts", fit="shorts", reach=0.4))
    if covers in ("trousers", "shorts", "skirt", "outerwear", "footwear", "bag", "headwear") or kind in (
        "headwear",
        "socks",
        "tights",
    ):
        worn.append(tee)
    return worn


POSES = (
    Pose(arms=((12, 10), (12, 10)), legs=((1, 0), (2, 1))),
    Pose(arms=((46, 100), (11, 12)), legs=((0, 0), (5, 3)), hip_tilt=-3, shoulder_tilt=2, sway=-1.2, turn=0.5),
    Pose(arms=((10, 16), (46, 100)), legs=((5, 3), (0, 0)), hip_tilt=3, shoulder_tilt=-2, sway=1.2, turn=-0.6),
    Pose(arms=((17, 14), (9, 16)), legs=((3, 3), (3, 0)), shoulder_tilt=1.5, turn=0.3),
    Pose(arms=((9, 14), (20, 16)), legs=((2, 0), (4, 4)), hip_tilt=-2, sway=-0.8, turn=-0.4),
    Pose(arms=((24, 18), (24, 18)), legs=((3, 0), (3, 0)), turn=0.0),
)


def model_for(design: Design, rng: np.random.Generator) -> Person:
    build = str(design.get("build", "woman"))
    body = Body(BUILDS[build], POSES[int(rng.integers(len(POSES)))], dressed=True)
    if rng.random() < 0.25:
        return Person(body, skin=PLASTER, mannequin=True)
    cuts = SHORT_CUTS if build == "man" else LONG_CUTS
    return Person(
        body,
        SKINS[int(rng.integers(len(SKINS)))],
        HAIRS[int(rng.integers(len(HAIRS) - 2))],
        str(rng.choice(cuts)),
        beard=build == "man" and rng.random() < 0.4,
    )


def worn(design: Design, seed: int) -> np.ndarray:
    """The garment on a mannequin or a person who otherwise wears neutral things."""
    rng = np.random.default_rng(seed)
    person = model_for(design, rng)
    if design.get("shape") == "backpack":
        person = replace(person, body=person.body.seen_from_behind(), haircut="bun")
    layers = dress_up(person, [*((other, 1) for other in neutrals(design, rng)), (design, GARMENT)])
    top, bottom = FRAMES[design.garment_type]
    if design.kind in ("socks", "tights"):
        top, bottom = 76, 174
    width, height = int(WIDTH * FINER), int(HEIGHT * FINER)
    centre = (float(person.body.neck[0]) * 0.5, (top + bottom) / 2)
    tone = [(0.93, 0.925, 0.915), (0.9, 0.905, 0.915), (0.94, 0.915, 0.89)][int(rng.integers(3))]
    view = View(width, height, height / (bottom - top), centre)
    canvas = Canvas(_sheet(width, height, tone), view, Light(ambient=0.52))
    _floor(canvas, person)
    paint(canvas, layers)
    return finished(canvas.rgb, (WIDTH, HEIGHT))


def _floor(canvas: Canvas, person: Person) -> None:
    """A pool of shadow about the feet."""
    view = canvas.view
    mask = np.zeros((view.height // 4, view.width // 4), dtype=np.float32)
    x, y = (view(np.array([[person.body.leg(1)[2][0] / 2 + person.body.leg(-1)[2][0] / 2, 169.5]])) / 4)[0]
    cv2.ellipse(
        mask, (int(x), int(y)), (int(26 * view.scale / 4), max(1, int(2.2 * view.scale / 4))), 0, 0, 360, 1.0, -1
    )
    shade = cv2.resize(soften(mask, 1.8 * view.scale / 4), (view.width, view.height))
    canvas.rgb *= (1 - 0.4 * shade)[..., None]
