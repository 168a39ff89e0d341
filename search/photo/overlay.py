"""What is drawn over the photo: garments, the chosen one's surroundings in shade, and a box of one's own."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from typing import Any, NamedTuple

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalogue.choices import GarmentTypeChoices
from search.answer_types import Box, GarmentAnswer, PhotoAnswer
from search.photo.corrections import NO_CORRECTIONS, Corrections
from search.photo.form import MIN_BOX
from search.photo.people import people_of
from search.photo.shoe_pairs import enclosing_box

SELECTION_PARAMETERS = ("garment", "whole", "x0", "y0", "x1", "y1")  # what says where in the photo to look
NUDGE = 3  # percent
FIRST_BOX = (25.0, 20.0, 75.0, 80.0)


class Hotspot(NamedTuple):
    """A garment over the photo and its chip, a pair of shoes being one; lengths in pixels of the photo."""

    key: str
    label: str
    href: str
    outlines: list[str]
    crop: str
    x: float
    y: float
    is_current: bool
    person: int  # from left to right, from 1; 0 where there are not several people


class Nudge(NamedTuple):
    key: str
    label: str
    sign: str
    href: str


def query_for(data: QueryDict, **which: str) -> str:
    """The query string for another garment, the whole photo or another box: the page is the first.

    Filters stay, but for the type and the length, which were chosen for the garment before.
    """
    changed = data.copy()
    for name in (*SELECTION_PARAMETERS, "offset", "garment_type", "length"):
        changed.pop(name, None)
    for name, value in which.items():
        changed[name] = value
    return f"{reverse('photo')}?{changed.urlencode()}"


# -- over the photo -----------------------------------------------------------------------------------------------


def garments_shown(answer: PhotoAnswer, corrections: Corrections) -> list[GarmentAnswer]:
    """The garments that have a chip, person by person, with the types that the shopper has given them.

    Of a pair the surest shoe stands for both; the whole photo and a box of one's own have their own buttons.
    """
    found = [
        replace(each, garment_type=corrections.types.get(each.index, each.garment_type))
        for each in answer.garments
        if each.garment_type
        and not each.is_drawn
        and each.index < min(each.pair, default=math.inf)
        and each.index not in corrections.hidden
    ]
    places = {index: place for place, index in enumerate(i for person in people_of(found) for i in person)}
    return sorted(found, key=lambda garment: places[garment.index])


def hotspots_of(
    answer: PhotoAnswer, current: GarmentAnswer, data: QueryDict, corrections: Corrections = NO_CORRECTIONS
) -> list[Hotspot]:
    """The garments over the photo."""
    found = garments_shown(answer, corrections)
    people = people_of(found)
    person = {index: number for number, indices in enumerate(people, 1) for index in indices} if len(people) > 1 else {}
    names = [type_name(garment.garment_type) for garment in found]
    return [
        Hotspot(
            key=f"garment-{garment.index}",
            label=name if names.count(name) == 1 else f"{name} {names[: place + 1].count(name)}",
            href=query_for(data, garment=str(garment.index)),
            outlines=_outlines_of_pair(answer, garment),
            crop=_crop(answer, garment.box),  # between two shoes there is pavement
            x=round(answer.width * (garment.box[0] + garment.box[2]) / 2, 1),
            y=round(answer.height * (garment.box[1] + garment.box[3]) / 2, 1),
            is_current=current.index in (garment.index, *garment.pair),
            person=person.get(garment.index, 0),
        )
        for place, (garment, name) in enumerate(zip(found, names, strict=True))
    ]


def type_name(garment_type: str | None) -> str:
    """A garment type's name as it stands on a chip."""
    return str(dict(GarmentTypeChoices.choices)[garment_type or ""]).capitalize()


def default_garment(answer: PhotoAnswer, garment_types: Collection[str] = ()) -> int:
    """The index of the garment that somebody most likely means: surely seen, and not the smallest in the photo.

    garment_types: of the product whose photo this is; one of these goes before any other.
    """
    garments = [garment for garment in answer.garments if garment.garment_type] or answer.garments
    return default_of([garment for garment in garments if garment.garment_type in garment_types] or garments).index


def default_of(garments: Collection[GarmentAnswer]) -> GarmentAnswer:
    """The likeliest to be meant of these."""
    return max(garments, key=lambda garment: garment.score * math.sqrt(_area(garment.box)))


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _of_pair(answer: PhotoAnswer, garment: GarmentAnswer) -> list[GarmentAnswer]:
    """The garment and what is worn as one with it."""
    return [each for each in answer.garments if each.index in (garment.index, *garment.pair)]


def _box_of_pair(answer: PhotoAnswer, garment: GarmentAnswer) -> Box:
    return enclosing_box([each.box for each in _of_pair(answer, garment)])


def _outlines_of_pair(answer: PhotoAnswer, garment: GarmentAnswer) -> list[str]:
    return [outline for each in _of_pair(answer, garment) for outline in _outlines(answer, each)]


def _outlines(answer: PhotoAnswer, garment: GarmentAnswer) -> list[str]:
    x0, y0, x1, y1 = garment.box
    polygons = garment.polygons or [[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]]
    return [
        " ".join(f"{x * answer.width:.1f},{y * answer.height:.1f}" for x, y in polygon)
        for polygon in polygons
        if len(polygon) > 2
    ]


def shade_around(answer: PhotoAnswer, current: GarmentAnswer) -> str:
    """A path over all of the photo but the chosen garment; empty where that is all of it."""
    if current.box == (0.0, 0.0, 1.0, 1.0):
        return ""
    holes = "".join(f"M{points.replace(' ', 'L')}Z" for points in _outlines_of_pair(answer, current))
    return f"M0,0H{answer.width}V{answer.height}H0Z{holes}"


def _crop(answer: PhotoAnswer, box: Box) -> str:
    """A square viewBox round the box, for its chip."""
    width, height = (box[2] - box[0]) * answer.width, (box[3] - box[1]) * answer.height
    side = max(min(width, height), 8.0)
    left = (box[0] + box[2]) / 2 * answer.width - side / 2
    top = (box[1] + box[3]) / 2 * answer.height - side / 2
    return f"{left:.0f} {top:.0f} {side:.0f} {side:.0f}"


# -- a box of one's own -------------------------------------------------------------------------------------------


def start_box(answer: PhotoAnswer, current: GarmentAnswer) -> Box:
    """Round the chosen garment, so that little is left to do; the middle of the photo where that is all of it."""
    if current.box == (0.0, 0.0, 1.0, 1.0):
        x0, y0, x1, y1 = FIRST_BOX
        return x0 / 100, y0 / 100, x1 / 100, y1 / 100
    return _box_of_pair(answer, current)


def in_percent(box: Box) -> dict[str, str]:
    return {name: f"{side * 100:.1f}" for name, side in zip(("x0", "y0", "x1", "y1"), box, strict=True)}


def box_in_pixels(answer: PhotoAnswer, box: Box) -> dict[str, Any]:
    x0, y0, x1, y1 = box
    return {
        "x": round(x0 * answer.width, 1),
        "y": round(y0 * answer.height, 1),
        "width": round((x1 - x0) * answer.width, 1),
        "height": round((y1 - y0) * answer.height, 1),
        "sides": in_percent(box),
    }


def nudges_of(data: QueryDict, box: Box) -> list[Nudge]:
    """For those who cannot drag: each is a link to the box moved or resized by one step."""
    steps = {
        "left": (_("Move left"), "←", (-1, 0, -1, 0)),
        "right": (_("Move right"), "→", (1, 0, 1, 0)),
        "up": (_("Move up"), "↑", (0, -1, 0, -1)),
        "down": (_("Move down"), "↓", (0, 1, 0, 1)),
        "wider": (_("Wider"), "↔+", (-1, 0, 1, 0)),
        "narrower": (_("Narrower"), "↔−", (1, 0, -1, 0)),
        "taller": (_("Taller"), "↕+", (0, -1, 0, 1)),
        "shorter": (_("Shorter"), "↕−", (0, 1, 0, -1)),
    }
    return [
        Nudge(key, str(label), sign, query_for(data, **in_percent(moved(box, step))))
        for key, (label, sign, step) in steps.items()
    ]


def moved(box: Box, step: tuple[int, int, int, int]) -> Box:
    """The box one step on; at the photo's edge a move stops, and no side gets shorter than MIN_BOX."""
    sides = [side + NUDGE / 100 * sign for side, sign in zip(box, step, strict=True)]
    for low, high in ((0, 2), (1, 3)):
        if step[low] == step[high]:
            over = min(0.0, sides[low]) + max(0.0, sides[high] - 1)
            sides[low], sides[high] = sides[low] - over, sides[high] - over
        sides[low], sides[high] = max(0.0, sides[low]), min(1.0, sides[high])
        if sides[high] - sides[low] < MIN_BOX / 100:
            sides[low], sides[high] = box[low], box[high]
    x0, y0, x1, y1 = sides
    return x0, y0, x1, y1
