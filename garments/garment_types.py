"""The garment types that a category can hold, a detector can find and a photo can be searched for."""

from enum import StrEnum


class GarmentType(StrEnum):
    TOP = "top"
    OUTERWEAR = "outerwear"
    DRESS = "dress"
    JUMPSUIT = "jumpsuit"
    TROUSERS = "trousers"
    SHORTS = "shorts"
    SKIRT = "skirt"
    FOOTWEAR = "footwear"
    BAG = "bag"
    HEADWEAR = "headwear"
    ACCESSORY = "accessory"
    UNDERWEAR = "underwear"
    SWIMWEAR = "swimwear"
