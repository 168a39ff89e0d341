"""Words that mean the same in a search; the merchant edits them in the admin."""

from __future__ import annotations

from django.core.cache import cache

from catalogue.browsing.words import words_of

Term = tuple[str, ...]  # the words of a term, as `words_of` cuts them: ("celana", "pendek")
_KEY, CACHE_SECONDS = "synonyms", 300


def synonyms() -> dict[Term, list[Term]]:
    """Each term with all terms of its groups, itself included."""
    found: dict[Term, list[Term]] | None = cache.get(_KEY)
    if found is None:
        found = _read()
        cache.set(_KEY, found, CACHE_SECONDS)
    return found


def clear_synonyms_cache() -> None:
    """After an edit. Other processes that share no cache with this one notice within CACHE_SECONDS."""
    cache.delete(_KEY)


def _read() -> dict[Term, list[Term]]:
    from catalogue.models import SynonymGroup

    found: dict[Term, list[Term]] = {}
    for words in SynonymGroup.objects.values_list("words", flat=True):
        terms = list(dict.fromkeys(term for text in words.split(",") if (term := words_of(text))))
        for term in terms:
            known = found.setdefault(term, [])
            known += [each for each in terms if each not in known]
    return found
