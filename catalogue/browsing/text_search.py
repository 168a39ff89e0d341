"""Full-text search over products, by PostgreSQL's own means.

`Product.document` is a generated column (migration 0007), up to date whoever writes the row: name (weight A), brand,
category, its garment type and the product's colours (B), the attributes' values (C), description (D). It is made when
one of these is written, and not by an update of prices or visibility. Each text is read three times: `simple` keeps
words as written, for brands and codes; `english` and `indonesian` add the stems of the shop's two languages.

A search is cut into units: a word, a "phrase", or words joined by signs as in dr.martens. Each unit becomes its
readings in the three languages and those of its synonyms; a product matches where every unit has one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.postgres.search import SearchQuery

from catalogue.browsing.price_words import read_price_words
from catalogue.browsing.synonyms import Meaning, Term, synonyms
from catalogue.browsing.words import words_of
from catalogue.category_garment_types import garment_types_of_category
from catalogue.reading_connection import reading_connection

CONFIGURATIONS = ("simple", "english", "indonesian")
MAX_UNITS = 20
MAX_SYNONYM_WORDS = 3
_TOKEN = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')


class RawQuery(SearchQuery):
    """A tsquery in PostgreSQL's own syntax: lexemes and operators, taken as they are."""

    def __init__(self, tsquery: str) -> None:
        super().__init__(tsquery, search_type="raw")
        self.tsquery = tsquery

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:  # a list: Django joins them
        return "%s::tsquery", [self.tsquery]


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a search that a product must have, or must not have (`is_excluded`)."""

    words: Term
    text: str  # as typed
    is_excluded: bool = False
    is_quoted: bool = False
    is_prefix: bool = False  # unfinished: what begins with it matches too


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What a search means. `tsquery` is empty where it names no words."""

    typed: str
    words: str  # what is looked for: `typed` but for mistyped words
    tsquery: str = ""
    units: dict[Unit, str] = field(default_factory=dict)  # each with its own tsquery
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    is_cheapest_first: bool = False

    @property
    def names_prices(self) -> bool:
        return self.is_cheapest_first or not (self.price_min is None and self.price_max is None)

    @property
    def any_word(self) -> str:
        """The tsquery of products that match at least one of several units, or that are of the garment type of one."""
        wanted = [tsquery for unit, tsquery in self.units.items() if not unit.is_excluded]
        of_type = [self.of_garment_type] if self.of_garment_type else []
        return " | ".join([*(wanted if len(wanted) > 1 else []), *of_type])

    @property
    def of_garment_type(self) -> str:
        """The tsquery of products in categories of a garment type that a unit names: bags for `handbag`. Or empty."""
        types = [garment_types_of_category("-".join(unit.words)) for unit in self.units if not unit.is_excluded]
        return " | ".join(dict.fromkeys(f"{_quoted(each[0])}:B" for each in types if len(each) == 1))

    @property
    def of_shade(self) -> str:
        """The tsquery of products that say the shade that a unit names: navy, and not only blue. Or empty."""
        known = synonyms()
        meanings = [known[unit.words] for unit in self.units if unit.words in known and not unit.is_excluded]
        return " | ".join(_row(term) for meaning in meanings if meaning.wider for term in meaning.same)


def parse(text: str, *, is_unfinished: bool = False) -> ParsedQuery:
    """The meaning of what somebody typed: words, "a phrase", -without, prices. One query, for the words' stems.

    is_unfinished: the last word may be the beginning of one.
    """
    prices = read_price_words(text)
    units = units_of(prices.rest)
    if is_unfinished and units and not (units[-1].is_excluded or units[-1].is_quoted):
        units[-1] = Unit(units[-1].words, units[-1].text, is_prefix=True)
    readings = read_units(units)
    return ParsedQuery(
        typed=text,
        words=text,
        tsquery=all_of(readings),
        units=readings,
        price_min=prices.price_min,
        price_max=prices.price_max,
        is_cheapest_first=prices.is_cheapest_first,
    )


def units_of(text: str) -> list[Unit]:
    """The units of a search, those that the synonyms know as one term put together."""
    units = []
    for minus, phrase, word in _TOKEN.findall(text):
        if words := words_of(phrase or word):
            units.append(Unit(words, phrase or word, bool(minus), is_quoted=bool(phrase)))
    return _joined(units[:MAX_UNITS])


def _joined(units: list[Unit]) -> list[Unit]:
    """With `celana pendek` as one unit where it has synonyms; the longest term first."""
    known = synonyms()
    joined: list[Unit] = []
    start = 0
    while start < len(units):
        for length in range(min(MAX_SYNONYM_WORDS, len(units) - start), 0, -1):
            part = units[start : start + length]
            term = tuple(word for unit in part for word in unit.words)
            if length == 1 or (term in known and not any(unit.is_excluded or unit.is_quoted for unit in part)):
                joined.append(part[0] if length == 1 else Unit(term, " ".join(unit.text for unit in part)))
                start += length
                break
    return joined


def read_units(units: Iterable[Unit]) -> dict[Unit, str]:
    """The units with the tsquery of each; words that say nothing, such as "the", only where there are no others."""
    known = synonyms()
    units = list(units)
    alone = {unit: Meaning([unit.words]) for unit in units}
    meanings = {unit: alone[unit] if unit.is_quoted else known.get(unit.words, alone[unit]) for unit in units}
    stems = _stems({word for each in meanings.values() for term in each.same + each.wider for word in term})
    readings = {unit: _reading(unit, meanings[unit], stems, known) for unit in units}
    telling = {unit: tsquery for unit, tsquery in readings.items() if not _is_stop_word(unit, stems)}
    return telling if any(not unit.is_excluded for unit in telling) else readings


def all_of(readings: dict[Unit, str]) -> str:
    """The tsquery of products that match every unit."""
    return " & ".join(f"!{tsquery}" if unit.is_excluded else tsquery for unit, tsquery in readings.items())


def _reading(unit: Unit, meaning: Meaning, stems: dict[str, list[str]], known: Iterable[Term]) -> str:
    readings: list[str] = []
    for term in meaning.same:
        read = _readings_of(term, stems, is_joined=not unit.is_quoted)
        others = _longer_terms(term, meaning.same, known) if term != unit.words else []
        readings += [f"({' | '.join(read)}) & !({' | '.join(others)})"] if others else read
    if meaning.wider:
        wider = [reading for term in meaning.wider for reading in _readings_of(term, stems)]
        apart = [_row(term) for term in meaning.apart]
        readings.append(" & ".join([f"({' | '.join(wider)})", *([f"!({' | '.join(apart)})"] if apart else [])]))
    if unit.is_prefix:
        *before, last = unit.words
        readings.append(" <-> ".join([*(_quoted(word) for word in before), f"{_quoted(last)}:*"]))
    return f"({' | '.join(dict.fromkeys(readings))})"


def _readings_of(term: Term, stems: dict[str, list[str]], *, is_joined: bool = True) -> list[str]:
    """A word's lexemes, or words in a row; is_joined: those as one word too."""
    if len(term) == 1:
        return _lexemes(term[0], stems)
    row = "(" + " <-> ".join(f"({' | '.join(_lexemes(word, stems))})" for word in term) + ")"
    return [row, _quoted("".join(term))] if is_joined else [row]


def _longer_terms(part: Term, terms: list[Term], known: Iterable[Term]) -> list[str]:
    """Terms of other meaning that a word is part of: a shirt (kemeja) is no T-shirt, kaos no kaos kaki (socks)."""
    return [
        f"({' <-> '.join(map(_quoted, term))}:*)"
        for term in known
        if len(part) == 1 and len(term) > 1 and part[0] in term and term not in terms
    ]


def _lexemes(word: str, stems: dict[str, list[str]]) -> list[str]:
    """As written, and its stems where they differ."""
    return list(dict.fromkeys([_quoted(word), *(stem for stem in stems[word] if stem)]))


def _is_stop_word(unit: Unit, stems: dict[str, list[str]]) -> bool:
    return not (unit.is_quoted or unit.is_prefix) and len(unit.words) == 1 and "" in stems[unit.words[0]]


def _row(term: Term) -> str:
    """The words as written, in a row."""
    return f"({' <-> '.join(map(_quoted, term))})"


def _quoted(word: str) -> str:
    return f"'{word}'"  # letters and digits alone


def _stems(words: set[str]) -> dict[str, list[str]]:
    """Each word's lexeme in the three languages, quoted; empty where it says nothing in one."""
    with reading_connection().cursor() as cursor:
        cursor.execute(
            "SELECT word, array_agg(plainto_tsquery(name::regconfig, word)::text ORDER BY place)"
            " FROM unnest(%s::text[]) AS words (word), unnest(%s) WITH ORDINALITY AS languages (name, place)"
            " GROUP BY word",
            [sorted(words), list(CONFIGURATIONS)],
        )
        return dict(cursor.fetchall()) if words else {}
