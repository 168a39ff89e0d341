from django.db import migrations

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


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunSQL(INSTALL_TRIGGERS, REMOVE_TRIGGERS)]
