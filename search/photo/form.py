"""What the photo page is asked for, by a form or a link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.http import QueryDict

from catalogue.browsing.filters import MAX_QUERY_LENGTH
from catalogue.choices import ColourChoices, GarmentTypeChoices
from search.answers import Box, Filters

MIN_BOX = 2  # percent of the photo a side
NEAREST, CHEAPEST, DEAREST = "", "price", "-price"
MAX_OFFSET = 960


class PhotoPageForm(forms.Form):
    """A link's values; one that makes no sense is left out and named in `errors`. Box sides are percent."""

    garment = forms.IntegerField(required=False, min_value=0, max_value=1000)
    whole = forms.BooleanField(required=False)
    x0 = forms.FloatField(required=False, min_value=0, max_value=100)
    y0 = forms.FloatField(required=False, min_value=0, max_value=100)
    x1 = forms.FloatField(required=False, min_value=0, max_value=100)
    y1 = forms.FloatField(required=False, min_value=0, max_value=100)
    category = forms.SlugField(required=False)
    garment_type = forms.ChoiceField(required=False, choices=GarmentTypeChoices.choices)
    brand = forms.CharField(required=False, max_length=120, validators=[ProhibitNullCharactersValidator()])
    colour = forms.ChoiceField(required=False, choices=ColourChoices.choices)
    price_min = forms.DecimalField(required=False, min_value=0, max_digits=14)
    price_max = forms.DecimalField(required=False, min_value=0, max_digits=14)
    q = forms.CharField(required=False, max_length=MAX_QUERY_LENGTH)
    ordering = forms.ChoiceField(required=False, choices=[(value, value) for value in (CHEAPEST, DEAREST)])
    offset = forms.IntegerField(required=False, min_value=0, max_value=MAX_OFFSET)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.is_valid()

    def value(self, name: str) -> Any:
        return self.cleaned_data.get(name)

    @property
    def filters(self) -> Filters:
        names = ("category", "garment_type", "brand", "price_min", "price_max", "colour")
        chosen = {name: self.value(name) for name in names if self.value(name) not in (None, "")}
        return Filters(**chosen, q=self.value("q") or "")

    @property
    def box(self) -> Box | None:
        """The box that was drawn, in 0..1, its corners put in order and kept from vanishing."""
        sides = [self.value(name) for name in ("x0", "y0", "x1", "y1")]
        if any(side is None for side in sides):
            return None
        (x0, x1), (y0, y1) = _apart(sides[0], sides[2]), _apart(sides[1], sides[3])
        return x0 / 100, y0 / 100, x1 / 100, y1 / 100


def _apart(one: float, other: float) -> tuple[float, float]:
    low, high = sorted((one, other))
    high = min(100.0, max(high, low + MIN_BOX))
    return min(low, high - MIN_BOX), high
