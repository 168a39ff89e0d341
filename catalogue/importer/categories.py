"""Names of categories, from folders ("KnitWear___Cardigan") and from cells ("Women > Dresses")."""

from __future__ import annotations

import hashlib
import re
from functools import cache

from django.utils.text import slugify

from catalogue.importer.values import clean_text

MAX_SLUG = 140


@cache  # a few dozen differ among a million rows
def category_name(text: str) -> str:
    """How a shopper reads it: "___" is " & ", "_" a space, "Dress_copy" the same as "Dress"; of a path, its end."""
    name = clean_text(text)
    name = re.split(r"\s*[>›»]\s*", name.rstrip(" >›»"))[-1]
    name = re.sub(r"[_ -]+copy([_ ]?\(?\d+\)?)?$|\s*-?\s*\(\d+\)$", "", name, flags=re.IGNORECASE) or name
    return " ".join(name.replace("___", " & ").replace("_", " ").split())


@cache
def category_slug(name: str) -> str:
    """The slug of a category's name; one made of a hash for names in a script that slugs cannot hold."""
    slug = slugify(name.replace("&", " "))[:MAX_SLUG].strip("-")
    return slug or "c-" + hashlib.sha256(name.casefold().encode()).hexdigest()[:12]
