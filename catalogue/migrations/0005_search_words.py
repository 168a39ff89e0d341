from django.db import migrations, models

# Words joined by signs (Tee/Kaos, Dr.Martens, a.p.c., AB-123) are read as separate words and as one; accents are left
# out; letters and digits are told apart (AB123 is AB 123 too). PostgreSQL's own parser would take such words for file
# names, hosts and negative numbers. Punctuation is listed, since what counts as a letter depends on the locale.
SEARCH_TEXT = r"""
CREATE FUNCTION catalogue_search_text(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(plain, '[!-/:-@[-`{-~’‘]+', ' ', 'g')
        || coalesce((SELECT ' ' || string_agg(regexp_replace(found[1], '[-./_&+''’‘]', '', 'g'), ' ')
                     FROM regexp_matches(
                         plain, '([^\s!-/:-@[-`{-~’‘]+(?:[-./_&+''’‘][^\s!-/:-@[-`{-~’‘]+)+)', 'g') AS found
                     WHERE length(found[1]) <= 40), '')
        || coalesce((SELECT ' ' || string_agg(regexp_replace(found[1], '([^0-9])([0-9])|([0-9])([^0-9])',
                                                             '\1\3 \2\4', 'g'), ' ')
                     FROM regexp_matches(
                         plain, '([A-Za-z]+[0-9][A-Za-z0-9]*|[0-9]+[A-Za-z][A-Za-z0-9]*)', 'g') AS found), '')
    FROM (SELECT regexp_replace(normalize(coalesce(words, ''), NFKD), '[\u0300-\u036f]', '', 'g') AS plain) AS text
$$;

CREATE OR REPLACE FUNCTION catalogue_words(words text, weight "char") RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('simple'::regconfig, plain) ||
                     to_tsvector('english'::regconfig, plain) ||
                     to_tsvector('indonesian'::regconfig, plain), weight)
    FROM (SELECT catalogue_search_text(words) AS plain) AS text
$$;
"""

# The colours that were seen in a product's photos are words, and the garment type of a category that holds one type.
DOCUMENT = """
CREATE OR REPLACE FUNCTION catalogue_product_document() RETURNS trigger LANGUAGE plpgsql AS $$
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

DROP TRIGGER category_renamed ON catalogue_category;
CREATE TRIGGER category_renamed AFTER UPDATE OF name, garment_types ON catalogue_category FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.garment_types IS DISTINCT FROM NEW.garment_types)
    EXECUTE FUNCTION catalogue_category_renamed();
"""

OLD_FUNCTIONS = """
CREATE OR REPLACE FUNCTION catalogue_words(words text, weight "char") RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('simple'::regconfig, coalesce(words, '')) ||
                     to_tsvector('english'::regconfig, coalesce(words, '')) ||
                     to_tsvector('indonesian'::regconfig, coalesce(words, '')), weight)
$$;

DROP FUNCTION catalogue_search_text(text);

CREATE OR REPLACE FUNCTION catalogue_product_document() RETURNS trigger LANGUAGE plpgsql AS $$
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

DROP TRIGGER category_renamed ON catalogue_category;
CREATE TRIGGER category_renamed AFTER UPDATE OF name ON catalogue_category
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION catalogue_category_renamed();
"""

# The trigger makes each document anew.
DOCUMENTS_ANEW = "UPDATE catalogue_product SET document = NULL"

SYNONYMS = """
dress, gaun, terusan
t-shirt, tee, kaos, kaus
shirt, kemeja
top, atasan
blouse, blus
sweater, pullover, jumper, baju hangat
hoodie, hoodies, jaket hoodie
cardigan, kardigan
jacket, jaket
coat, mantel
outerwear, luaran, outer
trousers, pants, celana, celana panjang
jeans, denim, jins
leggings, legging
shorts, celana pendek
skirt, rok
jumpsuit, playsuit, overall
shoes, shoe, footwear, sepatu, alas kaki
sandals, sandal
sneakers, sneaker, trainers, sepatu kets
boots, boot, sepatu bot
high heels, heels, hak tinggi
bag, tas
handbag, tas tangan
backpack, ransel, tas punggung
hat, topi
headwear, penutup kepala
cap, topi bisbol
hijab, kerudung, jilbab
accessory, accessories, aksesori, aksesoris
belt, ikat pinggang, sabuk
scarf, syal
socks, kaos kaki, kaus kaki
stockings, stoking
underwear, pakaian dalam
pyjamas, pajamas, sleepwear, baju tidur, piyama
swimwear, swimsuit, baju renang, pakaian renang
maternity, hamil, baju hamil
plus size, ukuran besar
black, hitam
white, putih
grey, gray, abu, abu-abu
beige, krem, cream
brown, cokelat, coklat
red, merah
orange, oranye
yellow, kuning
green, hijau
blue, biru
purple, ungu, violet
pink, merah muda
cotton, katun
linen, rami
silk, sutra
leather, kulit
wool, wol
lace, renda
knit, rajut
floral, bunga
striped, stripes, garis
checked, plaid, kotak-kotak
polka dot, polkadot
plain, polos
long sleeve, lengan panjang
short sleeve, lengan pendek
sleeveless, tanpa lengan
women, woman, wanita, perempuan
men, man, pria, laki-laki
children, kids, anak
""".strip()


def add_synonyms(apps, schema_editor):
    synonyms = apps.get_model("catalogue", "SynonymGroup").objects
    synonyms.bulk_create(synonyms.model(words=words) for words in SYNONYMS.splitlines())


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_public_attributes_and_prices")]

    operations = [
        migrations.CreateModel(
            name="SynonymGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "words",
                    models.CharField(
                        help_text="Words that mean the same, separated by commas, as in: dress, gaun, terusan.",
                        max_length=500,
                        unique=True,
                        verbose_name="words",
                    ),
                ),
            ],
            options={"verbose_name": "synonyms", "verbose_name_plural": "synonyms", "ordering": ["words"]},
        ),
        migrations.RunPython(add_synonyms, migrations.RunPython.noop),
        migrations.RunSQL(SEARCH_TEXT + DOCUMENT, OLD_FUNCTIONS),
        migrations.RunSQL(DOCUMENTS_ANEW, DOCUMENTS_ANEW),
    ]
