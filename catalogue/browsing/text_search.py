"""Full-text search over products, by PostgreSQL's own means.

A trigger (migration 0002) keeps `Product.document` up to date, whoever writes the row: name (weight A), brand and
category (B), the attributes' values (C), description (D). Each text is read three times: `simple` keeps words as
written, for brands and codes; `english` and `indonesian` add the stems of the shop's two languages.
"""

from django.contrib.postgres.search import SearchQuery
from django.db import connection

CONFIGURATIONS = ("simple", "english", "indonesian")


class TextQuery(SearchQuery):
    """A query that PostgreSQL has read: `words` as typed, `reading` as lexemes and operators, taken as they are."""

    def __init__(self, words: str, reading: str) -> None:
        super().__init__(reading, search_type="raw")
        self.words, self.reading = words, reading

    def as_sql(self, compiler, connection, function=None, template=None):
        return "%s::tsquery", [self.reading]


def text_query(text: str) -> TextQuery:
    """The query for what somebody typed (words, "a phrase", -without): any language's reading of it may match.

    PostgreSQL is asked for the readings first, one query: mostly all three are the same, and to look the same words up
    three times takes three times as long.
    """
    with connection.cursor() as cursor:
        cursor.execute(_READINGS, [text, list(CONFIGURATIONS)])
        readings = [reading for (reading,) in cursor.fetchall()]
    return TextQuery(text, " | ".join(f"({reading})" for reading in readings))


_READINGS = """
    SELECT reading::text FROM (
        SELECT websearch_to_tsquery(name::regconfig, %s) AS reading, min(place) AS place
        FROM unnest(%s) WITH ORDINALITY AS languages (name, place) GROUP BY reading
    ) AS read WHERE numnode(reading) > 0 ORDER BY place"""
