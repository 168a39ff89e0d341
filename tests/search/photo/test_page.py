import json
import re

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.test import override_settings

from catalogue.models import Product
from search.answer_types import GarmentAnswer, PhotoAnswer
from search.photo.form import PhotoPageForm
from search.photo.overlay import default_garment
from search.photo.overlay import moved as moved_box
from search.photo.throttling import PhotoThrottle
from search.services import search_query
from tests.factories import make_image, make_product
from tests.search.photos import cache_photo, photo_bytes
from tests.search.vectors import make_embedded_catalogue, make_encoder

pytestmark = pytest.mark.django_db
MAX_QUERIES = 20


@pytest.fixture
def encoder():
    return make_encoder()


@pytest.fixture
def shop(encoder):
    """150 products, 50 of each category; the photo shows product 0, a dress, and product 1, a top."""
    vectors, products = make_embedded_catalogue(encoder, products=150, images=1)
    return products, cache_photo(encoder, vectors)


def text_of(response):
    return response.content.decode()


def names_in(response):
    return re.findall(r'<span class="name">([^<]+)</span>', text_of(response))


def test_without_a_photo_the_page_asks_for_one_and_says_what_happens_to_it(client):
    page = text_of(client.get("/photo/"))
    assert 'type="file"' in page
    assert 'capture="environment"' in page
    assert "kept in memory for 30 minutes" in page


def test_the_likeliest_garment_is_searched_for_and_its_product_comes_first(client, shop):
    response = client.get("/photo/", {"query": shop[1]})
    assert names_in(response)[0] == "Product 0"
    assert 'id="garment-0" href="/photo/?query=' in text_of(response)
    assert re.search(r'id="garment-0"[^>]*aria-current="true"', text_of(response))
    assert "Very similar" in text_of(response)


def test_another_garment_is_a_link_away(client, shop):
    page = text_of(client.get("/photo/", {"query": shop[1]}))
    link = re.search(r'id="garment-1" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert names_in(client.get(link))[0] == "Product 1"


def test_the_garments_are_drawn_over_the_photo_without_a_style_attribute(client, shop):
    page = text_of(client.get("/photo/", {"query": shop[1]}))
    assert 'viewBox="0 0 90 120"' in page
    assert 'points="9.0,12.0 45.0,12.0 45.0,72.0 9.0,72.0"' in page
    assert " style=" not in page


def test_numbers_over_the_photo_do_not_follow_the_language(client, shop):
    page = text_of(client.get("/photo/", {"query": shop[1]}, headers={"accept-language": "id"}))
    assert "Sangat mirip" in page
    assert re.search(r'cx="27\.0"', page)
    assert re.search(r'name="x0"|x0=10\.0', page)


def test_the_whole_photo_looks_everywhere(client, shop):
    response = client.get("/photo/", {"query": shop[1], "whole": 1})
    assert len(names_in(response)) == 24
    assert "150 products" in text_of(response)
    assert re.search(r'id="whole"[^>]*aria-current="true"', text_of(response))


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        ({"colour": "black"}, lambda number: number % 6 == 0),
        ({"category": "skirt"}, lambda number: number % 3 == 2),
        ({"garment_type": "top"}, lambda number: number % 3 == 1),
        ({"brand": "brand-3"}, lambda number: number in (3,)),
        ({"price_min": "60", "price_max": "90"}, lambda number: 60 <= number <= 90 and number % 3 == 0),
        ({"q": "product 12"}, lambda number: number == 12),
    ],
)
def test_filters_need_no_second_photo(client, shop, filters, passes):
    found = names_in(client.get("/photo/", {"query": shop[1], **filters}))
    assert found
    assert all(passes(int(name.split()[1])) for name in found)


def test_filters_stay_when_another_garment_is_chosen(client, shop):
    page = text_of(client.get("/photo/", {"query": shop[1], "colour": "red", "offset": 24}))
    link = re.search(r'id="garment-1" href="([^"]+)"', page)[1]
    assert "colour=red" in link
    assert "offset" not in link


def test_facets_count_what_can_be_chosen(client, shop):
    page = text_of(client.get("/photo/", {"query": shop[1]}))
    assert re.search(r'name="colour" value="black".*?<span class="count">25</span>', page)


def test_a_number_that_is_an_estimate_says_so(client, shop, monkeypatch):
    assert "50 products, most similar first" in text_of(client.get("/photo/", {"query": shop[1]}))
    monkeypatch.setattr("search.photo.page.COUNT_UP_TO", 49)
    assert "about 50 products, most similar first" in text_of(client.get("/photo/", {"query": shop[1]}))


def test_kinds_are_counted_whatever_kind_is_looked_at(client, shop):
    for kind in ("", "top"):
        page = text_of(client.get("/photo/", {"query": shop[1], "garment_type": kind}))
        counted = re.findall(r'name="garment_type" value="(\w+)".*?<span class="count">(\d+)</span>', page)
        assert sorted(counted) == [(garment_type, "50") for garment_type in ("dress", "skirt", "top")]
    assert re.search(r'value="top" checked', page)
    page = text_of(client.get("/photo/", {"query": shop[1], "colour": "black"}))
    assert set(re.findall(r'name="garment_type" value="\w+".*?<span class="count">(\d+)</span>', page)) == {"25"}


def test_who_shows_an_outfit_hardly_means_the_surest_shoe():
    shoe = GarmentAnswer(0, "shoe", "footwear", 0.99, (0.4, 0.9, 0.5, 0.95), [])
    dress = GarmentAnswer(1, "dress", "dress", 0.9, (0.3, 0.2, 0.6, 0.8), [])
    doubtful = GarmentAnswer(2, "coat", "outerwear", 0.35, (0.2, 0.1, 0.7, 0.9), [])
    answer = PhotoAnswer("query", 300, 400, [shoe, dress, doubtful], {}, "encoder", 24, 0)
    assert default_garment(answer) == 1


def test_a_pair_of_shoes_is_one_chip_drawn_as_two(client, encoder, shop):
    """Either shoe's address leads there: the API counts each, and a link may name any of them."""
    vector = np.eye(encoder.dimensions, dtype=np.float32)[0]
    boxes = [(0.3, 0.9, 0.4, 0.95), (0.5, 0.9, 0.6, 0.95)]
    query = cache_photo(encoder, [vector] * 3, garment_types=("dress", "footwear", "footwear"), boxes=[None, *boxes])
    for garment in (1, 2):
        page = text_of(client.get("/photo/", {"query": query, "garment": garment}))
        assert re.findall(r'class="chip" id="(garment-\d)"', page) == ["garment-0", "garment-1"]
        assert re.search(r'id="garment-1"[^>]*aria-current="true"', page)
        assert '<h2 id="found-title">Footwear</h2>' in page
        shade = re.search(r'class="shade" fill-rule="evenodd" d="([^"]+)"', page)[1]
        assert shade.count("Z") == 3, "the photo's edge and a hole for each shoe"
        assert "x0=30.0&amp;y0=90.0&amp;x1=60.0&amp;y1=95.0" in page, "a box of one's own begins round both"
    answer = search_query(query=query, limit=1)
    assert [garment.pair for garment in answer.garments] == [(), (2,), (1,)]


def test_pages_follow_each_other_without_a_product_twice(client, shop):
    first = client.get("/photo/", {"query": shop[1]})
    link = re.search(r'rel="next" href="([^"]+)"', text_of(first))[1].replace("&amp;", "&")
    second = client.get("/photo/" + link)
    assert len(set(names_in(first) + names_in(second))) == 48


def test_by_price_the_nearest_are_put_in_order(client, shop):
    response = client.get("/photo/", {"query": shop[1], "ordering": "-price"})
    numbers = [int(name.split()[1]) for name in names_in(response)]
    assert numbers == sorted(numbers, reverse=True)
    assert "by price." in text_of(response)


def test_a_deleted_photo_is_answered_with_a_notice(client, shop):
    response = client.post(f"/photo/{shop[1]}/delete/", follow=True)
    assert "Your photo has been deleted." in text_of(response)
    gone = client.get("/photo/", {"query": shop[1]})
    assert gone.status_code == 410
    assert "photos are deleted after 30 minutes" in text_of(gone)
    assert 'type="file"' in text_of(gone)


def test_the_photo_itself_is_for_its_owner_only(client, shop):
    response = client.get(f"/photo/{shop[1]}/photo.webp")
    assert response["Content-Type"] == "image/webp"
    assert "private" in response["Cache-Control"]
    assert client.get("/photo/0000000000000000000000/photo.webp").status_code == 404


def test_nothing_close_is_said(client, encoder, shop):
    encoder.calibration = {"": [-0.2, -0.1]}
    encoder.save()
    page = text_of(client.get("/photo/", {"query": shop[1]}))
    assert "We found nothing very similar" in page


def test_no_garment_is_said_and_the_whole_photo_answers(client, encoder):
    vectors, _ = make_embedded_catalogue(encoder, products=6, images=1)
    query = cache_photo(encoder, vectors, garment_types=())
    page = text_of(client.get("/photo/", {"query": query}))
    assert "We found no garment in this photo" in page
    assert 'class="card"' in page


def test_filters_that_leave_nothing_offer_a_way_on(client, shop):
    page = text_of(client.get("/photo/", {"query": shop[1], "q": "zeppelin"}))
    assert "No products match these filters." in page
    assert "Clear all filters" in page


@pytest.mark.parametrize("odd", ["garment=99", "x0=90&y0=90&x1=10"])
def test_an_address_typed_by_hand_falls_back(client, shop, odd):
    response = client.get(f"/photo/?query={shop[1]}&{odd}", follow=True)
    assert response.status_code == 200
    assert "Product 0" in text_of(response)


@pytest.mark.parametrize("odd", ["garment=x", "price_min=cheap", "colour=mauve", "offset=99999", "ordering=size"])
def test_a_value_that_makes_no_sense_is_named(client, shop, odd):
    response = client.get(f"/photo/?query={shop[1]}&{odd}")
    page = text_of(response)
    assert response.status_code == 400
    assert odd.split("=")[0] in re.search(r'is-error">([^<]+)<', page)[1]


def test_queries_are_few_and_do_not_grow_with_the_results(client, shop, django_assert_max_num_queries):
    for query in (
        {},
        {"whole": 1},
        {"colour": "red", "category": "dress", "brand": "brand-3", "price_min": 1, "q": "product"},
    ):
        with django_assert_max_num_queries(MAX_QUERIES):
            client.get("/photo/", {"query": shop[1], **query})


# -- sending ------------------------------------------------------------------------------------------------------


def post(client, accept="text/html", **fields):
    return client.post("/photo/", fields, headers={"accept": accept})


def upload(content, name="photo.jpg"):
    return ContentFile(content, name=name)


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({}, 400, "Choose a photo first"),
        ({"image": b"not a photo"}, 400, "This is not a picture"),
        ({"image_url": "ftp://example.org/x.jpg"}, 400, "We could not fetch a photo"),
        ({"image_url": "http://127.0.0.1/x.jpg"}, 400, "We could not fetch a photo"),
        ({"scene": "../../secret.jpg"}, 404, "This example is no longer here"),
        ({"product_image": "999999"}, 404, "This product photo is no longer here"),
        ({"product_image": "1 OR 1=1"}, 404, "This product photo is no longer here"),
    ],
)
def test_each_refusal_has_its_own_sentence(client, encoder, fields, status, words):
    if "image" in fields:
        fields = {"image": upload(fields["image"])}
    response = post(client, **fields)
    assert response.status_code == status
    assert words in text_of(response)
    assert 'type="file"' in text_of(response)


def test_a_module_gets_the_same_sentence_as_json(client, encoder):
    response = post(client, accept="application/json", image=upload(b"not a photo"))
    assert response.status_code == 400
    assert json.loads(response.content)["error"].startswith("This is not a picture")


@override_settings(PHOTO_MAX_BYTES=1000)
def test_a_large_file_is_refused_with_both_sizes(client, encoder):
    response = post(client, image=upload(b"x" * 2_000_000))
    assert response.status_code == 413
    assert "2 MB" in text_of(response)


def test_a_hidden_product_lends_no_photo(client, encoder):
    image = make_image(make_product(is_active=False))
    assert post(client, product_image=image.pk).status_code == 404


def test_before_the_first_embedding_the_shop_says_so(client):
    response = post(client, image=upload(photo_bytes()))
    assert response.status_code == 503
    assert "being set up" in text_of(response)


def test_many_photos_in_a_minute_are_too_many(client, encoder, monkeypatch):
    monkeypatch.setattr(PhotoThrottle, "rate", "5/min", raising=False)
    monkeypatch.setattr(PhotoThrottle, "timer", lambda self: 1_000.0)  # one minute, however slow the machine
    assert [post(client).status_code for _ in range(6)] == [400] * 5 + [429]


def test_examples_are_what_lies_in_the_folder(client, media):
    default_storage.save("samples/scenes/street-01.jpg", ContentFile(photo_bytes()))
    default_storage.save("samples/scenes/notes.txt", ContentFile(b"x"))
    page = text_of(client.get("/photo/"))
    assert 'value="samples/scenes/street-01.jpg"' in page
    assert "notes.txt" not in page


def test_home_shows_an_example_whose_garments_are_for_sale(client, media):
    garments = [
        {"product_id": make_image(make_product()).product.sku, "box": [number, 0, number + 10, 20]}
        for number in range(4)
    ]
    default_storage.save("samples/scenes/street-01.jpg", ContentFile(photo_bytes()))
    scene = {"width": 90, "height": 120, "garments": garments}
    default_storage.save("samples/scenes/street-01.json", ContentFile(json.dumps(scene).encode()))
    page = text_of(client.get("/"))
    assert page.count('class="number"') == 4
    assert "Try this photo" in page


def test_home_does_without_an_example_it_cannot_read(client, media):
    default_storage.save("samples/scenes/street-01.jpg", ContentFile(photo_bytes()))
    default_storage.save("samples/scenes/street-01.json", ContentFile(b"[1, 2"))
    assert "Tap a photo to try it" in text_of(client.get("/"))


# -- a box of one's own -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "box"),
    [
        ("x0=10&y0=20&x1=30&y1=40", (0.1, 0.2, 0.3, 0.4)),
        ("x0=30&y0=40&x1=10&y1=20", (0.1, 0.2, 0.3, 0.4)),  # drawn from the lower right
        ("x0=50&y0=50&x1=50&y1=50", (0.5, 0.5, 0.52, 0.52)),  # a tap and not a drag
        ("x0=100&y0=100&x1=100&y1=100", (0.98, 0.98, 1.0, 1.0)),
        ("x0=10&y0=20&x1=30", None),
        ("x0=10&y0=20&x1=30&y1=200", None),
        ("x0=nan&y0=20&x1=30&y1=40", None),
    ],
)
def test_a_box_is_put_in_order(query, box):
    found = PhotoPageForm(QueryDict(query)).box
    assert found == (pytest.approx(box) if box else None)


@pytest.mark.parametrize(
    ("box", "step", "moved"),
    [
        ((0.2, 0.2, 0.5, 0.5), (-1, 0, -1, 0), (0.17, 0.2, 0.47, 0.5)),
        ((0.01, 0.2, 0.31, 0.5), (-1, 0, -1, 0), (0.0, 0.2, 0.3, 0.5)),  # stops at the edge, keeps its size
        ((0.2, 0.69, 0.5, 0.99), (0, 1, 0, 1), (0.2, 0.7, 0.5, 1.0)),
        ((0.2, 0.2, 0.5, 0.5), (-1, 0, 1, 0), (0.17, 0.2, 0.53, 0.5)),
        ((0.2, 0.2, 0.25, 0.5), (1, 0, -1, 0), (0.2, 0.2, 0.25, 0.5)),  # too narrow to get narrower
        ((0.0, 0.0, 1.0, 1.0), (-1, 0, 1, 0), (0.0, 0.0, 1.0, 1.0)),
    ],
)
def test_a_nudge_is_one_step_within_the_photo(box, step, moved):
    assert moved_box(box, step) == pytest.approx(moved)


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"price_max": "1"}, "Nothing here costs so little."),
        ({"price_min": "99999999"}, "Nothing here costs so much."),
        ({"price_min": "2000", "price_max": "1000"}, "is above the highest, 1,000."),
    ],
)
def test_prices_that_leave_nothing_are_explained(client, shop, filters, sentence):
    Product.objects.update(price=100_000)
    assert sentence in text_of(client.get("/photo/", {"query": shop[1], **filters}))
