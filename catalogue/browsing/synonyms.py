"""Words that mean the same in a search, and kinds of a thing; the merchant edits them in the admin."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.cache import cache

from catalogue.browsing.words import words_of

Term = tuple[str, ...]  # the words of a term, as `words_of` cuts them: ("celana", "pendek")
_KEY, CACHE_SECONDS = "synonyms", 300


@dataclass(slots=True)
class Meaning:
    """What a term finds. same: the terms of its groups, itself included, and kinds of them. wider: what it is a kind
    of. apart: the other kinds of that. In "navy, biru tua > blue", what is blue is navy unless it is said to be light
    blue.
    """

    same: list[Term] = field(default_factory=list)
    wider: list[Term] = field(default_factory=list)
    apart: list[Term] = field(default_factory=list)


def synonyms() -> dict[Term, Meaning]:
    """The meaning of each term that stands in a group."""
    found: dict[Term, Meaning] | None = cache.get(_KEY)
    if found is None:
        found = _read()
        cache.set(_KEY, found, CACHE_SECONDS)
    return found


def clear_synonyms_cache() -> None:
    """After an edit. Other processes that share no cache with this one notice within CACHE_SECONDS."""
    cache.delete(_KEY)


def _read() -> dict[Term, Meaning]:
    from catalogue.models import SynonymGroup

    found: dict[Term, Meaning] = {}
    kinds: dict[Term, list[list[Term]]] = {}  # of each wider term, group by group
    for words in SynonymGroup.objects.values_list("words", flat=True):
        group, _, wider = words.partition(">")
        terms = _terms_of(group)
        for term in terms:
            _add(found.setdefault(term, Meaning()).same, terms)
        for term in _terms_of(wider):
            kinds.setdefault(term, []).append(terms)
    for term, groups in kinds.items():
        _add_kinds(found, found.setdefault(term, Meaning([term])).same.copy(), groups)
    return found


def _add_kinds(found: dict[Term, Meaning], wider: list[Term], groups: list[list[Term]]) -> None:
    """wider: terms that mean the same. groups: of terms that are kinds of it."""
    every_kind = [term for group in groups for term in group]
    for term in wider:
        _add(found[term].same, every_kind)
    for group in groups:
        for term in group:
            _add(found[term].wider, wider)
            _add(found[term].apart, [each for each in every_kind if each not in found[term].same])


def _terms_of(text: str) -> list[Term]:
    return list(dict.fromkeys(term for part in text.split(",") if (term := words_of(part))))


def _add(known: list[Term], others: list[Term]) -> None:
    known += [each for each in others if each not in known]
