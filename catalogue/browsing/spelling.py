"""The nearest words that the catalogue knows, for a search that found nothing.

The extension pg_trgm would do this in SQL, but the PostgreSQL that the project carries has no contrib extensions. So
the words of the newest products are kept for a while, and a word that is none of them gives way to the one that shares
the most letter trigrams with it, if it shares enough.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import defaultdict

from django.core.cache import cache
from django.db import connection

from catalogue.single_flight import alone

NEWEST_PRODUCTS = 20_000  # their words are read in a fifth of a second, and hardly a word is in none of them
KEPT_SECONDS = 600
LEAST_ALIKE = 0.25  # share of common trigrams; two letters swapped in a word of six leave 0.27
_WORD = re.compile(r"\w+")

Vocabulary = tuple[dict[str, int], dict[str, list[str]]]  # {word: products that have it}, {trigram: words}
_editions: dict[str, Vocabulary] = {}  # the one that this process has read

_VOCABULARY = f"""
    SELECT word, ndoc FROM ts_stat($$
        SELECT to_tsvector('simple', p.name || ' ' || p.brand || ' ' || c.name)
        FROM (SELECT * FROM catalogue_product WHERE is_active ORDER BY id DESC LIMIT {NEWEST_PRODUCTS}) AS p
        JOIN catalogue_category c ON c.id = p.category_id
    $$)"""


def corrected(text: str) -> str:
    """`text` with every unknown word put as the likeliest known one; words that resemble none stay."""
    key = "spelling:" + hashlib.sha256(text.encode()).hexdigest()
    found = cache.get(key)
    if found is None:
        known, by_trigram = _vocabulary()
        found = _WORD.sub(lambda match: _nearest_word(match.group().lower(), known, by_trigram), text)
        cache.set(key, found, KEPT_SECONDS)
    return found


def _nearest_word(word: str, known: dict[str, int], by_trigram: dict[str, list[str]]) -> str:
    if word in known or word.isdigit():
        return word
    wanted = _trigrams(word)
    candidates = {candidate for trigram in wanted for candidate in by_trigram.get(trigram, ())}
    scored = [(_alike(wanted, _trigrams(candidate)), known[candidate], candidate) for candidate in candidates]
    best = max(scored, default=(0, 0, word))
    return best[2] if best[0] >= LEAST_ALIKE else word


def _vocabulary() -> Vocabulary:
    """The catalogue's words, read anew when the cache says that they are out of date.

    They are kept here and not in the cache, which would pack and unpack thousands of words for each mistyped one.
    """
    with alone("vocabulary"):
        edition = cache.get("vocabulary-edition")
        if edition is None:
            edition = secrets.token_hex(8)
            cache.set("vocabulary-edition", edition, KEPT_SECONDS)
        if edition not in _editions:
            _editions.clear()
            _editions[edition] = _read_vocabulary()
        return _editions[edition]


def _read_vocabulary() -> Vocabulary:
    with connection.cursor() as cursor:
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
