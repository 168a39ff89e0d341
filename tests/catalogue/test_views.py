import json
import re

import pytest
from django.urls import reverse

from catalogue.models import Product
from catalogue.views import columns_of
from tests.factories import make_category, make_image, make_images, make_product, make_products

pytestmark = pytest.mark.django_db
MAX_QUERIES = 20


@pytest.fixture
def shop():
    dress, skirt = make_category(), make_category(name="Rok", garment_types=["skirt"])
    products = make_products(
        {
            "name": f"Gaun {number}",
            "category": dress if number % 3 else skirt,
            "brand": ["Senja", "Ombak", "Kaya & Co"][number % 3],
            "price": 100_000 + number * 1_000,
            "colours": [["red"], ["blue"], ["black", "white"]][number % 3],
        }
        for number in range(30)
    )
    make_images(products)
    make_images(products, position=1)
    return dress


def text_of(response):
    return response.content.decode()


def cards_in(response):
    return re.findall(r'class="card"', text_of(response))


def test_home_shows_categories_and_new_arrivals(client, shop):
    page = text_of(client.get("/"))
    assert "Seen it in the street?" in page
    assert reverse("category", args=["rok"]) in page
    assert page.count('class="card"') == 15
    assert page.index("Gaun 29") < page.index("Gaun 20")


def test_an_empty_shop_still_has_a_home(client):
    assert "There are no products yet." in text_of(client.get("/"))


def test_what_was_mistyped_is_said(client, shop):
    page = text_of(client.get("/search/?q=gaunn"))
    assert "No results for “gaunn”. Showing results for “gaun”." in page
    assert "30 products" in page
    assert "No results for" not in text_of(client.get("/search/?q=gaun"))


@pytest.mark.parametrize(
    ("query", "language", "sentence"),
    [
        ("price_max=5000", "en", "Nothing here costs so little. The lowest price is 100,000."),
        ("price_min=900000", "en", "Nothing here costs so much. The highest price is 129,000."),
        ("price_min=110100&price_max=110200", "en", "The prices here go from 100,000 to 129,000."),
        ("price_min=900000", "id", "Harga tertinggi adalah 129.000."),
        ("q=gaun+under+5000", "en", "Nothing here costs so little. The lowest price is 100,000."),
        ("q=gaun&price_min=900000", "en", "Nothing here costs so much."),
        ("price_min=300000&price_max=200000", "en", "The lowest price, 300,000, is above the highest, 200,000."),
    ],
)
def test_prices_that_leave_nothing_are_explained(client, shop, query, language, sentence):
    assert sentence in text_of(client.get(f"/search/?{query}", headers={"Accept-Language": language}))


@pytest.mark.parametrize("query", ["q=zeppelin", "q=zeppelin&price_max=110000", "colour=green"])
def test_prices_are_not_blamed_where_they_are_not_the_reason(client, shop, query):
    page = text_of(client.get(f"/search/?{query}"))
    assert "No products found" in page
    assert not re.search("costs so|prices here", page)


@pytest.mark.parametrize(
    ("availability", "language", "label", "schema"),
    [
        ("in_stock", "en", "In stock", "InStock"),
        ("limited", "en", "Few left", "LimitedAvailability"),
        ("preorder", "id", "Prapesan", "PreOrder"),
        ("out_of_stock", "id", "Habis", "OutOfStock"),
    ],
)
def test_a_product_page_says_whether_it_can_be_had(client, availability, language, label, schema):
    product = make_product(availability=availability)
    page = text_of(client.get(product.get_absolute_url(), headers={"Accept-Language": language}))
    assert f'<p class="availability is-{availability}">{label}</p>' in page
    assert f'"availability": "https://schema.org/{schema}"' in page


def test_nothing_is_said_of_an_availability_that_is_not_known(client):
    page = text_of(client.get(make_product().get_absolute_url()))
    assert "availability" not in page
    assert "InStock" not in page


def test_a_card_says_what_is_out_of_stock(client):
    make_product(name="Gone", availability="out_of_stock")
    make_product(name="There", availability="in_stock")
    assert text_of(client.get("/search/")).count('<span class="stock">Out of stock</span>') == 1


@pytest.mark.parametrize(
    "query, language, label",
    [
        ("price_min=110000&price_max=120000.50", "en", "110,000 – 120,000.5"),
        ("price_min=110000", "en", "From 110,000"),
        ("price_max=120000", "id", "Hingga 120.000"),
        ("price_min=cheap", "en", "From cheap"),
        ("price_min=NaN", "en", "From NaN"),
        ("price_max=-Infinity", "en", "Up to -Infinity"),
    ],
)
def test_a_chosen_price_is_written_as_the_reader_writes_it(client, shop, query, language, label):
    page = text_of(client.get(f"/search/?{query}", headers={"accept-language": language}))
    assert label in page


def test_where_nothing_matches_there_is_a_way_on(client, shop):
    page = text_of(client.get("/search/?q=zeppelin"))
    nothing = page[page.index('class="empty"') :]
    assert "Search with a photo" in nothing
    assert reverse("category", args=["rok"]) in nothing


def test_a_category_shows_its_products_and_what_narrows_them(client, shop):
    response = client.get(shop.get_absolute_url())
    page = text_of(response)
    assert len(cards_in(response)) == 20
    assert "20 products" in page
    assert re.search(r'name="brand" value="Ombak".*?<span class="count">10</span>', page)
    assert 'name="brand" value="Senja"' not in page  # its garments are all skirts


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("brand=Ombak", 10),
        ("brand=Ombak&brand=Kaya+%26+Co", 20),
        ("colour=red", 0),
        ("colour=blue&price_max=110000", 4),
        ("q=gaun", 20),
    ],
)
def test_a_category_is_narrowed_down(client, shop, query, count):
    assert len(cards_in(client.get(f"{shop.get_absolute_url()}?{query}"))) == count


def test_the_next_page_is_a_link_and_goes_on(client, shop):
    first = client.get("/search/?colour=red&colour=blue&colour=black")
    link = re.search(r'rel="next" href="([^"]+)"', text_of(first))[1].replace("&amp;", "&")
    second = client.get("/search/" + link)
    assert (len(cards_in(first)), len(cards_in(second))) == (24, 6)
    assert "noindex" in text_of(second)
    assert "Back to the first page" in text_of(second)


def test_a_chosen_filter_can_be_taken_away(client, shop):
    page = text_of(client.get("/search/?brand=Ombak&colour=blue&q=gaun"))
    assert 'href="?brand=Ombak&amp;q=gaun"' in page
    assert 'href="?colour=blue&amp;q=gaun"' in page


def test_a_value_that_makes_no_sense_is_named_and_left_out(client, shop):
    response = client.get("/search/?price_min=cheap")
    assert response.status_code == 400
    assert "“cheap” is not a price. Please write it as in 199000." in text_of(response)
    assert len(cards_in(response)) == 24


def test_text_search_finds_words_and_says_so_where_there_are_none(client, shop):
    assert len(cards_in(client.get("/search/?q=gaun+7"))) == 1
    page = text_of(client.get("/search/?q=zeppelin"))
    assert "No products found" in page
    assert reverse("photo") in page


def test_where_no_product_has_all_words_those_that_have_some_are_offered(client, shop):
    page = text_of(client.get("/search/?q=gaun+zeppelin"))
    assert "0 products" in page
    assert page.index("Closest matches") < page.index("Gaun 29")


def test_a_cheap_search_begins_with_the_cheapest(client, shop):
    page = text_of(client.get("/search/?q=cheap+gaun+under+103000"))
    assert "4 products" in page
    assert page.index("Gaun 0<") < page.index("Gaun 3<")


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("typed", ["120000", "120.000", "120,000", "Rp 120.000"])
def test_prices_are_read_as_the_page_writes_them(client, shop, typed, language):
    response = client.get("/search/", {"price_max": typed}, headers={"accept-language": language})
    assert re.search(r"21 (products|produk)", text_of(response))


def test_a_reversed_range_is_said(client, shop):
    response = client.get("/search/?price_min=200000&price_max=100000")
    assert response.status_code == 400
    assert text_of(response).count("The lowest price, 200,000, is above the highest, 100,000.") == 1


def test_text_search_escapes_what_was_typed(client, shop):
    assert "<script>alert" not in text_of(client.get("/search/", {"q": '"><script>alert(1)</script>'}))


def test_a_brand_has_a_page(client, shop):
    response = client.get(reverse("brand", args=["Kaya & Co"]))
    assert len(cards_in(response)) == 10
    assert client.get(reverse("brand", args=["Nobody"])).status_code == 404
    assert client.get("/b/%00/").status_code == 404


def test_a_product_page_describes_its_product(client, shop):
    product = Product.objects.get(name="Gaun 5")
    page = text_of(client.get(product.get_absolute_url()))
    assert "<h1>Gaun 5</h1>" in page
    assert "Rp\N{NO-BREAK SPACE}105,000" in page
    assert page.count("data-zoom") == 2
    assert f'<link rel="canonical" href="http://testserver{product.get_absolute_url()}">' in page


def test_a_product_tells_search_engines_what_it_is(client):
    product = make_product(name="A </script> dress", price=99, currency="USD")
    make_image(product)
    page = text_of(client.get(product.get_absolute_url()))
    found = [
        json.loads(block) for block in re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page)
    ]
    assert [block["@type"] for block in found] == ["Product", "BreadcrumbList"]
    assert found[0]["name"] == "A </script> dress"
    assert found[0]["offers"]["price"] == "99.00"


def test_the_price_is_written_as_the_reader_writes_it(client, shop):
    product = Product.objects.get(name="Gaun 5")
    page = text_of(client.get(product.get_absolute_url(), headers={"accept-language": "id"}))
    assert "Rp\N{NO-BREAK SPACE}105.000" in page
    assert '<html lang="id">' in page
    assert "Cari dengan foto ini" in page


def test_an_old_address_of_a_product_leads_to_it(client, shop):
    product = Product.objects.first()
    response = client.get(f"/p/{product.pk}/old-name/")
    assert (response.status_code, response["Location"]) == (301, product.get_absolute_url())


def test_a_hidden_product_is_not_there(client):
    product = make_product(is_active=False)
    response = client.get(product.get_absolute_url())
    assert response.status_code == 404
    assert "Page not found" in text_of(response)


def test_a_product_without_anything_still_has_a_page(client):
    product = make_product(price=None, brand="", attributes=["odd"], description="")
    assert client.get(product.get_absolute_url()).status_code == 200


def pages():
    return [
        "/",
        "/c/dress/",
        "/c/dress/?brand=Ombak&colour=blue&price_min=1&q=gaun",
        "/search/?q=gaun",
        "/search/?q=gaun&category=dress&brand=Ombak&colour=blue&price_min=1",
        "/b/Ombak/",
    ]


@pytest.mark.parametrize("address", pages())
def test_queries_are_few_and_do_not_grow_with_the_rows(client, shop, address, django_assert_max_num_queries):
    client.get(address)
    with django_assert_max_num_queries(MAX_QUERIES) as few:
        client.get(address)
    for number in range(40):
        make_image(make_product(name=f"Gaun {100 + number}", brand="Ombak", price=2_000, colours=["blue"]))
    with django_assert_max_num_queries(len(few)):
        client.get(address)


def test_queries_of_a_product_page_do_not_grow_with_its_images(client, shop, django_assert_max_num_queries):
    product = Product.objects.first()
    with django_assert_max_num_queries(MAX_QUERIES) as few:
        client.get(product.get_absolute_url())
    for position in range(2, 8):
        make_image(product, position=position)
    with django_assert_max_num_queries(len(few)):
        client.get(product.get_absolute_url())


def test_no_page_has_inline_style_or_script_without_its_nonce(client, shop):
    for address in [*pages(), Product.objects.first().get_absolute_url(), "/photo/", "/nothing/"]:
        response = client.get(address)
        page = text_of(response)
        assert not re.search(r"<[^>]+ (style|on\w+)=", page), address
        for tag in re.findall(r"<script[^>]*>", page):
            assert " src=" in tag or re.search(r'nonce="[^"]+"', tag), (address, tag)
        assert "unsafe-inline" not in response["Content-Security-Policy"]


def test_no_page_names_another_host(client, shop):
    for address in [*pages(), "/photo/"]:
        for other in re.findall(r'(?:src|srcset|href|action)="(https?://[^"/]+)', text_of(client.get(address))):
            assert other == "http://testserver", (address, other)


def test_robots_and_sitemap_agree(client, shop):
    robots = text_of(client.get("/robots.txt"))
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    assert "http://testserver/sitemap-products.xml" in text_of(client.get("/sitemap.xml"))
    listed = text_of(client.get("/sitemap-products.xml"))
    assert listed.count("<loc>") == 30
    assert f"http://testserver{Product.objects.first().get_absolute_url()}" in listed


def test_the_page_for_a_fault_of_ours_needs_no_database(client, rf, django_assert_num_queries):
    from django.views.defaults import server_error

    with django_assert_num_queries(0):
        response = server_error(rf.get("/"))
    assert "Something went wrong" in text_of(response)


def test_the_language_can_be_switched(client, shop):
    client.post("/i18n/setlang/", {"language": "id", "next": "/"})
    assert "Baru datang" in text_of(client.get("/"))


@pytest.mark.parametrize("at_most", [6, 10])
@pytest.mark.parametrize("number", range(1, 41))
def test_no_tile_stands_alone_in_its_row(number, at_most):
    columns = columns_of(number, at_most=at_most)
    assert 1 <= columns <= at_most
    if number > columns and number != 1:
        assert number % columns != 1 or columns == at_most // 2
