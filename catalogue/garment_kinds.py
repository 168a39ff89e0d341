"""Which kind of a garment type a product's name says: a shirt and a hoodie are tops, and not the same cut."""

from __future__ import annotations

from catalogue.browsing.synonyms import Term, synonyms
from catalogue.browsing.text_search import units_of
from catalogue.category_garment_types import garment_types_of_category
from garments import GarmentType


def kinds_in_name(name: str, garment_type: str) -> frozenset[Term]:
    """The kinds of this type that the name says, kemeja and shirt being one; empty where it says none, as a dress.

    What counts as one word, and as the same, is in the synonyms.
    """
    known = synonyms()
    of_type = (
        each.words for each in units_of(name) if garment_types_of_category("-".join(each.words)) == [garment_type]
    )
    kinds = {min(known[words].same) for words in of_type if words in known}
    return frozenset(
        kinds - {min(known[each].same) for each in ((str(kind),) for kind in GarmentType) if each in known}
    )


def are_of_one_kind(name: str, other: str, garment_type: str) -> bool:
    """False where both names say a kind, and another one each."""
    one, two = kinds_in_name(name, garment_type), kinds_in_name(other, garment_type)
    return not (one and two) or bool(one & two)
