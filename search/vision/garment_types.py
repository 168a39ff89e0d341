"""The garment types that everything in vision speaks of."""

GARMENT_TYPES = (
    "top", "outerwear", "dress", "jumpsuit", "trousers", "shorts", "skirt", "footwear", "bag", "headwear",
    "accessory", "underwear", "swimwear",
)  # fmt: skip
