"""Photos that were looked at already, for tests of what comes after: no model runs."""

import io
from itertools import zip_longest

import numpy as np
from PIL import Image

from search.photo import cache as photo_cache
from search.vision.analysis import DetectedGarment

OUTLINE = [[(0.1, 0.1), (0.5, 0.1), (0.5, 0.6), (0.1, 0.6)]]


def photo_bytes(*, size=(90, 120), colour=(90, 120, 150), format="JPEG"):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, format)
    return file.getvalue()


def seen(garment_type, vector, *, box=(0.1, 0.1, 0.5, 0.6), score=0.9, colours=("red",), polygons=OUTLINE):
    return DetectedGarment(garment_type, garment_type, score, box, polygons, colours, vector)


def whole(vector):
    return DetectedGarment(None, None, 1.0, (0.0, 0.0, 1.0, 1.0), [], (), vector)


def cache_photo(encoder, vectors, *, garment_types=("dress", "top"), boxes=(), polygons=OUTLINE):
    """Keeps a photo in which a garment of each type was seen, the n-th with the n-th vector; returns its query.

    boxes: where; None or fewer of them: somewhere, with the outline `polygons`.
    """
    garments = [
        seen(garment_type, vector, **({"box": box, "polygons": []} if box else {"polygons": polygons}))
        for garment_type, vector, box in zip_longest(garment_types, vectors[: len(garment_types)], boxes)
    ]
    size = (90, 120)
    webp = photo_cache.to_webp(np.full((size[1], size[0], 3), 120, np.uint8))
    return photo_cache.store(
        photo_cache.CachedPhoto(webp, size, garments, whole(vectors[-1]), encoder.pk, encoder.fingerprint)
    )
