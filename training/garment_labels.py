"""Which of our garment types each data set's own label means.

None means: not a garment of ours, train on it as background. IGNORED means: it is clothing, but no type fits, so
that neither finding nor missing it may be punished.
"""

from __future__ import annotations

IGNORED = "ignored"

# What the bundled detector learns to find, in the order of its class indices. Jumpsuit, swimwear and underwear have
# fewer than 30 street photos each; accessories are mostly smaller than 16 pixels at the sizes two cores can train.
DETECTED_TYPES = (
    "top", "outerwear", "dress", "trousers", "shorts", "skirt", "footwear", "bag", "headwear",
)  # fmt: skip

CCP_TYPES: dict[str, str | None] = {
    "null": None, "hair": None, "skin": None,
    "blouse": "top", "bodysuit": "top", "jumper": "top", "shirt": "top", "sweater": "top", "sweatshirt": "top",
    "t-shirt": "top", "top": "top", "hoodie": "top",
    "blazer": "outerwear", "cape": "outerwear", "cardigan": "outerwear", "coat": "outerwear",
    "jacket": "outerwear", "suit": "outerwear", "vest": "outerwear",
    "dress": "dress",
    "jeans": "trousers", "leggings": "trousers", "pants": "trousers",
    "shorts": "shorts",
    "skirt": "skirt",
    "boots": "footwear", "clogs": "footwear", "flats": "footwear", "heels": "footwear", "loafers": "footwear",
    "pumps": "footwear", "sandals": "footwear", "shoes": "footwear", "sneakers": "footwear", "wedges": "footwear",
    "bag": "bag", "purse": "bag", "wallet": "bag",
    "hat": "headwear",
    "romper": IGNORED, "intimate": IGNORED, "swimwear": IGNORED, "bra": IGNORED, "panties": IGNORED,
    "stockings": None, "tights": None, "socks": None, "accessories": None, "belt": None, "bracelet": None,
    "earrings": None, "glasses": None, "gloves": None, "necklace": None, "ring": None, "scarf": None,
    "sunglasses": None, "tie": None, "watch": None,
}  # fmt: skip

# Absent: "Body" (a baby's bodysuit), "Not sure", "Other" and "Skip", which are no type of ours or no type at all.
CLOTHING_TYPES: dict[str, str] = {
    "T-Shirt": "top", "Longsleeve": "top", "Shirt": "top", "Polo": "top", "Undershirt": "top", "Top": "top",
    "Blouse": "top", "Hoodie": "top",
    "Blazer": "outerwear", "Outwear": "outerwear",
    "Dress": "dress", "Pants": "trousers", "Shorts": "shorts", "Skirt": "skirt", "Shoes": "footwear",
    "Hat": "headwear",
}  # fmt: skip
