"""The nearest words that the catalogue knows, for a search that found nothing.

The extension pg_trgm would do this in SQL, but the PostgreSQL that the project carries has no contrib extensions. So
the words of the newest products are kept for a while, and a word that is none of them gives way to the one that differs
in the fewest letters, if these are few. Words that only share letters mean something else: batavia is no batik.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from django.core.cache import cache

from catalogue.browsing.synonyms import synonyms
from catalogue.browsing.text_search import ParsedQuery, Unit, all_of, read_units
from catalogue.reading_connection import reading_connection
from catalogue.single_flight import single_flight

NEWEST_PRODUCTS = 20_000  # their words are read in a fifth of a second, and hardly a word is in none of them
CACHE_SECONDS = 600
MIN_ALIKE = 0.1  # share of common trigrams: words with less differ in more letters than are mistyped
MIN_PREFIX = 3  # letters
MIN_TYPED, LONG = 4, 6  # letters: of a word that is corrected at all, and of one with up to two mistakes

Vocabulary = tuple[dict[str, int], dict[str, list[str]]]  # {word: products that have it}, {trigram: words}
_editions: dict[str, Vocabulary] = {}  # the one that this process has read

_VOCABULARY = f"""
    SELECT word, ndoc FROM ts_stat($$
        SELECT to_tsvector('simple', catalogue_search_text(p.name || ' ' || p.brand || ' ' || c.name))
        FROM (SELECT * FROM catalogue_product WHERE is_active ORDER BY id DESC LIMIT {NEWEST_PRODUCTS}) AS p
        JOIN catalogue_category c ON c.id = p.category_id
    $$)"""


def corrected(query: ParsedQuery, is_held: Callable[[str], bool]) -> ParsedQuery:
    """`query` with each word that no product has as the beginning of a known word, or as the likeliest known word.

    is_held: whether a product matches a tsquery. Words that resemble none stay, and so do those with synonyms: they are
    right, and the catalogue has no such thing.
    """
    units = {unit: _known(unit, tsquery, is_held) for unit, tsquery in query.units.items()}
    if list(units) == list(units.values()):
        return query
    readings = read_units(units.values())
    words = query.typed
    for typed, known in units.items():
        if typed != known:
            words = words.replace(typed.text, known.text + ("…" if known.is_prefix else ""))
    return replace(query, words=words, units=readings, tsquery=all_of(readings))


def _known(unit: Unit, tsquery: str, is_held: Callable[[str], bool]) -> Unit:
    if unit.is_excluded or unit.is_quoted or len(unit.words) > 1 or unit.words in synonyms() or is_held(tsquery):
        return unit
    word = unit.words[0]
    known, by_trigram = _vocabulary()
    if len(word) >= MIN_PREFIX and any(each.startswith(word) for each in known):
        return Unit(unit.words, unit.text, is_prefix=True)
    nearest = _nearest_word(word, known, by_trigram)
    return unit if nearest == word else Unit((nearest,), nearest)


def _nearest_word(word: str, known: dict[str, int], by_trigram: dict[str, list[str]]) -> str:
    """The known word that differs in the fewest letters, among those with the same first letter: a first letter is
    seldom mistyped, and with another one mostly another word is meant (gaun is a dress, daun a leaf). `word` where all
    differ in more than are mistyped: one letter in a short word, two from six letters on."""
    if word in known or word.isdigit() or len(word) < MIN_TYPED:
        return word
    wanted = _trigrams(word)
    candidates = {candidate for trigram in wanted for candidate in by_trigram.get(trigram, ())}
    scored = [
        (-mistakes, _alike(wanted, _trigrams(candidate)), known[candidate], candidate)
        for candidate in candidates
        if candidate[0] == word[0]
        and _alike(wanted, _trigrams(candidate)) >= MIN_ALIKE
        and (mistakes := mistakes_between(word, candidate)) <= (2 if len(word) >= LONG else 1)
    ]
    return max(scored, default=(0, 0.0, 0, word))[-1]


def mistakes_between(typed: str, meant: str) -> int:
    """How many letters are wrong, missing, too many or swapped with the next one: the optimal string alignment."""
    before_last: list[int] = []
    last = list(range(len(meant) + 1))
    for row, letter in enumerate(typed, start=1):
        now = [row]
        for column, other in enumerate(meant, start=1):
            least = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != other))
            is_swapped = row > 1 and column > 1 and letter == meant[column - 2] and typed[row - 2] == other
            now.append(min(least, before_last[column - 2] + 1) if is_swapped else least)
        before_last, last = last, now
    return last[-1]


def _vocabulary() -> Vocabulary:
    """The catalogue's words, read anew when the cache says that they are out of date.

    They are kept here and not in the cache, which would pack and unpack thousands of words for each mistyped one.
    """
    with single_flight("vocabulary"):
        edition = cache.get("vocabulary-edition")
        if edition is None:
            edition = secrets.token_hex(8)
            cache.set("vocabulary-edition", edition, CACHE_SECONDS)
        if edition not in _editions:
            _editions.clear()
            _editions[edition] = _read_vocabulary()
        return _editions[edition]


def _read_vocabulary() -> Vocabulary:
    with reading_connection().cursor() as cursor:
        cursor.execute(_VOCABULARY)
        known = {word: count for word, count in cursor.fetchall() if not word.isdigit()}
    by_trigram = defaultdict(list)
    for word in known:
        for trigram in _trigrams(word):
            by_trigram[trigram].append(word)
    return known, dict(by_trigram)


def _trigrams(word: str) -> set[str]:
    """As pg_trgm cuts them: two blanks before, one behind."""
    padded = f"  {word} "
    return {padded[start : start + 3] for start in range(len(padded) - 2)}


def _alike(first: set[str], second: set[str]) -> float:
    return len(first & second) / len(first | second)
