"""Full-text search over products, by PostgreSQL's own means.

A trigger keeps `Product.document` up to date, so that bulk loading, the admin and plain SQL all get it right: name
(weight A), brand and category (B), the attributes' values (C), description (D). Each text is read three times: `simple`
keeps words as written, for brands and codes; `english` and `indonesian` add the stems of the shop's two languages.
"""

from django.contrib.postgres.search import SearchQuery
from django.db import connection

CONFIGURATIONS = ("simple", "english", "indonesian")

INSTALL_TRIGGERS = """
CREATE FUNCTION catalogue_words(words text, weight "char") RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('simple'::regconfig, coalesce(words, '')) ||
                     to_tsvector('english'::regconfig, coalesce(words, '')) ||
                     to_tsvector('indonesian'::regconfig, coalesce(words, '')), weight)
$$;

CREATE FUNCTION catalogue_product_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.document :=
        catalogue_words(NEW.name, 'A') ||
        catalogue_words(NEW.brand || ' ' || NEW.sku, 'B') ||
        catalogue_words((SELECT name FROM catalogue_category WHERE id = NEW.category_id), 'B') ||
        catalogue_words((SELECT string_agg(value, ' ')
                         FROM jsonb_each_text(CASE jsonb_typeof(NEW.attributes) WHEN 'object'
                                              THEN NEW.attributes ELSE '{}' END)), 'C') ||
        catalogue_words(left(NEW.description, 20000), 'D');
    RETURN NEW;
END $$;

CREATE TRIGGER product_document BEFORE INSERT OR UPDATE ON catalogue_product
    FOR EACH ROW EXECUTE FUNCTION catalogue_product_document();

CREATE FUNCTION catalogue_category_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalogue_product SET document = NULL WHERE category_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER category_renamed AFTER UPDATE OF name ON catalogue_category
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION catalogue_category_renamed();
"""

REMOVE_TRIGGERS = """
DROP TRIGGER category_renamed ON catalogue_category;
DROP TRIGGER product_document ON catalogue_product;
DROP FUNCTION catalogue_category_renamed();
DROP FUNCTION catalogue_product_document();
DROP FUNCTION catalogue_words(text, "char");
"""


class ReadQuery(SearchQuery):
    """A query that PostgreSQL has read: `words` as typed, `reading` as lexemes and operators, taken as they are."""

    def __init__(self, words: str, reading: str) -> None:
        super().__init__(reading, search_type="raw")
        self.words, self.reading = words, reading

    def as_sql(self, compiler, connection, function=None, template=None):
        return "%s::tsquery", [self.reading]


def text_query(text: str) -> ReadQuery:
    """The query for what somebody typed (words, "a phrase", -without): any language's reading of it may match.

    PostgreSQL is asked for the readings first, one query: mostly all three are the same, and to look the same words up
    three times takes three times as long.
    """
    with connection.cursor() as cursor:
        cursor.execute(_READINGS, [text, list(CONFIGURATIONS)])
        readings = [reading for (reading,) in cursor.fetchall()]
    return ReadQuery(text, " | ".join(f"({reading})" for reading in readings))


_READINGS = """
    SELECT reading::text FROM (
        SELECT websearch_to_tsquery(name::regconfig, %s) AS reading, min(place) AS place
        FROM unnest(%s) WITH ORDINALITY AS languages (name, place) GROUP BY reading
    ) AS read WHERE numnode(reading) > 0 ORDER BY place"""
