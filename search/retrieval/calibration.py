"""How near is near: match strength, calibrated on the catalogue itself.

Distances mean nothing by themselves; they depend on the encoder and on how alike the merchant's garments are. So a
sample of the catalogue's garments of each type is asked how far their nearest *other* product is. A match nearer than
nine in ten of those is strong: nearer than two different products usually come. One within the nearest nine in ten is
close; beyond it is weak: hardly anything in this catalogue is that unlike its nearest neighbour.
"""

from __future__ import annotations

import numpy as np

from catalogue.models import Product
from search.answers import CLOSE, STRONG, WEAK
from search.models import Encoder, GarmentEmbedding
from search.retrieval.nearest import NearestGarments

SAMPLE = 120  # garments a type: the 10th percentile is then known to a few percent
MIN_SAMPLE = 12  # types with fewer use what holds for all
STRONG_QUANTILE, CLOSE_QUANTILE = 0.10, 0.90
FALLBACK = (0.10, 0.35)  # for a catalogue too small to tell


def match_strength(distance: float, encoder: Encoder, garment_type: str | None) -> str:
    """STRONG, CLOSE or WEAK for a cosine distance."""
    table = encoder.calibration
    strong, close = table.get(garment_type or "") or table.get("") or FALLBACK
    return STRONG if distance <= strong else CLOSE if distance <= close else WEAK


def calibrate(encoder: Encoder) -> dict[str, list[float]]:
    """Measures, stores and returns {garment type, "" for all: [strong, close]}."""
    rows = GarmentEmbedding.objects.of(encoder).filter(product__is_active=True)
    distances = {
        garment_type: _nearest_others(rows.filter(garment_type=garment_type), encoder)
        for garment_type in rows.values_list("garment_type", flat=True).order_by().distinct()
    }
    distances[""] = [value for of_type in distances.values() for value in of_type]
    encoder.calibration = {
        garment_type: [round(float(value), 4) for value in np.quantile(found, (STRONG_QUANTILE, CLOSE_QUANTILE))]
        for garment_type, found in distances.items()
        if len(found) >= MIN_SAMPLE
    }
    encoder.save(update_fields=["calibration"])
    return encoder.calibration


def _nearest_others(rows, encoder: Encoder) -> list[float]:
    """How far the nearest other product is, for each of an even sample of `rows`."""
    count = rows.count()
    step = max(1, count // SAMPLE)
    found = []
    for row in rows.order_by("image_id", "ordinal")[: step * SAMPLE : step]:
        others = Product.objects.visible().exclude(pk=row.product_id)
        search = NearestGarments(row.vector, encoder=encoder, products=others, garment_type=row.garment_type or None)
        found += [neighbour.distance for neighbour in search.page(limit=1)]
    return found
