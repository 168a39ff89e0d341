"""Which garment types a category holds or a product is, by the words of its name: English, Indonesian, Zalora's."""

import re
from collections.abc import Sequence

from django.utils.text import slugify

from garments import GarmentType

_TOPS = [GarmentType.TOP]
_COATS = [GarmentType.OUTERWEAR]
# Category name as slug -> what it holds, where its words alone would say less or something else.
_TYPES_OF_CATEGORY: dict[str, list[GarmentType]] = {
    "baju-hamil": [GarmentType.DRESS, GarmentType.TOP, GarmentType.TROUSERS, GarmentType.JUMPSUIT],
    "baju-tidur-pakaian-dalam": [
        GarmentType.UNDERWEAR, GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SHORTS, GarmentType.DRESS,
    ],
    "baju-tidur": [GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SHORTS, GarmentType.DRESS],
    "celana-pendek": [GarmentType.SHORTS],
    "celana-dalam": [GarmentType.UNDERWEAR],
    "pakaian-dalam": [GarmentType.UNDERWEAR],
    "baju-renang": [GarmentType.SWIMWEAR],
    "kaos-kaki": [GarmentType.UNDERWEAR, GarmentType.ACCESSORY],
    "kaus-kaki": [GarmentType.UNDERWEAR, GarmentType.ACCESSORY],
    "kaos-kaki-stocking": [GarmentType.UNDERWEAR, GarmentType.ACCESSORY],
    "hoodies-sweatshirts": [GarmentType.TOP, GarmentType.OUTERWEAR],
    "knitwear-cardigan": [GarmentType.TOP, GarmentType.OUTERWEAR],
    "plus-size": [
        GarmentType.TOP, GarmentType.DRESS, GarmentType.TROUSERS, GarmentType.SKIRT, GarmentType.OUTERWEAR,
        GarmentType.SHORTS, GarmentType.JUMPSUIT,
    ],
    "playsuits-jumpsuit": [GarmentType.JUMPSUIT],
    "swimwear-beachwear": [GarmentType.SWIMWEAR, GarmentType.DRESS],
    "aksesoris": [GarmentType.HEADWEAR, GarmentType.ACCESSORY],
    "sleepwear": [GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SHORTS, GarmentType.DRESS],
    "nightwear": [GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SHORTS, GarmentType.DRESS],
    "pyjamas": [GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SHORTS],
    "pajamas": [GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SHORTS],
    "piyama": [GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SHORTS],
    "loungewear": [GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SHORTS],
    "activewear": [GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SHORTS],
    "sportswear": [GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SHORTS, GarmentType.OUTERWEAR],
    "pakaian-olahraga": [GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SHORTS, GarmentType.OUTERWEAR],
    "bottoms": [GarmentType.TROUSERS, GarmentType.SHORTS, GarmentType.SKIRT],
    "bawahan": [GarmentType.TROUSERS, GarmentType.SHORTS, GarmentType.SKIRT],
    "knitwear": [GarmentType.TOP, GarmentType.OUTERWEAR],
    "suits": [GarmentType.OUTERWEAR, GarmentType.TROUSERS],
    "setelan": [GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SKIRT],
    "co-ords": [GarmentType.TOP, GarmentType.TROUSERS, GarmentType.SKIRT, GarmentType.SHORTS],
}  # fmt: skip
# Garment type -> words of category names, several words joined by a hyphen.
_WORDS: dict[GarmentType, str] = {
    GarmentType.TOP: """
        top tops atasan shirt shirts t-shirt t-shirts tshirt tshirts tee tees kaos kaus kemeja blus blouse
        blouses sweater sweaters sweatshirt sweatshirts hoodie hoodies jumper jumpers pullover pullovers polo
        polos polo-shirt tank-top tank-tops tanktop camisole camisoles tunic tunics tunik henley bodysuit
        bodysuits singlet jersey jerseys crop-top crop-tops baju-koko koko kebaya turtleneck flannel
        kemeja-batik batik knit-tops cami camis shell rajut""",
    GarmentType.OUTERWEAR: """
        jacket jackets jaket coat coats mantel outerwear blazer blazers cardigan cardigans kardigan vest vests
        rompi parka parkas trench gilet gilets poncho ponchos windbreaker anorak overcoat puffer outer luaran
        bomber kimono waistcoat waistcoats raincoat jas bolero""",
    GarmentType.DRESS: """
        dress dresses gaun gamis terusan gown gowns abaya daster sundress midi-dress maxi-dress kaftan
        longdress""",
    GarmentType.JUMPSUIT: """
        jumpsuit jumpsuits playsuit playsuits romper rompers overall overalls dungarees onesie onesies catsuit
        salopettes""",
    GarmentType.TROUSERS: """
        pants pant trousers trouser celana leggings legging jeans jean denim chino chinos jogger joggers
        sweatpants slacks culottes kulot palazzo cargo tights jegging jeggings celana-panjang trackpants""",
    GarmentType.SHORTS: "shorts short-pants bermuda bermudas hotpants hot-pants boardshorts celana-pendek",
    GarmentType.SKIRT: "skirt skirts rok skort skorts sarong sarung miniskirt",
    GarmentType.FOOTWEAR: """
        shoe shoes footwear sneaker sneakers trainer trainers boot boots sandal sandals sepatu sepatu-kets
        kets selop heel heels loafer loafers flats flat-shoes pumps slipper slippers moccasin moccasins
        espadrilles flip-flops oxfords brogues wedges stiletto sandals mules clogs ballerinas alas-kaki
        pantofel booties wellies plimsolls hak-tinggi""",
    GarmentType.BAG: """
        bag bags tas handbag handbags backpack backpacks ransel tote totes clutch clutches purse purses wallet
        wallets dompet rucksack rucksacks satchel satchels crossbody crossbodies duffel luggage koper pouch
        pouches totebag tas-selempang suitcase suitcases""",
    GarmentType.HEADWEAR: """
        hat hats cap caps topi beanie beanies headwear headband headbands beret berets bandana bandanas hijab
        hijabs kerudung jilbab peci kopiah fedora fedoras bucket-hat bando turban turbans headscarf""",
    GarmentType.ACCESSORY: """
        accessory accessories aksesori aksesoris scarf scarves syal selendang pashmina belt belts
        ikat-pinggang sabuk glove gloves sarung-tangan watch watches jam-tangan jewelry jewellery perhiasan
        necklace necklaces kalung bracelet bracelets gelang earring earrings anting ring rings cincin
        sunglasses kacamata tie ties dasi umbrella umbrellas payung""",
    GarmentType.UNDERWEAR: """
        underwear lingerie bra bras panties briefs boxers boxer thong thongs sock socks hosiery stocking
        stockings bh knickers undergarments shapewear korset""",
    GarmentType.SWIMWEAR: """
        swimwear bikini bikinis swimsuit swimsuits beachwear trunks swim swimming-trunks burkini tankini""",
}  # fmt: skip
_TYPES_OF_WORD = {word: garment_type for garment_type, words in _WORDS.items() for word in words.split()}
_LONGEST = 3  # words that are looked up as one


def garment_types_of_category(slug: str) -> list[str]:
    """What a category of this slug most likely holds; empty where its words say nothing, which means anything."""
    slug = re.sub(r"(-copy)+$", "", slug)
    known = _TYPES_OF_CATEGORY.get(slug)
    if known is None:
        known = _types_of_words(slug.split("-"))
    return [str(garment_type) for garment_type in known]


def garment_types_of_product(name: str, held: Sequence[str]) -> list[str]:
    """What a product of this name may be, of the types that its category holds (none: any).

    A maternity top is a top, whatever else the category holds and the model wears. A name that names several types, or
    none of these, says nothing: then it may be any of the category's.
    """
    named = [str(each) for each in _types_of_words(slugify(name).split("-"))]
    narrowed = [each for each in named if each in held] if held else named
    return narrowed if len(narrowed) == 1 else list(held)


def is_renamed(before: str, after: str, held: Sequence[str]) -> bool:
    """Whether another name of a product says another garment, of the types that its category holds."""
    return garment_types_of_product(before, held) != garment_types_of_product(after, held)


def is_known_category(slug: str) -> bool:
    """Whether the whole name stands in the tables, so that a comma or slash in it does not cut it."""
    return slug in _TYPES_OF_CATEGORY or slug in _TYPES_OF_WORD


def _types_of_words(words: list[str]) -> list[GarmentType]:
    """The types of the words from left to right, the longest known phrase first: "celana pendek" is no trousers."""
    found: dict[GarmentType, None] = {}
    start = 0
    while start < len(words):
        for length in range(min(_LONGEST, len(words) - start), 0, -1):
            phrase = "-".join(words[start : start + length])
            types = _TYPES_OF_CATEGORY.get(phrase) if length > 1 or phrase not in _TYPES_OF_WORD else None
            types = types or ([_TYPES_OF_WORD[phrase]] if phrase in _TYPES_OF_WORD else None)
            if types:
                found |= dict.fromkeys(types)
                start += length
                break
        else:
            start += 1
    return list(found)
