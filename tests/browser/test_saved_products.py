"""What the browser remembers without an account: favourites, products viewed last, the photo searched with."""

import re

import pytest
from playwright.sync_api import expect

from catalogue.models import Product

pytestmark = pytest.mark.django_db(transaction=True)


def heart(page, number):
    product = Product.objects.get(name=number)
    return page.locator(f"[data-favourite='{product.pk}']").first


def names(page):
    return page.locator("#products .name").all_text_contents()


def has_no_sideways_scroll(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# -- favourites -----------------------------------------------------------------------------------------------------


def test_a_heart_keeps_a_product_over_pages_and_reloads(sized, shop):
    sized.goto("/c/dress/?ordering=price")
    expect(heart(sized, "Dress 0")).to_have_attribute("aria-pressed", "false")
    heart(sized, "Dress 0").click()
    heart(sized, "Dress 3").click()
    expect(heart(sized, "Dress 0")).to_have_attribute("aria-pressed", "true")
    expect(sized.locator("#favourites-link .badge")).to_have_text("2")
    sized.reload()
    expect(heart(sized, "Dress 3")).to_have_attribute("aria-pressed", "true")
    sized.click("#favourites-link")
    expect(sized.locator("#products > li")).to_have_count(2)
    assert names(sized) == ["Dress 3", "Dress 0"]  # the last one first
    assert has_no_sideways_scroll(sized)
    heart(sized, "Dress 3").click()
    expect(sized.locator("#favourites-link .badge")).to_have_text("1")
    sized.goto("/favourites/")  # without a list in the address the browser's own is shown
    expect(sized.locator("#products > li")).to_have_count(1)
    assert names(sized) == ["Dress 0"]


def test_a_heart_on_a_products_page_and_on_a_photos_results(sized, shop):
    sized.goto(Product.objects.get(name="Dress 0").get_absolute_url())
    sized.click(".favourite")
    sized.goto(shop.looked_at())
    expect(heart(sized, "Dress 0")).to_have_attribute("aria-pressed", "true")
    sized.click("#garment-1")
    expect(sized.locator("#products .name").first).to_have_text("Top 1")
    sized.click("#garment-0")  # results that arrive later show it too
    expect(heart(sized, "Dress 0")).to_have_attribute("aria-pressed", "true")


def test_by_keyboard(page, shop):
    page.goto("/c/dress/?ordering=price")
    heart(page, "Dress 0").focus()
    page.keyboard.press("Enter")
    expect(heart(page, "Dress 0")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Space")
    expect(heart(page, "Dress 0")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#favourites-link .badge")).to_be_hidden()


def test_a_shared_list_is_shown_elsewhere_and_can_be_taken_over(sized, open_browser, shop):
    sized.goto("/c/dress/?ordering=price")
    heart(sized, "Dress 0").click()
    heart(sized, "Dress 3").click()
    sized.click("#favourites-link")
    link = sized.input_value(".share-link input")
    expect(sized.locator(".share")).to_contain_text("It works as long as they are sold.")
    expect(sized.locator("[data-shared]")).to_be_hidden()
    other = open_browser()
    other.goto(link)
    assert names(other) == ["Dress 3", "Dress 0"]
    other.click("text=Add all to my favourites")
    expect(other.locator("#favourites-link .badge")).to_have_text("2")
    expect(other.locator("[data-shared]")).to_be_hidden()


def test_a_product_that_is_gone_is_counted(page, shop):
    kept, gone = Product.objects.filter(name__in=["Dress 0", "Dress 3"]).order_by("name")
    Product.objects.filter(pk=gone.pk).update(is_active=False)
    page.goto(f"/favourites/?ids={kept.pk},{gone.pk},999999999")
    expect(page.locator("main")).to_contain_text("2 products of this list are no longer sold.")
    assert names(page) == ["Dress 0"]


def test_the_link_is_copied(page, shop):
    page.goto(f"/favourites/?ids={Product.objects.get(name='Dress 0').pk}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("text=Copy link")
    expect(page.locator("#announcement")).to_have_text("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


@pytest.mark.parametrize("stored", ["nonsense", "{}", '["1", null, 2.5, -1]', "[1e30]"])
def test_what_somebody_else_wrote_into_the_storage_harms_nothing(page, shop, stored):
    page.goto("/photo/")
    page.evaluate("stored => { localStorage.favourites = stored; localStorage.viewed = stored; }", stored)
    page.goto(Product.objects.get(name="Dress 0").get_absolute_url())
    page.click(".favourite")
    expect(page.locator(".favourite")).to_have_attribute("aria-pressed", "true")


def test_without_javascript_there_are_no_hearts_and_the_page_says_why(plain, shop):
    plain.goto("/c/dress/")
    expect(plain.locator(".heart").first).to_be_hidden()
    plain.goto("/favourites/")
    expect(plain.locator("main")).to_contain_text("Favourites need JavaScript")


# -- recently viewed ------------------------------------------------------------------------------------------------


def test_the_products_viewed_last_are_shown_and_can_be_cleared(sized, shop):
    for name in ["Dress 0", "Top 1", "Skirt 2", "Top 1"]:
        sized.goto(Product.objects.get(name=name).get_absolute_url())
    shown = sized.locator("#recently-viewed .name")
    expect(shown).to_have_text(["Skirt 2", "Dress 0"])  # without the one that is open
    sized.goto("/")
    expect(shown).to_have_text(["Top 1", "Skirt 2", "Dress 0"])
    assert has_no_sideways_scroll(sized)
    sized.click("[data-clear-viewed]")
    expect(sized.locator("#recently-viewed")).to_have_count(0)
    sized.reload()
    sized.wait_for_load_state("networkidle")
    expect(shown).to_have_count(0)


# -- the photo --------------------------------------------------------------------------------------------------------


def test_every_product_page_leads_back_to_the_photo(sized, shop):
    sized.goto(shop.looked_at())
    sized.click("#garment-1")
    expect(sized).to_have_url(re.compile("garment=1"))
    searched = sized.url
    sized.locator("#products .card > a").first.click()
    expect(sized.locator("#back-to-photo")).to_be_visible()
    sized.locator(".shelf .card > a").first.click()  # and from there to another product
    expect(sized.locator("h1")).not_to_have_text("Top 1")
    sized.click("text=Back to your photo")
    expect(sized).to_have_url(searched)
    expect(sized.locator("#products .name").first).to_have_text("Top 1")


def test_no_way_leads_back_to_a_photo_that_is_deleted(page, shop):
    page.goto(shop.looked_at())
    page.click("text=Delete my photo now")
    expect(page.locator("main")).to_contain_text("Your photo has been deleted.")
    page.goto(Product.objects.get(name="Dress 0").get_absolute_url())
    expect(page.locator("#back-to-photo")).to_be_hidden()


def test_who_came_without_a_photo_sees_no_way_back(sized, shop):
    sized.goto(Product.objects.get(name="Dress 0").get_absolute_url())
    expect(sized.locator("#back-to-photo")).to_be_hidden()


def test_without_javascript_the_first_product_leads_back(plain, shop):
    plain.goto(shop.looked_at())
    searched = plain.url
    plain.locator("#products .card > a").first.click()
    plain.click("text=Back to your photo")
    assert plain.url == searched


def test_it_is_said_how_long_a_shared_search_lives(sized, open_browser, shop, settings):
    settings.PHOTO_QUERY_SECONDS = 600
    sized.goto(shop.looked_at())
    sized.click("#garment-1")
    expect(sized).to_have_url(re.compile("garment=1"))
    sized.click("#share summary")
    expect(sized.locator("#share")).to_contain_text("The link works for 9 more minutes, then the photo is deleted.")
    other = open_browser()
    other.goto(sized.input_value(".share-link input"))
    expect(other.locator("#found-title")).to_have_text("Top")
    assert has_no_sideways_scroll(sized)
