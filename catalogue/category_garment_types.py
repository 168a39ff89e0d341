"""Which garment types a category holds, by the words of its name: English, Indonesian, Zalora's folders."""

from garments import GarmentType

_TOPS = [GarmentType.TOP]
_COATS = [GarmentType.OUTERWEAR]
# Folder or category name, as slug -> what it holds. Zalora Indonesia's folders first, then the words other shops use.
_TYPES_OF_CATEGORY: dict[str, list[GarmentType]] = {
    "atasan": _TOPS,
    "baju-hamil": [GarmentType.DRESS, GarmentType.TOP, GarmentType.TROUSERS, GarmentType.JUMPSUIT],
    "baju-tidur-pakaian-dalam": [
        GarmentType.UNDERWEAR, GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SHORTS, GarmentType.DRESS,
    ],
    "blazer": _COATS,
    "celana-pendek": [GarmentType.SHORTS],
    "dress": [GarmentType.DRESS],
    "hoodies-sweatshirts": [GarmentType.TOP, GarmentType.OUTERWEAR],
    "jaket-coat": _COATS,
    "jeans": [GarmentType.TROUSERS],
    "kaos-kaki-stocking": [GarmentType.UNDERWEAR, GarmentType.ACCESSORY],
    "knitwear-cardigan": [GarmentType.TOP, GarmentType.OUTERWEAR],
    "pants-leggings": [GarmentType.TROUSERS],
    "playsuits-jumpsuit": [GarmentType.JUMPSUIT],
    "plus-size": [
        GarmentType.TOP, GarmentType.DRESS, GarmentType.TROUSERS, GarmentType.SKIRT, GarmentType.OUTERWEAR,
        GarmentType.SHORTS, GarmentType.JUMPSUIT,
    ],
    "rok": [GarmentType.SKIRT],
    "swimwear-beachwear": [GarmentType.SWIMWEAR, GarmentType.DRESS],
    "sepatu": [GarmentType.FOOTWEAR],
    "tas": [GarmentType.BAG],
    "aksesoris": [GarmentType.HEADWEAR, GarmentType.ACCESSORY],
    "topi": [GarmentType.HEADWEAR],
}  # fmt: skip
_TYPES_OF_WORD: dict[str, GarmentType] = {
    "top": GarmentType.TOP, "tops": GarmentType.TOP, "shirt": GarmentType.TOP, "shirts": GarmentType.TOP,
    "tshirts": GarmentType.TOP, "kaos": GarmentType.TOP, "kemeja": GarmentType.TOP, "blus": GarmentType.TOP,
    "blouse": GarmentType.TOP, "blouses": GarmentType.TOP, "sweater": GarmentType.TOP, "knitwear": GarmentType.TOP,
    "hoodie": GarmentType.TOP, "hoodies": GarmentType.TOP, "sweatshirts": GarmentType.TOP,
    "jacket": GarmentType.OUTERWEAR, "jackets": GarmentType.OUTERWEAR, "jaket": GarmentType.OUTERWEAR,
    "coat": GarmentType.OUTERWEAR, "coats": GarmentType.OUTERWEAR, "outerwear": GarmentType.OUTERWEAR,
    "blazers": GarmentType.OUTERWEAR, "cardigan": GarmentType.OUTERWEAR, "cardigans": GarmentType.OUTERWEAR,
    "dresses": GarmentType.DRESS, "gaun": GarmentType.DRESS, "gamis": GarmentType.DRESS,
    "jumpsuit": GarmentType.JUMPSUIT, "jumpsuits": GarmentType.JUMPSUIT, "playsuits": GarmentType.JUMPSUIT,
    "pants": GarmentType.TROUSERS, "trousers": GarmentType.TROUSERS, "celana": GarmentType.TROUSERS,
    "leggings": GarmentType.TROUSERS, "denim": GarmentType.TROUSERS, "shorts": GarmentType.SHORTS,
    "skirt": GarmentType.SKIRT, "skirts": GarmentType.SKIRT,
    "shoes": GarmentType.FOOTWEAR, "footwear": GarmentType.FOOTWEAR, "sneakers": GarmentType.FOOTWEAR,
    "boots": GarmentType.FOOTWEAR, "sandal": GarmentType.FOOTWEAR, "sandals": GarmentType.FOOTWEAR,
    "bag": GarmentType.BAG, "bags": GarmentType.BAG, "hat": GarmentType.HEADWEAR, "hats": GarmentType.HEADWEAR,
    "accessories": GarmentType.ACCESSORY, "underwear": GarmentType.UNDERWEAR, "lingerie": GarmentType.UNDERWEAR,
    "swimwear": GarmentType.SWIMWEAR, "bikini": GarmentType.SWIMWEAR,
}  # fmt: skip


def garment_types_of_category(slug: str) -> list[str]:
    """What a category of this slug most likely holds; empty where its words say nothing, which means anything."""
    known = _TYPES_OF_CATEGORY.get(slug.removesuffix("-copy"))
    if known is None:
        known = list(dict.fromkeys(_TYPES_OF_WORD[word] for word in slug.split("-") if word in _TYPES_OF_WORD))
    return [str(garment_type) for garment_type in known]
