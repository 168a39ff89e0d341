import pytest

from catalogue.models import Category, Product
from search import services
from search.models import Encoder, GarmentEmbedding
from tests.search.vectors import make_embedded_catalogue, make_encoder

pytestmark = pytest.mark.django_db
MAX_QUERIES = 21  # with the synonyms, which are kept for minutes


@pytest.fixture
def products():
    return make_embedded_catalogue(make_encoder(), products=90, images=1)[1]


def test_a_product_page_shows_what_looks_like_it(client, products):
    page = client.get(products[0].get_absolute_url()).content.decode()
    assert "Similar products" in page
    shelf = page.split("Similar products")[1].split("</section>")[0]
    assert shelf.count('class="card"') == 10
    assert f'hx-get="/p/{products[0].pk}/goes-with/"' in page


def test_it_is_shown_in_the_other_colours_once_each(client, products):
    Encoder.objects.update(calibration={"": [0.1, 2.0]})  # none is weak
    Product.objects.filter(pk__in=[product.pk for product in products[1:40:2]]).update(colours=["blue", "black"])
    _, recoloured = services.related_products(products[0], limit=10)
    assert sorted(result.product.colours[0] for result in recoloured) == ["blue", "red"]
    red = next(result for result in recoloured if result.product.colours == ["red"])
    assert red.product == services.similar_products(products[0], limit=1, colour="red")[0].product
    page = client.get(products[0].get_absolute_url()).content.decode()
    assert "In another colour" in page
    assert page.count('class="card"') == 12


@pytest.mark.parametrize(
    ("change", "is_kept"),
    [
        ({}, True),
        ({"garment_type": "skirt"}, False),
        ({"box": [0, 0, 1, 0.5]}, False),  # cropped
        ({"box": [0, 0, 0.95, 1]}, True),
    ],
)
def test_another_colour_has_the_same_type_and_cut(products, change, is_kept):
    Encoder.objects.update(calibration={"": [0.1, 2.0]})  # none is weak
    GarmentEmbedding.objects.filter(product__in=[product.pk for product in products[1:]]).update(**change)
    _, recoloured = services.related_products(products[0], limit=10)
    assert bool(recoloured) == is_kept


def test_of_what_a_model_wears_the_garment_that_the_name_names_is_the_product(products):
    product = products[0]
    Category.objects.filter(pk=product.category_id).update(garment_types=["top", "trousers"])
    Product.objects.filter(pk=product.pk).update(name="Atasan hamil")
    own = GarmentEmbedding.objects.get(product=product, ordinal=1)
    GarmentEmbedding.objects.filter(pk=own.pk).update(garment_type="top", score=0.6)
    own.ordinal, own.garment_type, own.score = 2, "trousers", 0.9
    own.save(force_insert=True)
    shown = GarmentEmbedding.objects.representative_of(Product.objects.get(pk=product.pk))
    assert shown.garment_type == "top"


def test_nothing_weak_is_called_the_same_in_another_colour(client, products):
    Encoder.objects.update(calibration={"": [0.0, 0.0]})  # every match is weak
    similar, recoloured = services.related_products(products[0], limit=10)
    assert (len(similar), recoloured) == (10, [])
    assert "In another colour" not in client.get(products[0].get_absolute_url()).content.decode()


def test_similar_products_of_one_colour(client, products):
    found = client.get(f"/api/v1/products/{products[0].pk}/similar/?colour=red&limit=100").json()
    assert len(found) == 15  # 45 are red, a third of them dresses as this is
    assert all("red" in Product.objects.get(pk=one["product"]["id"]).colours for one in found)
    refused = client.get(f"/api/v1/products/{products[0].pk}/similar/?colour=mauvish")
    assert (refused.status_code, list(refused.json())) == (400, ["colour"])


def test_a_result_says_what_both_share(products):
    (first, *_) = services.similar_products(products[0], limit=1)
    assert first.shared[0] == "dress"
    GarmentEmbedding.objects.update(garment_type="")  # seen as whole photos only
    shared = {
        result.product.category.name: result.shared for result in services.similar_products(products[0], limit=89)
    }
    assert shared["Dress"][0] == "Dress"  # the category
    assert "Dress" not in shared["Top"] + shared["Skirt"]


def test_what_goes_with_it_is_a_page_of_its_own(client, products):
    page = client.get(f"/p/{products[0].pk}/goes-with/").content.decode()
    assert f"Goes with {products[0].name}" in page


def test_queries_are_few(client, products, django_assert_max_num_queries):
    with django_assert_max_num_queries(MAX_QUERIES):
        client.get(products[0].get_absolute_url())
    with django_assert_max_num_queries(MAX_QUERIES):
        client.get(f"/p/{products[0].pk}/goes-with/")


def test_without_vectors_the_page_is_whole(client):
    from tests.factories import make_product

    page = client.get(make_product().get_absolute_url()).content.decode()
    assert "Similar products" not in page
    assert "Article number" in page
