import pytest
from django.core.cache import cache

from catalogue import querysets
from catalogue.browsing.text_search import parse, units_of
from catalogue.models import Category, Product, SynonymGroup
from tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db


def names(text):
    return {product.name for product in Product.objects.visible().matching_text(text)}


@pytest.mark.parametrize(
    ("typed", "tsquery"),
    [
        ("batik", "('batik')"),
        ("seams", "('seams' | 'seam')"),
        ("batik -denim9", "('batik') & !('denim9')"),
        ('"batik seam"', "((('batik') <-> ('seam')))"),
        ("the", "('the')"),  # a stop word in English, and part of a name in another language
        ("the batik", "('batik')"),
        ("a.p.c.", "((('a') <-> ('p') <-> ('c')) | 'apc')"),
        ("", ""),
        ("!!!", ""),
    ],
)
def test_each_word_is_read_in_all_languages(typed, tsquery):
    assert parse(typed).tsquery == tsquery


@pytest.mark.parametrize(
    "typed", ["o'neill", "sku-9", "a\\b", "<->", "'", "rok & | !", "50%", '"', "-", '-"a b"', "🧥"]
)
def test_whatever_is_typed_is_a_query(typed):
    product = make_product(name=f"Garment {typed}", sku="SKU-9")
    assert set(Product.objects.matching_text(typed)) <= {product}


@pytest.fixture
def signs():
    make_product(name="Dr. Martens 1460", sku="AB-1")
    make_product(name="Tee/Kaos Pria", sku="AB-2")
    make_product(name="Kemeja/Blouse A.P.C. Wanita", sku="AB-3", brand="")
    make_product(name="Kaos polos", sku="CD124")
    make_product(name="Café Crème", sku="AB-5")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kaos", {"Tee/Kaos Pria", "Kaos polos"}),
        ("blouse", {"Kemeja/Blouse A.P.C. Wanita"}),
        ("dr martens", {"Dr. Martens 1460"}),
        ("dr. martens", {"Dr. Martens 1460"}),
        ("dr.martens", {"Dr. Martens 1460"}),
        ("martens", {"Dr. Martens 1460"}),
        ("kemeja -blouse", set()),
        ("apc", {"Kemeja/Blouse A.P.C. Wanita"}),
        ("a.p.c.", {"Kemeja/Blouse A.P.C. Wanita"}),
        ("ab2", {"Tee/Kaos Pria"}),
        ("AB-2", {"Tee/Kaos Pria"}),
        ("cd-124", {"Kaos polos"}),
        ("cd 124", {"Kaos polos"}),
        ("cd124", {"Kaos polos"}),
        ("cafe creme", {"Café Crème"}),
        ("café crème", {"Café Crème"}),
    ],
)
def test_signs_and_accents_do_not_matter(signs, typed, found):
    assert names(typed) == found


@pytest.fixture
def trade():
    dresses, shoes = make_category(), make_category(name="Alas Kaki", garment_types=["footwear"])
    make_product(name="Floral midi", category=dresses, colours=["black"], price=150_000)
    make_product(name="Evening gown", category=dresses, colours=["red"], price=450_000)
    make_product(name="Runner", category=shoes, colours=["white", "black"])
    make_product(name="Basic T-shirt", category=make_category(name="Atasan", garment_types=["top"]), colours=["white"])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("gaun", {"Floral midi", "Evening gown"}),
        ("black dress", {"Floral midi"}),
        ("gaun hitam", {"Floral midi"}),
        ("dresses", {"Floral midi", "Evening gown"}),
        ("sepatu hitam", {"Runner"}),
        ("black shoes", {"Runner"}),
        ("kaos putih", {"Basic T-shirt"}),
        ("tshirt", {"Basic T-shirt"}),
        ("t-shirts", {"Basic T-shirt"}),
        ("gaun -merah", {"Floral midi"}),
        ("dress under 200000", {"Floral midi"}),
        ("gaun di atas 200rb", {"Evening gown"}),
        ("flo", {"Floral midi"}),
        ("evning", {"Evening gown"}),
    ],
)
def test_the_search_knows_the_trade(trade, typed, found):
    cache.clear()
    assert names(typed) == found


@pytest.mark.parametrize(
    ("typed", "first"),
    [("tops", "Basic T-shirt"), ("kaos", "Basic T-shirt"), ("sneakers", "Sneakers"), ("shoes", "High-top runner")],
)
def test_products_of_the_type_come_before_those_that_only_have_the_word(trade, typed, first):
    """In the name it weighs more than in the category's: high-top sneakers are no tops, kaos kaki are socks."""
    Product.objects.filter(name="Runner").update(name="High-top runner")
    make_product(name="Kaos kaki", category=make_category(name="Kaos kaki", garment_types=["underwear", "accessory"]))
    make_product(name="Sneakers", category=make_category(name="Sepatu", garment_types=["footwear"]))
    make_product(name="Shoes print scarf", category=make_category(name="Scarves", garment_types=["accessory"]))
    cache.clear()
    found = list(Product.objects.matching_text(typed).order_by_rank())
    place = [product.name for product in found].index(first)
    assert {product.category.garment_types[0] for product in found[: place + 1]} == set(
        found[place].category.garment_types
    )


def test_where_a_thing_is_not_sold_its_type_is_offered(trade, client):
    make_product(name="Satchel", category=make_category(name="Tas", garment_types=["bag"]))
    cache.clear()
    page = client.get("/search/", {"q": "handbag"}).content.decode()
    assert "Closest matches" in page
    assert "Satchel" in page
    assert "Runner" not in page
    assert "0 products" not in page.replace('data-announce="0 products"', "")


def test_a_category_is_found_by_its_names_in_both_languages(client):
    category = make_category(name="Rok", garment_types=["skirt"])
    make_product(name="Ajeng 12", category=category)
    Category.objects.filter(pk=category.pk).update(name_en="Pinafores", name_id="Bawahan")
    cache.clear()
    assert names("pinafore") == names("bawahan") == names("rok") == {"Ajeng 12"}


def test_a_word_with_synonyms_is_not_corrected():
    make_product(name="Blus daun hijau", category=make_category(name="Atasan", garment_types=["top"]))
    cache.clear()
    query = Product.objects.visible().parse_query("gaun")
    assert (query.words, names("gaun")) == ("gaun", set())


def test_synonyms_of_several_words_are_one_unit():
    assert [unit.words for unit in units_of("celana pendek biru")] == [("celana", "pendek"), ("biru",)]
    assert [unit.words for unit in units_of('"celana" pendek')] == [("celana",), ("pendek",)]


def test_a_synonym_is_not_found_within_a_term_of_another_meaning():
    for name in ("T-Shirt polos", "Two T-Shirts", "Oxford shirt", "Kaos kaki", "Kaos oblong"):
        make_product(name=name, category=make_category(name="Atasan", slug="atasan"))
    cache.clear()
    assert names("kemeja") == {"Oxford shirt"}
    assert names("shirt") == {"T-Shirt polos", "Two T-Shirts", "Oxford shirt"}
    assert names("tee") == {"T-Shirt polos", "Two T-Shirts", "Kaos oblong"}
    assert names("socks") == {"Kaos kaki"}


SHADES = {
    "Navy shirt": "blue",
    "Kemeja biru muda": "blue",
    "Denim shirt": "blue",
    "Abu-abu tua": "grey",
    "Rose": "pink",
}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("biru tua", {"Navy shirt", "Denim shirt"}),
        ("dark blue", {"Navy shirt", "Denim shirt"}),
        ("sky blue", {"Kemeja biru muda", "Denim shirt"}),
        ("blue", {"Navy shirt", "Kemeja biru muda", "Denim shirt"}),
        ("biru", {"Navy shirt", "Kemeja biru muda", "Denim shirt"}),
        ("charcoal", {"Abu-abu tua"}),
        ("light grey", set()),
        ("merah muda", {"Rose"}),
        ("merah", set()),
    ],
)
def test_a_shade_is_one_term_and_a_kind_of_its_colour(typed, found):
    for name, colour in SHADES.items():
        make_product(name=name, colours=[colour])
    cache.clear()
    assert names(typed) == found


def test_a_shade_that_is_named_comes_before_its_colour():
    named, _ = (make_product(name=name, colours=["blue"]) for name in ("Navy", "Blue, biru"))
    assert Product.objects.matching_text("biru tua").order_by_rank().first() == named


def test_the_merchant_edits_synonyms(admin_client):
    make_product(name="Sarong")
    assert names("kain pantai") == set()
    admin_client.post("/admin/catalogue/synonymgroup/add/", {"words": "Sarong, kain pantai"})
    assert SynonymGroup.objects.filter(words="Sarong, kain pantai").exists()
    assert names("kain pantai") == {"Sarong"}


def test_colours_and_types_follow_their_rows(trade):
    product = Product.objects.get(name="Evening gown")
    Product.objects.filter(pk=product.pk).update(colours=["green"])
    assert names("green dress") == {"Evening gown"}
    product.category.garment_types = ["skirt"]
    product.category.save()
    assert names("green skirt") == {"Evening gown"}


def test_the_best_match_comes_first():
    described = make_product(name="Plain", description="to wear with batik")
    named = make_product(name="Batik")
    newest = make_product(name="Also plain", description="batik")
    assert list(Product.objects.matching_text("batik").order_by_rank()) == [named, newest, described]


def test_of_a_frequent_word_the_newest_are_ranked(monkeypatch):
    monkeypatch.setattr(querysets, "MAX_RANKED", 3)
    products = [make_product(name=f"Batik {number}", description="batik" * number) for number in range(5)]
    found = list(Product.objects.visible().matching_text("batik").order_by_rank())
    assert sorted(each.pk for each in found) == [each.pk for each in products[2:]]
    assert all(each.rank > 0 for each in found)


def test_without_words_there_is_nothing_to_rank():
    products = [make_product() for _ in range(2)]
    assert list(Product.objects.order_by("pk").order_by_rank()) == products
