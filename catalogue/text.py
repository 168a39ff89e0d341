"""Full-text search over products, by PostgreSQL's own means.

A trigger keeps `Product.document` up to date, so that bulk loading, the admin and plain SQL all get it right: name
(weight A), brand and category (B), the attributes' values (C), description (D). Each text is read three times: `simple`
keeps words as written, for brands and codes; `english` and `indonesian` add the stems of the shop's two languages.
"""

from django.contrib.postgres.search import SearchQuery

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


def text_query(text: str) -> SearchQuery:
    """The query for what somebody typed (words, "a phrase", -without): any language's reading of it may match."""
    query = SearchQuery(text, search_type="websearch", config=CONFIGURATIONS[0])
    for configuration in CONFIGURATIONS[1:]:
        query |= SearchQuery(text, search_type="websearch", config=configuration)
    return query
