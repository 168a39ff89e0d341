"""The document of a text search becomes a generated column: made when a product's words change, and only then.

The row triggers that kept it read three languages at every update, also of a price alone.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

# As in 0005, in plpgsql whose expressions all are simple: a call of an SQL function that is not inlined, or a subquery in
# plpgsql, costs many times what it computes. Texts without accents, joined words or digits beside letters are spared
# the expressions for those.
FUNCTIONS = r"""
CREATE OR REPLACE FUNCTION catalogue_rewritten(words text, pattern text, part text, replacement text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    found text := '';
    rest text := words;
    word text;
BEGIN
    IF length(words) > 500 THEN  -- the loop's time grows with the square of the length
        RETURN coalesce((SELECT string_agg(' ' || regexp_replace(match[1], part, replacement, 'g'), '')
                         FROM regexp_matches(words, '(' || pattern || ')', 'g') AS match
                         WHERE length(match[1]) <= 40), '');
    END IF;
    LOOP
        word := substring(rest from pattern);
        EXIT WHEN word IS NULL;
        IF length(word) <= 40 THEN
            found := found || ' ' || regexp_replace(word, part, replacement, 'g');
        END IF;
        rest := substr(rest, strpos(rest, word) + length(word));
    END LOOP;
    RETURN found;
END $$;

CREATE OR REPLACE FUNCTION catalogue_search_text(words text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    plain text := coalesce(words, '');
    found text;
BEGIN
    IF octet_length(plain) <> length(plain) THEN
        plain := regexp_replace(normalize(plain, NFKD), '[\u0300-\u036f]', '', 'g');
    END IF;
    found := regexp_replace(plain, '[!-/:-@[-`{-~’‘]+', ' ', 'g');
    IF plain ~ '\S[-./_&+''’‘]\S' THEN
        found := found || catalogue_rewritten(
            plain, '[^\s!-/:-@[-`{-~’‘]+(?:[-./_&+''’‘][^\s!-/:-@[-`{-~’‘]+)+', '[-./_&+''’‘]', '');
    END IF;
    IF plain ~ '[A-Za-z][0-9]|[0-9][A-Za-z]' THEN
        found := found || catalogue_rewritten(
            plain, '[A-Za-z]+[0-9][A-Za-z0-9]*|[0-9]+[A-Za-z][A-Za-z0-9]*',
            '([^0-9])([0-9])|([0-9])([^0-9])', '\1\3 \2\4');
    END IF;
    RETURN found;
END $$;

CREATE OR REPLACE FUNCTION catalogue_words(words text, weight "char") RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    plain text;
BEGIN
    IF words IS NULL OR words = '' THEN
        RETURN '';
    END IF;
    plain := catalogue_search_text(words);
    RETURN setweight(to_tsvector('simple'::regconfig, plain) || to_tsvector('english'::regconfig, plain)
                     || to_tsvector('indonesian'::regconfig, plain), weight);
END $$;

CREATE FUNCTION catalogue_document(name text, brand text, sku text, category_words text, colours varchar[],
                                   attributes jsonb, description text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path FROM CURRENT AS $$  -- pg_restore copies rows in with an empty one
DECLARE
    document tsvector;
BEGIN
    document := catalogue_words(name, 'A')
        || catalogue_words(concat_ws(' ', brand, sku, category_words, array_to_string(colours, ' ')), 'B');
    IF attributes <> '{}' AND jsonb_typeof(attributes) = 'object' THEN
        -- The values as a JSON array: its signs part words, but for the letters that stand for line ends and tabs.
        document := document || catalogue_words(
            regexp_replace(jsonb_path_query_array(attributes, '$.*')::text, '\\[nrt]', ' ', 'g'), 'C');
    END IF;
    IF description <> '' THEN
        document := document || catalogue_words(left(description, 20000), 'D');
    END IF;
    RETURN document;
END $$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION catalogue_document(text, text, text, text, varchar[], jsonb, text);
"""

DROP_TRIGGERS = """
DROP TRIGGER category_renamed ON catalogue_category;
DROP TRIGGER product_document ON catalogue_product;
DROP FUNCTION catalogue_category_renamed();
DROP FUNCTION catalogue_product_document();
"""
TRIGGERS = """
CREATE FUNCTION catalogue_product_document() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    category_name text;
    category_type text;
BEGIN
    SELECT name, CASE cardinality(garment_types) WHEN 1 THEN garment_types[1] ELSE '' END
    INTO category_name, category_type FROM catalogue_category WHERE id = NEW.category_id;
    NEW.document :=
        catalogue_words(NEW.name, 'A') ||
        catalogue_words(NEW.brand || ' ' || NEW.sku, 'B') ||
        catalogue_words(category_name, 'B') ||
        catalogue_words(category_type || ' ' || array_to_string(NEW.colours, ' '), 'B') ||
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
CREATE TRIGGER category_renamed AFTER UPDATE OF name, garment_types ON catalogue_category FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.garment_types IS DISTINCT FROM NEW.garment_types)
    EXECUTE FUNCTION catalogue_category_renamed();
UPDATE catalogue_product SET document = NULL;
"""

COPY_WORDS = """
UPDATE catalogue_product SET category_words = trim(concat_ws(' ', category.name, nullif(category.name_en, ''),
    nullif(category.name_id, ''), CASE cardinality(category.garment_types) WHEN 1 THEN category.garment_types[1] END))
FROM catalogue_category category WHERE category.id = catalogue_product.category_id
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0006_names_and_texts")]

    operations = [
        migrations.RunSQL(migrations.RunSQL.noop, TRIGGERS),
        migrations.RemoveIndex(model_name="product", name="product_document"),
        migrations.RunSQL(DROP_TRIGGERS, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="product", name="document"),
        migrations.AddField(
            model_name="product",
            name="category_words",
            field=models.CharField(blank=True, default="", editable=False, max_length=400),
        ),
        migrations.RunSQL(COPY_WORDS, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.AddField(
            model_name="product",
            name="document",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    "name", "brand", "sku", "category_words", "colours", "attributes", "description",
                    function="catalogue_document",
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(null=True),
            ),
        ),
        migrations.AddIndex(
            model_name="product",
            index=django.contrib.postgres.indexes.GinIndex("document", name="product_document"),
        ),
    ]
