"""Why a file is no photo that can be used: one sentence for page, API, importer and admin."""

from __future__ import annotations

from typing import Any

MAX_PIXELS = 80_000_000  # a telephone's 50-megapixel JPEG passes; see image_cost for formats that cost more memory
MAX_BYTES = 60_000_000  # 80 megapixels as JPEG stay far below; what is larger is no photo of a product
MIN_SIDE = 8
MAX_RATIO = 100  # of the longer side to the shorter: at 1,024 px nothing would be left of the shorter
ACCEPTED = "a JPEG, PNG, WebP, AVIF, HEIC, GIF, BMP or TIFF picture of 8 pixels a side to 80 megapixels"


def _(sentence: str) -> str:
    """Marks a sentence for translation; it is translated where it is shown."""
    return sentence


# Templates, each followed by what is accepted.
EMPTY = _("This is not a picture: the file is empty.")
NOT_A_PICTURE = _("This is not a picture.")
BROKEN = _("The picture is broken or cut off.")
TOO_SMALL = _("The picture is only %(width)d x %(height)d pixels.")
TOO_LONG = _("The picture is %(width)d x %(height)d pixels: one side may have %(ratio)d times the other at most.")
TOO_MANY_PIXELS = _(
    "The picture has %(width)d x %(height)d pixels: too many, a %(format)s of its kind may have %(limit)d megapixels."
)
FAR_TOO_MANY_PIXELS = _("The picture has too many pixels, more than %(limit)d million.")
TOO_MANY_SCANS = _("The picture is stored in %(scans)d passes: too many.")
TOO_MANY_BYTES = _("The file has more than %(limit)d MB.")
IS_ACCEPTED = _(
    "Accepted is a JPEG, PNG, WebP, AVIF, HEIC, GIF, BMP or TIFF picture of 8 pixels a side to 80 megapixels."
)
TEMPLATES = (
    EMPTY, NOT_A_PICTURE, BROKEN, TOO_SMALL, TOO_LONG, TOO_MANY_PIXELS, FAR_TOO_MANY_PIXELS, TOO_MANY_SCANS,
    TOO_MANY_BYTES, IS_ACCEPTED,
)  # fmt: skip


class PhotoError(ValueError):
    """Not a photo that can be used; the message says why and what is accepted.

    template, params: the first sentence in parts, for those who translate it.
    """

    def __init__(self, template: str, **params: Any) -> None:
        super().__init__(f"{template % params} {IS_ACCEPTED}")
        self.template = template
        self.params = params
