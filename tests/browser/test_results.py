"""Which products a photo finds, and what is said of them, at the width of a telephone and of a desktop."""

import re

import numpy as np
import pytest
from django.db import transaction
from playwright.sync_api import expect

from catalogue.models import ProductImage
from search.models import GarmentEmbedding
from tests.factories import make_category, make_image, make_images, make_products
from tests.search.photos import cache_photo
from tests.search.rendered_shop import scenes
from tests.search.vectors import embed, make_encoder

pytestmark = pytest.mark.django_db(transaction=True)


def vector(*numbers):
    """(16,) float32 of unit length that begins with these."""
    padded = np.pad(np.array(numbers, np.float32), (0, 16 - len(numbers)))
    return padded / np.linalg.norm(padded)


# -- the background ------------------------------------------------------------------------------------------------


def test_the_background_of_a_product_does_not_decide(sized, shop):
    """A photo whose ground looks like the garment searched for, and whose garment does not."""
    image = ProductImage.objects.get(product__name="Dress 57")
    embed([image], shop.vectors[:1], shop.encoder, [""], ordinal=0)
    GarmentEmbedding.objects.filter(image=image, ordinal=0).update(found_by_type=False)  # as embed_catalogue stores it
    sized.goto(shop.looked_at())
    expect(sized.locator("#products .name").first).to_have_text("Dress 0")
    assert sized.locator("#products .name").nth(1).text_content() != "Dress 57"


# -- with the bundled models ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_comes_first_in_a_photo_and_what_fills_a_box(sized, models):
    """A drawn street scene; a box round the jacket in it is looked into, and the shop sells none."""
    path, scene = next((path, scene) for path, scene in scenes() if _types_of(scene) == ["outerwear", "dress"])
    sized.goto("/photo/")
    sized.set_input_files("#image", path)
    expect(sized).to_have_url(re.compile("garment="), timeout=60_000)
    chosen = sized.locator(".garments .chip[aria-current]")
    expect(chosen).to_have_text(re.compile("Top|Outerwear|Dress|Trousers|Skirt|Jumpsuit"))  # no shoe, no bag
    expect(chosen).to_be_in_viewport()
    x0, y0, x1, y1 = next(each["box"] for each in scene["garments"] if each["garment_type"] == "outerwear")
    width, height = (100 / side for side in SCENE_SIZE)
    box = f"x0={x0 * width:.1f}&y0={y0 * height:.1f}&x1={x1 * width:.1f}&y1={y1 * height:.1f}"
    sized.goto(re.sub("garment=[0-9]+", box, sized.url))
    expect(sized.locator("#found-title")).to_have_text("Your box")
    expect(sized.locator(".results .empty h2")).to_have_text("No outerwear here yet")
    button = sized.locator(".sides button")
    if sized.viewport_size["width"] == 390:
        button.scroll_into_view_if_needed()
    expect(button).to_be_in_viewport()
    assert sized.evaluate("document.documentElement.scrollWidth <= innerWidth")


SCENE_SIZE = (720, 960)


def _types_of(scene):
    return [each["garment_type"] for each in scene["garments"]]


# -- words ---------------------------------------------------------------------------------------------------------


def test_match_words_promise_nothing_in_a_shop_without_anything_alike(sized, media):
    """One dress, at three distances from three garments."""
    encoder = make_encoder()
    (product,) = make_products([{"name": "The only dress", "colours": ["red"]}])
    embed(make_images([product]), [vector(1)], encoder, ["dress"])
    photos = [vector(1, 0.05), vector(1, 0.9), vector(0, 1)]
    query = cache_photo(encoder, [*photos, vector(0, 0, 1)], garment_types=("dress",) * 3)
    for garment, (word, is_warned) in enumerate([("Very similar", 0), ("Similar", 0), ("Less similar", 1)]):
        sized.goto(f"/photo/?query={query}&garment={garment}")
        expect(sized.locator("#products .match")).to_have_text([word])
        expect(sized.locator(".count-words")).to_contain_text("1 product")
        expect(sized.get_by_text("We found nothing very similar.")).to_have_count(is_warned)


# -- the shape -----------------------------------------------------------------------------------------------------


def test_all_parts_of_a_garment_are_outlined(sized, shop):
    parts = [[(0.1, 0.1), (0.3, 0.1), (0.3, 0.4)], [(0.5, 0.5), (0.7, 0.5), (0.7, 0.9)]]
    query = cache_photo(shop.encoder, shop.vectors, garment_types=("dress",), polygons=parts)
    sized.goto(f"/photo/?query={query}")
    expect(sized.locator(".hotspot .outline")).to_have_count(2)
    answer = sized.request.post("/api/v1/search/photo/", form={"query": query}).json()
    assert [len(part) for part in answer["garments"][0]["polygons"]] == [3, 3]


# -- in another colour ---------------------------------------------------------------------------------------------


def test_in_another_colour_shows_the_same_garment_in_other_colours(sized, media):
    with transaction.atomic():
        encoder = make_encoder()
        skirts = make_category(name="Skirt", garment_types=["skirt"])
        products = make_products(
            [
                {"name": "Red dress", "colours": ["red"]},
                {"name": "Blue dress", "colours": ["blue"]},
                {"name": "Bluer dress", "colours": ["blue"]},
                {"name": "Blue skirt", "colours": ["blue"], "category": skirts},
                {"name": "Black dress, unlike", "colours": ["black"]},
            ]
        )
        vectors = [vector(1), vector(1, 0.3), vector(1, 0.4), vector(1, 0.1), vector(0, 1)]
        embed(make_images(products), vectors, encoder, ["dress", "dress", "dress", "skirt", "dress"])
    sized.goto(products[0].get_absolute_url())
    section = sized.locator("section.band", has_text="In another colour")
    expect(section.locator(".card .name")).to_have_text(["Blue dress"])
    section.locator(".card a").first.click()
    expect(sized.locator("h1")).to_have_text("Blue dress")
    assert sized.evaluate("document.documentElement.scrollWidth <= innerWidth")


# -- more like this ------------------------------------------------------------------------------------------------


def test_a_skirt_is_asked_for_longer_or_shorter_in_one_tap(sized, shop):
    """The shop's skirts are all as long as they are wide; the one in the photo is much shorter."""
    sized.goto(shop.looked_at(("dress", "skirt"), boxes=[(0.1, 0.1, 0.9, 0.9), (0.1, 0.4, 0.9, 0.5)]))
    expect(sized.locator("#longer")).to_have_count(0)  # a dress is as wide as its sleeves are spread
    sized.click("#garment-1")
    expect(sized.locator("#found-title")).to_have_text("Skirt")
    sized.click("#longer")
    expect(sized.locator(".chosen .chip")).to_contain_text("Longer")
    expect(sized.locator(".count-words")).to_contain_text("20 products")
    expect(sized.locator("#shorter")).to_be_visible()
    sized.click("#shorter")
    expect(sized.locator(".empty h2")).to_have_text("No products match these filters.")
    sized.locator(".empty").get_by_text("Clear all filters").click()
    expect(sized.locator(".chosen .chip")).to_have_count(0)
    expect(sized.locator("#products > li")).to_have_count(20)
    assert sized.evaluate("document.documentElement.scrollWidth <= innerWidth")


# -- any photo of the shop -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_photo_of_a_product_finds_the_garment_that_the_product_is(sized, models):
    path, _ = scenes()[0]
    skirts = make_category(name="Skirt", garment_types=["skirt"])
    product = make_products([{"name": "Shown on the street", "category": skirts}])[0]
    make_image(product, picture=path.read_bytes(), position=0)
    sized.goto("/c/skirt/")
    sized.get_by_role("button", name="Search with the photo of Shown on the street").dispatch_event("click")
    expect(sized.locator("#photo-results")).to_be_visible(timeout=60_000)
    expect(sized.locator("#found-title")).to_be_visible()
