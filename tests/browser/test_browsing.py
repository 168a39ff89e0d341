"""What a person does who looks around."""

import json
import re

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import transaction
from playwright.sync_api import expect

from catalogue.models import Product
from tests.factories import make_category, make_image, make_product, picture_bytes

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_home_to_a_product_and_its_photos(page, shop):
    page.goto("/")
    page.click(".tiles a:has-text('Dress')")
    expect(page.locator("h1")).to_have_text("Dress")
    page.click("#products a >> nth=0")
    expect(page.locator("h1")).to_have_text("Dress 57")
    page.click("[data-zoom] >> nth=0")
    expect(page.locator("dialog.zoom img")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.zoom")).not_to_be_visible()
    expect(page.locator("text=Similar products")).to_be_visible()


def test_arrow_keys_walk_through_the_large_photos(page, shop):
    product = Product.objects.get(name="Dress 0")
    make_image(product, position=1)
    page.goto(product.get_absolute_url())
    page.click("[data-zoom] >> nth=0")
    picture = page.locator("dialog.zoom img")
    expect(picture).to_have_attribute("alt", "Dress 0, photo 1")
    page.keyboard.press("ArrowRight")
    expect(picture).to_have_attribute("alt", "Dress 0, photo 2")
    page.keyboard.press("ArrowRight")
    expect(picture).to_have_attribute("alt", "Dress 0, photo 1")
    page.click("[data-close]")
    expect(page.locator("dialog.zoom")).not_to_be_visible()


def test_any_photo_of_the_shop_can_be_searched_with(page, shop):
    sent = []
    page.route("**/photo/", lambda route: (sent.append(route.request.post_data), route.fulfill(body="<h1>sent</h1>")))
    page.goto("/c/dress/")
    button = page.get_by_role("button", name="Search with the photo of Dress 57")
    expect(button).to_have_css("opacity", "0")
    page.hover(".card >> nth=0")
    expect(button).to_have_css("opacity", "1")
    button.click()
    expect(page.locator("h1")).to_have_text("sent")
    assert sent == [f"product_image={Product.objects.get(name='Dress 57').main_image.pk}"]


def test_a_list_is_narrowed_without_a_reload_and_said_aloud(page, shop):
    page.goto("/search/")
    page.evaluate("window.stayed = true")
    page.check("#category-skirt")
    expect(page.locator(".summary p")).to_have_text("20 products")
    page.check("#colour-blue")
    expect(page.locator(".summary p")).to_have_text("10 products")
    expect(page.locator("#announcement")).to_have_text("10 products")
    expect(page).to_have_url(re.compile(r"\?category=skirt&colour=blue$"))  # and no empty fields
    assert page.evaluate("document.activeElement.id") == "colour-blue"
    assert page.evaluate("window.stayed")
    page.go_back()
    expect(page.locator(".summary p")).to_have_text("20 products")


def test_the_next_page_is_appended(page, shop):
    page.goto("/search/")
    page.locator("#more").scroll_into_view_if_needed()
    expect(page.locator("#products > li").nth(24)).to_be_attached()


def test_back_after_show_more_returns_to_the_place_and_the_focus_stays(sized, shop):
    sized.goto("/search/")
    sized.focus("#more a[rel=next]")
    sized.keyboard.press("Enter")
    expect(sized.locator("#products > li")).to_have_count(48)
    assert sized.evaluate("document.activeElement === document.querySelector('#products > li:nth-child(25) a')")
    product = sized.locator("#products > li").nth(40)
    product.scroll_into_view_if_needed()
    name, before = product.locator(".name").inner_text(), sized.evaluate("scrollY")
    assert before > 500
    product.locator("a").first.click()
    expect(sized.locator("h1")).to_have_text(name)
    sized.go_back()
    expect(sized.locator("#products > li").nth(40).locator(".name")).to_have_text(name)
    expect(sized.locator("#products > li").nth(40)).to_be_in_viewport()
    assert abs(sized.evaluate("scrollY") - before) < 60
    sized.locator("#more").scroll_into_view_if_needed()
    expect(sized.locator("#products > li")).to_have_count(60)  # and it goes on from there


def test_suggestions_by_keyboard(page, shop):
    page.goto("/")
    page.locator("#words").press_sequentially("dre", delay=20)
    expect(page.locator("#suggestions a").first).to_contain_text("Dress")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/c/dress/"))
    page.locator("#words").press_sequentially("dress 3", delay=20)
    expect(page.locator("#suggestions a").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions a")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=dress"))


def test_the_language_is_switched_where_one_is(page, shop):
    page.goto("/search/")
    page.check("#colour-blue")
    expect(page).to_have_url(re.compile("colour=blue"))
    page.click("button[lang=id]")
    expect(page.locator("html")).to_have_attribute("lang", "id")
    expect(page).to_have_url(re.compile("colour=blue"))
    expect(page.locator("h1")).to_have_text("Semua produk")


def test_the_first_tab_leads_past_the_head(page, shop):
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_on_a_telephone_nothing_is_wider_than_the_screen(phone, shop):
    product = Product.objects.first().get_absolute_url()
    for address in ["/", "/c/dress/", "/search/?q=nothing+of+this", product, "/nowhere/"]:
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_on_a_telephone_filters_unfold_and_stay_so(phone, shop):
    phone.goto("/c/dress/")
    expect(phone.locator("#filters")).not_to_be_visible()
    phone.click("label[for=show-filters]")
    phone.check("#colour-blue")
    expect(phone.locator(".summary p")).to_have_text("10 products")
    expect(phone.locator("#filters")).to_be_visible()


def test_without_javascript_filters_have_a_button_and_pages_a_link(plain, shop):
    plain.goto("/search/")
    plain.check("#category-skirt")
    plain.click("#filters >> text=Show")
    expect(plain.locator(".summary p")).to_have_text("20 products")
    plain.goto("/search/")
    plain.click("a[rel=next]")
    expect(plain.locator("#products > li")).to_have_count(24)
    plain.click("text=Back to the first page")
    expect(plain.locator("#products .name").first).to_have_text("Skirt 59")


def test_what_is_promised_has_its_place_before_it_comes(page, shop):
    """No layout shift: photos and parts that arrive later move nothing that is there."""
    page.goto("/")
    page.evaluate(
        """() => {
            window.shift = 0;
            const add = (list) => list.getEntries().forEach((entry) => (window.shift += entry.value));
            new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
        }"""
    )
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shift") < 0.02


def test_the_first_page_is_light_and_one_file_blocks_it(page, shop):
    sizes, hosts = {}, set()

    def note(response):
        hosts.add(response.url.split("/")[2])
        if response.request.resource_type != "image":
            sizes[response.url] = len(response.body())

    page.on("response", note)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert len(hosts) == 1
    assert sum(sizes.values()) < 150_000, sizes
    blocking = page.locator("head link[rel=stylesheet], head script[src]:not([defer]):not([type=module]):not([async])")
    expect(blocking).to_have_count(1)


def test_a_filter_on_a_scrolled_list_keeps_its_place(sized, shop):
    sized.goto("/search/")
    sized.locator("#more").scroll_into_view_if_needed()
    expect(sized.locator("#products > li")).to_have_count(48)
    unfold_filters(sized)
    sized.locator("#brand-ombak").scroll_into_view_if_needed()
    before = sized.evaluate("scrollY")
    sized.check("#brand-ombak")
    expect(sized.locator(".chosen .chip")).to_have_count(1)
    assert sized.evaluate("scrollY") <= before + 2


def unfold_filters(page):
    """On a telephone they are folded."""
    if not page.locator("#filters").is_visible():
        page.click("label[for=show-filters]")


@pytest.mark.parametrize("width", [390, 1440])
def test_suggestions_lie_above_everything_and_take_their_clicks(open_browser, shop, width):
    page = open_browser(viewport={"width": width, "height": 900})
    page.goto("/c/dress/")
    page.locator("#words").press_sequentially("dress", delay=20)
    suggestions = page.locator("#suggestions a")
    expect(suggestions.nth(2)).to_be_visible()
    for number in range(3):
        on_top = (
            "(link) => { const box = link.getBoundingClientRect();"
            " return link.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }"
        )
        assert suggestions.nth(number).evaluate(on_top), number
    suggestions.nth(2).click()
    expect(page.locator("article.product h1")).to_be_visible()


LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenknopf" * 3


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_nothing_scrolls_sideways_whatever_the_words(open_browser, shop, width):
    page = open_browser(viewport={"width": width, "height": 640})
    product = Product.objects.first()
    Product.objects.filter(pk=product.pk).update(
        name=LONG, brand=LONG[:120], description=LONG, attributes={LONG[:60]: LONG}
    )
    brand = f"/search/?brand={LONG[:120]}"
    for address in ["/", "/search/", brand, f"/search/?q={LONG}", product.get_absolute_url(), "/photo/", "/nowhere/"]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_at_400_percent_zoom_the_head_leaves_the_page_to_the_page(open_browser, shop):
    page = open_browser(viewport={"width": 320, "height": 225})
    page.goto("/c/dress/")
    page.evaluate("scrollTo(0, 600)")
    assert page.evaluate("document.querySelector('header.top').getBoundingClientRect().bottom") < 0


@pytest.mark.parametrize("width", [390, 1440])
def test_forced_colours_show_where_one_is(open_browser, shop, width):
    page = open_browser(forced_colors="active", viewport={"width": width, "height": 900})
    page.goto(shop.looked_at())
    current, other = (
        page.locator(".chip[aria-current]").first,
        page.locator(".garments .chip:not([aria-current])").first,
    )
    background = "(chip) => getComputedStyle(chip).backgroundColor"
    assert current.evaluate(background) != other.evaluate(background)


def test_prices_are_read_as_they_are_shown_and_wrong_ones_said_in_place(sized, shop):
    sized.goto("/search/")
    unfold_filters(sized)
    sized.fill("#price_min", "cheap")
    sized.press("#price_min", "Enter")
    expect(sized.locator(".notice.is-error")).to_contain_text("“cheap” is not a price")
    sized.fill("#price_min", "150.000")
    sized.press("#price_min", "Enter")
    expect(sized.locator(".summary p")).to_have_text("10 products")
    expect(sized.locator(".chosen .chip")).to_contain_text("From 150,000")
    sized.click("button[lang=id]")
    expect(sized.locator(".chosen .chip")).to_contain_text("150.000")
    expect(sized.locator(".summary p")).to_have_text("10 produk")


def test_words_of_the_trade_find_what_is_sold(sized, shop):
    """Each in its own language: synonyms, colours that were seen, shades, mistyped words, prices."""
    for words, number in [
        ("gaun", 20),
        ("red dresses", 10),
        ("rok biru tua", 10),
        ("merah", 30),
        ("dres", 20),
        ("dress under 110.000", 4),
    ]:
        sized.goto(f"/search/?q={words}")
        expect(sized.locator(".summary p")).to_have_text(f"{number} products")
    sized.goto("/search/?q=wool dress")  # no product has both words
    expect(sized.locator("main")).to_contain_text("Closest matches")
    sized.locator("#words").fill("drss")
    expect(sized.locator("#suggestions a").first).to_contain_text("Dress")


# -- a home page that fits any catalogue ----------------------------------------------------------------------------


def rows_of(page, selector):
    """How many of the visible elements lie in each row."""
    tops = page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility())
            .map((each) => Math.round(each.getBoundingClientRect().top))""",
        selector,
    )
    return [tops.count(top) for top in sorted(set(tops))]


@pytest.mark.parametrize("number", [4, 7, 11, 13])
def test_no_tile_of_a_grid_stands_alone(sized, media, number):
    with transaction.atomic():
        for each in range(number):
            make_image(make_product(category=make_category(name=f"Category {each}"), name=f"P {each}"), position=0)
    sized.goto("/")
    for selector in [".tiles > li", "#new .grid > li"]:
        rows = rows_of(sized, selector)
        assert len(rows) == 1 or rows[-1] > 1, (selector, rows)
    for address in [
        "/search/",
        "/favourites/?ids=" + ",".join(str(pk) for pk in Product.objects.values_list("pk", flat=True)),
    ]:
        sized.goto(address)
        rows = rows_of(sized, "#products > li")
        last = sized.locator("#products > li").last.bounding_box()
        width = sized.locator("#products").bounding_box()["width"]
        assert rows[-1] > 1 or last["width"] > 0.99 * width, (address, rows)  # a telephone's fills the row
        assert sized.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_photos_of_all_shapes_lie_on_one_ground(sized, media):
    with transaction.atomic():
        for size in [(300, 400), (400, 300), (300, 300), (200, 600)]:
            make_image(make_product(), picture=picture_bytes(size=size), position=0)
    sized.goto("/search/")
    frames = sized.evaluate(
        """() => [...document.querySelectorAll(".card .frame")].map((frame) => {
            const size = ["width", "height"].map((side) => Math.round(frame.getBoundingClientRect()[side]));
            const blend = getComputedStyle(frame.querySelector("img")).mixBlendMode;
            return [...size, getComputedStyle(frame).backgroundColor, blend];
        })"""
    )
    assert len(frames) == 4
    assert all(frame == frames[0] for frame in frames)
    assert frames[0][3] == "multiply"


def test_the_hero_of_a_shop_of_ones_own_shows_its_photos(sized, shop):
    default_storage.delete("samples/scenes/street-01.jpg")
    cache.clear()
    sized.goto("/")
    hero = sized.locator(".example.is-own")
    expect(hero.locator("button img")).to_be_visible()
    expect(hero.locator("li")).to_have_count(4)
    photo, products = hero.locator("button").bounding_box(), hero.locator("ol").bounding_box()
    assert abs(photo["height"] - products["height"]) < 2
    assert sized.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_footer_leads_to_the_pages_of_text(sized, shop):
    sized.goto("/")
    sized.locator("footer").get_by_role("link", name="Privacy").click()
    expect(sized.locator("h1")).to_have_text("Privacy")
    expect(sized.locator("main")).to_contain_text("no person sees it")
    assert sized.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("locale", "name", "language"), [("en-GB", "Tops", None), ("id-ID", "Atasan", "id")])
def test_categories_are_named_in_the_readers_language(open_browser, media, settings, locale, name, language):
    settings.CATALOGUE_LANGUAGE = "id"
    make_product(category=make_category(name="Atasan", slug="a", name_en="Tops"))
    make_product(category=make_category(name="Rok", slug="rok"))
    page = open_browser(locale=locale)
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto("/")
        expect(page.locator("nav.categories a").first).to_have_text(name)
        marked = page.locator("nav.categories [lang=id]")
        expect(marked).to_have_text(["Rok"] if locale == "en-GB" else [])


def test_availability_and_prices_that_leave_nothing(sized, media):
    product = make_product(name="Gone", availability="out_of_stock", price=100_000)
    make_image(product, position=0)
    sized.goto("/search/?price_max=5000")
    expect(sized.locator(".empty")).to_contain_text("Nothing here costs so little. The lowest price is 100,000.")
    sized.goto("/search/")
    expect(sized.locator(".card .stock")).to_have_text("Out of stock")
    sized.goto(product.get_absolute_url())
    expect(sized.locator(".availability")).to_have_text("Out of stock")
    described = json.loads(sized.locator("script[type='application/ld+json']").first.text_content())
    assert described["offers"]["availability"] == "https://schema.org/OutOfStock"
    Product.objects.update(availability="")
    sized.reload()
    assert "availability" not in sized.locator("script[type='application/ld+json']").first.text_content().lower()
    expect(sized.locator(".availability")).to_have_count(0)
    sized.goto("/search/?price_min=300000&price_max=200000")
    expect(sized.locator(".notice.is-error")).to_contain_text("is above the highest")
