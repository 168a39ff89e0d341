"""What the photo page is asked for, by a form or a link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from catalogue.browsing.filters import ProductFilters
from catalogue.browsing.listing import without_empty
from catalogue.browsing.parameters import ProductFilterParameters, filters_of, read_page_parameters
from catalogue.choices import GarmentTypeChoices
from search.answer_types import Box
from search.photo.corrections import Corrections

MIN_BOX = 2  # percent of the photo a side
NEAREST, CHEAPEST, DEAREST = "", "price", "-price"
LONGER, SHORTER = "longer", "shorter"
MAX_OFFSET = 960


class PhotoPageForm(forms.Form):
    """A link's values; one that makes no sense is left out and named in `problems`. Box sides are percent.

    hidden: indices of garments that are none, as in "0,2". retyped: garments whose type the shopper has corrected, as
    in "1.skirt,3.top".
    """

    garment = forms.IntegerField(required=False, min_value=0, max_value=1000)
    whole = forms.BooleanField(required=False)
    x0 = forms.FloatField(required=False, min_value=0, max_value=100)
    y0 = forms.FloatField(required=False, min_value=0, max_value=100)
    x1 = forms.FloatField(required=False, min_value=0, max_value=100)
    y1 = forms.FloatField(required=False, min_value=0, max_value=100)
    ordering = forms.ChoiceField(required=False, choices=[(value, value) for value in (CHEAPEST, DEAREST)])
    length = forms.ChoiceField(required=False, choices=[(value, value) for value in (LONGER, SHORTER)])
    offset = forms.IntegerField(required=False, min_value=0, max_value=MAX_OFFSET)
    hidden = forms.RegexField(r"^[0-9]{1,3}(,[0-9]{1,3}){0,50}$", required=False)
    retyped = forms.RegexField(r"^[0-9]{1,3}\.[a-z]{1,12}(,[0-9]{1,3}\.[a-z]{1,12}){0,50}$", required=False)

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

    def clean_retyped(self) -> str:
        text = str(self.cleaned_data["retyped"])
        for value in _types_by_index(text).values():
            if value not in GarmentTypeChoices.values:
                allowed = ", ".join(GarmentTypeChoices.values)
                raise forms.ValidationError(_("“%(value)s” is no garment type; there are: %(allowed)s."), params={
                    "value": value, "allowed": allowed,
                })  # fmt: skip
        return text

    @property
    def corrections(self) -> Corrections:
        """What the shopper has corrected."""
        hidden = {int(index) for index in (self.value("hidden") or "").split(",") if index}
        return Corrections(frozenset(hidden), _types_by_index(self.value("retyped") or ""))

    @property
    def box(self) -> Box | None:
        """The box that was drawn, in 0..1, its corners put in order and kept from vanishing."""
        sides = [self.value(name) for name in ("x0", "y0", "x1", "y1")]
        if any(side is None for side in sides):
            return None
        (x0, x1), (y0, y1) = _apart(sides[0], sides[2]), _apart(sides[1], sides[3])
        return x0 / 100, y0 / 100, x1 / 100, y1 / 100


def _types_by_index(text: str) -> dict[int, str]:
    pairs = (part.split(".") for part in text.split(",") if part)
    return {int(index): garment_type for index, garment_type in pairs}


def _apart(one: float, other: float) -> tuple[float, float]:
    low, high = sorted((one, other))
    high = min(100.0, max(high, low + MIN_BOX))
    return min(low, high - MIN_BOX), high
