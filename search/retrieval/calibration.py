"""Match strength: which distances are called strong, close and weak.

Distances depend on the encoder and mean nothing by themselves. An encoder's card says up to where its matches are right
(`parameters.match_distances`, measured on real photos by training.encoder.calibrate_match_strength): at least nine in
ten strong matches are the same kind of garment in a colour that both have, and seven in ten close ones.

For an encoder whose card says nothing, the catalogue is all there is: a match nearer than nine in ten garments' nearest
other product is strong, one within the nearest nine in ten close. That ranks matches and promises nothing.
"""

from __future__ import annotations

import numpy as np
from django.db.models import F, Func, QuerySet

from catalogue.models import Product
from search.answer_types import CLOSE, STRONG, WEAK
from search.models import Encoder, GarmentEmbedding
from search.retrieval.nearest import NearestGarments
from search.vision.cards import choose

SAMPLE = 120  # garments a type: the 10th percentile is then known to a few percent
MIN_SAMPLE = 12  # types with fewer use what holds for all
STRONG_QUANTILE, CLOSE_QUANTILE = 0.10, 0.90
SAME_PHOTO = 0.05  # the same photo in another size or format is nearer, and always a strong match
FALLBACK = (0.10, 0.35)  # for a catalogue too small to tell, without a card that does


def match_strength(distance: float, encoder: Encoder, garment_type: str | None) -> str:
    """STRONG, CLOSE or WEAK for a cosine distance."""
    strong, close = match_bounds(encoder, garment_type)
    return STRONG if distance <= strong else CLOSE if distance <= close else WEAK


def match_bounds(encoder: Encoder, garment_type: str | None) -> tuple[float, float]:
    """The largest distances of strong and of close matches."""
    table = encoder.calibration
    strong, close = table.get(garment_type or "") or table.get("") or FALLBACK
    return strong, close


def calibrate(encoder: Encoder) -> dict[str, list[float]]:
    """Stores and returns {garment type, "" for all: [strong, close]}: the card's, else measured on the catalogue."""
    of_card: dict[str, list[float]] = choose("encoder", encoder.pk).parameters.get("match_distances", {})
    found = {
        garment_type: [max(strong, SAME_PHOTO), max(close, SAME_PHOTO)]
        for garment_type, (strong, close) in (of_card or _of_catalogue(encoder)).items()
    }
    encoder.calibration = found
    encoder.save(update_fields=["calibration"])
    return found


def _of_catalogue(encoder: Encoder) -> dict[str, list[float]]:
    rows = GarmentEmbedding.objects.of(encoder).filter(product__is_active=True)
    distances = {
        garment_type: _nearest_others(rows.filter(garment_type=garment_type), encoder)
        for garment_type in rows.values_list("garment_type", flat=True).order_by().distinct()
    }
    distances[""] = [value for of_type in distances.values() for value in of_type]
    return {
        garment_type: [round(float(value), 4) for value in np.quantile(found, (STRONG_QUANTILE, CLOSE_QUANTILE))]
        for garment_type, found in distances.items()
        if len(found) >= MIN_SAMPLE
    }


def _nearest_others(rows: QuerySet[GarmentEmbedding], encoder: Encoder) -> list[float]:
    """How far the nearest other product is, for each of a sample of `rows`: the same at each call, drawn in SQL."""
    found = []
    for row in rows.order_by(Func(F("image_id"), function="hashint8"), "image_id", "ordinal")[:SAMPLE]:
        others = Product.objects.visible().exclude(pk=row.product_id)
        search = NearestGarments(row.vector, encoder=encoder, products=others, garment_type=row.garment_type or None)
        found += [neighbour.distance for neighbour in search.page(limit=1)]
    return found
