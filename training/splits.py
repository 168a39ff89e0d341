"""Which photos are trained on ("train") and which only measured on ("val"), decided by a hash and nothing else.

Street photos are split by image. Clothing photos are split by sender, because one sender's photos share a room,
a floor and a camera. Detector and encoder use the same split of both, so that the two together can be measured on
"val". Garments that views/ shows from several sides are split by garment, and twice: the encoder is measured on half of
them (`views_split`), the detector on a third (`views_detector_split`), each by itself.
"""

from __future__ import annotations

import hashlib

# The salts were chosen among 400 by the labels alone, so that every garment type is about as frequent in "val" as
# in the whole and no single sender fills it: 37 of 374 shoes and 33 of 151 hats, where salt 0 had 15 and 3.
_SALTS = {"ccp": 4, "clothing": 263}
VIEWS_SALT = 389  # chosen among 400 by garment types and numbers of views alone
VIEWS_VAL_PERCENT = 50  # few garments have several views: half of them, or the measure would be all noise
VAL_PERCENT = 16  # gives 128 street photos and 690 clothing photos (655 with a usable label)


def ccp_split(image_id: str | int) -> str:
    """Returns "train" or "val" for a street photo; takes the stem of its file name ("0001" and 1 are the same)."""
    return _split("ccp", f"{int(image_id):04d}")


def clothing_split(sender_id: str | int) -> str:
    """Returns "train" or "val" for all the clothing photos of one sender."""
    return _split("clothing", f"{int(sender_id)}")


def views_split(garment: str) -> str:
    """Returns "train" or "val" for all the photos of one garment, whatever its colour."""
    digest = hashlib.sha256(f"views/{VIEWS_SALT}/{garment}".encode()).hexdigest()
    return "val" if int(digest, 16) % 100 < VIEWS_VAL_PERCENT else "train"


def views_detector_split(garment: str) -> str:
    """Returns "train" or "val" for all photos of one garment of views/, for the detector: a third is "val"."""
    return "val" if int(hashlib.sha256(f"views/{garment}".encode()).hexdigest(), 16) % 3 == 0 else "train"


def _split(dataset: str, key: str) -> str:
    digest = hashlib.sha256(f"{dataset}/{_SALTS[dataset]}/{key}".encode()).hexdigest()
    return "val" if int(digest, 16) % 100 < VAL_PERCENT else "train"
