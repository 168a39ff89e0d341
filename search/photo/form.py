"""What the photo page is asked for, by a form or a link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from catalogue.browsing.filters import ProductFilters
from catalogue.browsing.listing import without_empty
from catalogue.browsing.parameters import ProductFilterParameters, filters_of, read_page_parameters
from search.answers import Box

MIN_BOX = 2  # percent of the photo a side
NEAREST, CHEAPEST, DEAREST = "", "price", "-price"
MAX_OFFSET = 960


class PhotoPageForm(forms.Form):
    """A link's values; one that makes no sense is left out and named in `problems`. Box sides are percent."""

    garment = forms.IntegerField(required=False, min_value=0, max_value=1000)
    whole = forms.BooleanField(required=False)
    x0 = forms.FloatField(required=False, min_value=0, max_value=100)
    y0 = forms.FloatField(required=False, min_value=0, max_value=100)
    x1 = forms.FloatField(required=False, min_value=0, max_value=100)
    y1 = forms.FloatField(required=False, min_value=0, max_value=100)
    ordering = forms.ChoiceField(required=False, choices=[(value, value) for value in (CHEAPEST, DEAREST)])
    offset = forms.IntegerField(required=False, min_value=0, max_value=MAX_OFFSET)

    def __init__(self, data: QueryDict) -> None:
        data = without_empty(data)
        super().__init__(data)
        self.is_valid()
        values, self.filter_errors = read_page_parameters(data, ProductFilterParameters)
        self.filters: ProductFilters = filters_of(values)

    def value(self, name: str) -> Any:
        return self.cleaned_data.get(name)

    @property
    def problems(self) -> list[str]:
        """A sentence for each value that makes no sense, after the name of its parameter."""
        errors = {name: list(sentences) for name, sentences in self.errors.items()} | self.filter_errors
        return [f"{name}: {sentence}" for name, sentences in errors.items() for sentence in sentences]

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
