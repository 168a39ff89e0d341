"""What a person does with a photo."""

import re

import pytest
from playwright.sync_api import expect

from tests.search.photos import photo_bytes

pytestmark = pytest.mark.django_db(transaction=True)
PHOTO = {"name": "street.jpg", "mimeType": "image/jpeg", "buffer": photo_bytes(size=(300, 400))}


def first_name(page):
    return page.locator("#products .name").first


def stays_loaded(page):
    """Marks the page, so that a reload would be seen."""
    page.evaluate("window.stayed = true")
    return lambda: page.evaluate("window.stayed === true")


# -- a photo that was looked at -----------------------------------------------------------------------------------


def test_a_tap_on_a_chip_switches_at_once(page, shop):
    page.goto(shop.looked_at())
    expect(first_name(page)).to_have_text("Dress 0")
    stayed = stays_loaded(page)
    page.click("#garment-1")
    expect(first_name(page)).to_have_text("Top 1")
    expect(page).to_have_url(re.compile("garment=1"))
    expect(page.locator("#garment-1")).to_have_attribute("aria-current", "true")
    expect(page.locator("#announcement")).to_have_text("Top: 20 products")
    assert stayed()


def test_a_tap_on_the_photo_switches_too(page, shop):
    page.goto(shop.looked_at())
    stayed = stays_loaded(page)
    page.locator(".hotspot[data-chip=garment-2] .dot").dispatch_event("click")
    expect(first_name(page)).to_have_text("Skirt 2")
    assert stayed()


def test_back_forward_and_reload_show_what_was_there(page, shop):
    page.goto(shop.looked_at())
    page.click("#garment-1")
    expect(first_name(page)).to_have_text("Top 1")
    page.go_back()
    expect(first_name(page)).to_have_text("Dress 0")
    page.go_forward()
    expect(first_name(page)).to_have_text("Top 1")
    page.reload()
    expect(first_name(page)).to_have_text("Top 1")


def test_a_link_can_be_shared_until_the_photo_is_deleted(page, open_browser, shop):
    page.goto(shop.looked_at())
    page.click("#garment-1")
    expect(page).to_have_url(re.compile("garment=1"))
    other = open_browser()
    other.goto(page.url)
    expect(first_name(other)).to_have_text("Top 1")
    page.click("text=Delete my photo now")
    expect(page.locator("main")).to_contain_text("Your photo has been deleted.")
    other.reload()
    expect(other.locator("#upload-error")).to_contain_text("photos are deleted after 30 minutes")


def test_filters_narrow_at_once_and_can_be_lifted(page, shop):
    page.goto(shop.looked_at())
    stayed = stays_loaded(page)
    page.click("summary:has-text('Colour')")
    page.click("label[for=colour-red]")
    expect(page.locator(".count-words")).to_contain_text("10 products")
    page.click("summary:has-text('Price')")
    page.fill("#price_max", "120000")
    page.keyboard.press("Enter")
    expect(page.locator(".count-words")).to_contain_text("4 products")
    page.click("text=Clear all")
    expect(page.locator(".count-words")).to_contain_text("20 products")
    page.click("summary:has-text('Price')")
    page.focus("#price_min")
    page.keyboard.type("100000")
    page.keyboard.press("Tab")  # to the other end, which is still there when the server would have answered
    page.wait_for_timeout(300)
    page.keyboard.type("120000")
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("price_min=100000&price_max=120000"))
    page.click("text=Clear all")
    expect(page.locator(".count-words")).to_contain_text("20 products")
    assert stayed()


def test_words_refine(page, shop):
    page.goto(shop.looked_at())
    page.fill("#refine", "dress 3")
    page.keyboard.press("Enter")
    expect(page.locator(".count-words")).to_contain_text("1 product")
    expect(first_name(page)).to_have_text("Dress 3")


def test_more_products_come_when_the_end_is_near(page, shop):
    page.goto(shop.looked_at() + "&whole=1")
    expect(page.locator("#products > li")).to_have_count(24)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator("#products > li")).to_have_count(48)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")  # "Show more" may just be replaced
    expect(page.locator("#products > li")).to_have_count(60)
    expect(page.locator("#more a[rel=next]")).to_have_count(0)


def test_on_a_telephone_the_garments_stay_in_sight(phone, shop):
    phone.goto(shop.looked_at())
    phone.locator("#products > li").nth(15).scroll_into_view_if_needed()
    chip = phone.locator("#garment-1")
    assert 0 <= chip.bounding_box()["y"] < 60
    chip.tap()
    expect(first_name(phone)).to_have_text("Top 1")
    expect(phone.locator("#found-title")).to_be_in_viewport()  # and not the middle of what was there before


def test_by_keyboard_alone(sized, shop):
    """From a garment to a filtered product and back, without a pointer."""
    focused = lambda: sized.evaluate("document.activeElement.id")  # noqa: E731
    sized.goto(shop.looked_at())
    sized.focus("#garment-0")
    sized.keyboard.press("Tab")
    assert focused() == "garment-1"
    sized.keyboard.press("Enter")
    expect(first_name(sized)).to_have_text("Top 1")
    expect(sized.locator("#garment-1")).to_be_focused()  # and not thrown to the top of the page
    sized.focus("#refine")
    sized.keyboard.type("top 4")
    sized.keyboard.press("Enter")
    expect(first_name(sized)).to_have_text("Top 4")
    sized.locator("#products a").first.focus()
    sized.keyboard.press("Enter")
    expect(sized.locator("h1")).to_have_text("Top 4")
    sized.locator("#back-to-photo a, a#back-to-photo").first.focus()
    sized.keyboard.press("Enter")
    expect(first_name(sized)).to_have_text("Top 4")


def test_arrow_keys_move_in_a_menu_and_do_not_choose(sized, shop):
    """WCAG 3.2.2 and 2.4.3: nothing is searched for until the choice is taken, and the focus stays."""
    focused = lambda: sized.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")  # noqa: E731
    searches = []
    sized.goto(shop.looked_at())
    sized.on("request", lambda request: searches.append(request.url) if "/photo/?" in request.url else None)
    sized.focus("summary:has-text('Colour')")
    sized.keyboard.press("Enter")
    sized.keyboard.press("Tab")
    sized.keyboard.press("ArrowDown")
    sized.keyboard.press("ArrowDown")
    chosen = focused()
    assert chosen.startswith("colour-")
    sized.keyboard.press("Tab")  # who leaves takes nothing
    expect(sized.locator("#any-colour")).to_be_checked()
    sized.focus("#ordering")
    sized.keyboard.press("ArrowDown")
    sized.focus("#refine")
    expect(sized.locator("#ordering")).to_have_value("")
    assert searches == []
    sized.focus("#any-colour")
    sized.keyboard.press("ArrowDown")
    sized.keyboard.press("Space")
    expect(sized.locator(".count-words")).to_contain_text("10 products")
    expect(sized.locator(".menu[open]")).to_have_count(0)
    expect(sized.locator("summary:has-text('Colour')")).to_be_focused()
    sized.focus("#chosen-1")
    sized.keyboard.press("Enter")
    expect(sized.locator(".count-words")).to_contain_text("20 products")
    expect(sized.locator("#found-title")).to_be_focused()
    sized.focus("#ordering")
    sized.keyboard.press("ArrowDown")
    sized.keyboard.press("Enter")
    expect(sized.locator(".notice")).to_contain_text("by price")
    expect(sized.locator("#ordering")).to_be_focused()


def test_escape_closes_a_menu(page, shop):
    page.goto(shop.looked_at())
    page.click("summary:has-text('Brand')")
    page.keyboard.press("Escape")
    expect(page.locator(".menu[open]")).to_have_count(0)


def test_on_a_telephone_nothing_is_wider_than_the_screen(phone, shop):
    for address in ["/photo/", shop.looked_at(), shop.looked_at(())]:
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    phone.goto("/photo/")
    expect(phone.locator("label[for=camera]")).to_be_visible()  # beside the chooser, never instead of it


def test_without_javascript_every_step_is_a_link_or_a_form(plain, shop):
    plain.goto(shop.looked_at())
    plain.click("#garment-1")
    expect(first_name(plain)).to_have_text("Top 1")
    plain.click("summary:has-text('Colour')")
    plain.click("label[for=colour-blue]")
    plain.click("#filters button")
    expect(plain.locator(".count-words")).to_contain_text("10 products")
    plain.click("text=Clear all")
    plain.click("#whole")
    plain.click("a[rel=next]")
    expect(plain.locator("#products > li")).to_have_count(24)
    plain.click("text=Delete my photo now")
    expect(plain.locator("main")).to_contain_text("Your photo has been deleted.")


# -- sending ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (503, "", "The shop is very busy just now"),
        (429, '{"error": "That was a lot of photos"}', "That was a lot of photos"),
        (413, "", "This photo is too large"),
        (500, "<html>", "Something went wrong on our side"),
    ],
)
def test_what_goes_wrong_is_said_in_its_own_sentence(page, shop, status, body, words):
    page.route("**/photo/", lambda route: _answer(route, status, body))
    page.goto("/photo/")
    page.set_input_files("#image", PHOTO)
    expect(page.locator("#upload-error")).to_contain_text(words)
    expect(page.locator("label[for=image]")).to_be_visible()  # and it can be tried again


def _answer(route, status, body):
    if route.request.method == "GET":
        route.continue_()
    else:
        route.fulfill(status=status, body=body, content_type="application/json")


def test_without_a_network_it_says_so(page, shop):
    page.goto("/photo/")
    page.context.set_offline(True)
    page.set_input_files("#image", PHOTO)
    expect(page.locator("#upload-error")).to_contain_text("Are you online?")


def test_a_connection_that_is_too_slow_is_called_so(page, shop):
    page.add_init_script(
        "XMLHttpRequest.prototype.send = function () { this.dispatchEvent(new ProgressEvent('timeout')); };"
    )
    page.goto("/photo/")
    page.set_input_files("#image", PHOTO)
    expect(page.locator("#upload-error")).to_contain_text("the connection is slow")
    expect(page.locator("label[for=image]")).to_be_visible()


def test_the_photo_is_shown_while_it_travels(page, shop):
    page.add_init_script("XMLHttpRequest.prototype.send = () => {};")
    page.goto("/photo/")
    page.set_input_files("#image", PHOTO)
    expect(page.locator("#preview")).to_be_visible()
    expect(page.locator("#progress")).to_contain_text("Sending the photo")


def test_a_file_of_no_known_type_is_sent(page, shop):
    page.route("**/photo/", lambda route: _answer(route, 503, ""))
    page.goto("/photo/")
    page.set_input_files("#image", {**PHOTO, "name": "IMG_1", "mimeType": "application/octet-stream"})
    expect(page.locator("#upload-error")).to_contain_text("very busy")


def test_a_photo_is_dropped_anywhere_on_the_page(page, shop):
    page.route("**/photo/", lambda route: _answer(route, 503, ""))
    page.goto("/photo/")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["x"], "dropped.jpg", { type: "image/jpeg" }));
            for (const name of ["dragenter", "dragover", "drop"]) {
                const event = new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true });
                document.querySelector("h1").dispatchEvent(event);
            }
        }"""
    )
    expect(page.locator("#upload-error")).to_contain_text("very busy")


def test_a_broken_file_is_refused(page, shop):
    page.goto("/photo/")
    page.set_input_files("#image", {**PHOTO, "buffer": b"not a photo"})
    expect(page.locator("#upload-error")).to_contain_text("This is not a picture")


def test_a_file_that_is_no_picture_is_not_even_sent(page, shop):
    page.goto("/photo/")
    page.set_input_files("#image", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"x"})
    expect(page.locator("#upload-error")).to_contain_text("That is not a photo")


def test_a_large_photo_is_made_smaller_before_it_travels(page, shop):
    page.goto("/photo/")
    sent = []
    page.route("**/photo/", lambda route: (sent.append(route.request.post_data_buffer), _answer(route, 503, "")))
    page.set_input_files("#image", {**PHOTO, "buffer": _noisy_photo()})
    expect(page.locator("#upload-error")).to_be_visible()
    start = sent[0].index(b"\xff\xd8\xff")
    from tests.browser.pictures import size_of

    assert size_of(sent[0][start:]) == (1200, 1600)


def _noisy_photo():
    from tests.browser.pictures import noisy_jpeg

    return noisy_jpeg(1800, 2400)


@pytest.mark.slow
def test_a_photo_is_searched_with(page, models):
    page.goto("/photo/")
    page.set_input_files("#image", PHOTO)
    expect(page).to_have_url(re.compile(r"query=[\w-]{22}"), timeout=60_000)
    expect(page.locator("#photo")).to_be_visible()
    expect(page.locator("#products > li").first).to_be_visible()


@pytest.mark.slow
def test_a_photo_is_pasted(page, models):
    page.goto("/photo/")
    page.evaluate(
        """async () => {
            const canvas = new OffscreenCanvas(300, 400);
            canvas.getContext("2d").fillRect(0, 0, 300, 400);
            const file = new File([await canvas.convertToBlob()], "pasted.png", { type: "image/png" });
            const data = new DataTransfer();
            data.items.add(file);
            const paste = { clipboardData: data, bubbles: true, cancelable: true };
            document.dispatchEvent(new ClipboardEvent("paste", paste));
        }"""
    )
    expect(page).to_have_url(re.compile(r"query=[\w-]{22}"), timeout=60_000)


@pytest.mark.slow
def test_a_photo_is_sent_without_javascript(plain, models):
    plain.goto("/photo/")
    plain.set_input_files("#image", PHOTO)
    plain.click("text=Search with this photo")
    expect(plain).to_have_url(re.compile(r"query=[\w-]{22}"), timeout=60_000)
    expect(plain.locator("#products > li").first).to_be_visible()


@pytest.mark.slow
def test_a_box_is_drawn_moved_and_resized(page, models):
    page.goto("/photo/")
    page.set_input_files("#image", PHOTO)
    page.click("#draw", timeout=60_000)
    overlay = page.locator("#overlay[data-draw]").bounding_box()
    at = lambda x, y: (overlay["x"] + x * overlay["width"], overlay["y"] + y * overlay["height"])  # noqa: E731

    def drag(start, end):
        page.mouse.move(*at(*start))
        page.mouse.down()
        page.mouse.move(*at(*end), steps=4)
        page.mouse.up()

    page.fill("#x0", "40")
    page.fill("#y0", "40")
    page.fill("#x1", "60")
    page.fill("#y1", "60")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("x0=40&y0=40&x1=60&y1=60"))
    expect(page.locator(".handle")).to_have_count(4)
    drag((0.1, 0.1), (0.3, 0.3))  # beside the box: a new one
    expect(page).to_have_url(re.compile(r"x0=(9\.|10\.)\d&y0=(9\.|10\.)\d&x1=(29|30)\.\d&y1=(29|30)\.\d"))
    expect(page.locator(".handle")).to_have_count(4)
    drag((0.2, 0.2), (0.4, 0.2))  # in the box: it moves
    expect(page).to_have_url(re.compile(r"x0=(29|30)\.\d&y0=(9\.|10\.)\d&x1=(49|50)\.\d"))
    expect(page.locator(".handle")).to_have_count(4)
    drag((0.5, 0.3), (0.8, 0.7))  # at its corner: it is resized
    expect(page).to_have_url(re.compile(r"x0=(29|30)\.\d&y0=(9\.|10\.)\d&x1=(79|80)\.\d&y1=(69|70)\.\d"))
    page.focus("#box")
    before = page.url
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    expect(page).not_to_have_url(before)
    before = page.url
    page.click("#nudge-wider")
    expect(page).not_to_have_url(before)
    expect(page.locator("#found-title")).to_have_text("Your box")


@pytest.mark.slow
def test_a_box_is_drawn_and_moved_with_a_finger(phone, models):
    phone.goto(models.looked_at() + "&x0=40&y0=40&x1=60&y1=60")
    expect(phone.locator(".handle")).to_have_count(4)
    overlay = phone.locator("#overlay[data-draw]").bounding_box()
    touches = phone.context.new_cdp_session(phone)

    def touch(kind, *at):
        points = [{"x": overlay["x"] + x * overlay["width"], "y": overlay["y"] + y * overlay["height"]} for x, y in at]
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(start, end):
        touch("touchStart", start)
        for step in (0.5, 1):
            touch("touchMove", tuple(a + step * (z - a) for a, z in zip(start, end, strict=True)))
        touch("touchEnd")

    drag((0.1, 0.1), (0.3, 0.3))  # beside the box: a new one
    expect(phone).to_have_url(re.compile(r"x0=(9\.|10\.)\d&y0=(9\.|10\.)\d&x1=(29|30)\.\d&y1=(29|30)\.\d"))
    expect(phone.locator(".handle")).to_have_count(4)
    drag((0.2, 0.2), (0.4, 0.2))  # in the box: it moves, and the page stays where it is
    expect(phone).to_have_url(re.compile(r"x0=(29|30)\.\d&y0=(9\.|10\.)\d&x1=(49|50)\.\d"))
    assert phone.evaluate("scrollY") == 0


@pytest.mark.slow
def test_without_javascript_a_box_has_buttons_and_numbers(plain, models):
    plain.goto("/photo/")
    plain.set_input_files("#image", PHOTO)
    plain.click("text=Search with this photo", timeout=60_000)
    plain.click("#draw")
    before = plain.url
    plain.click("#nudge-narrower")
    assert plain.url != before
    plain.fill("#x0", "10")
    plain.click(".sides button")
    expect(plain).to_have_url(re.compile("x0=10&"))
    expect(plain.locator("#found-title")).to_have_text("Your box")


# -- corrections ----------------------------------------------------------------------------------------------------


def test_a_garment_gets_another_type_in_one_tap_and_the_search_follows(sized, shop):
    sized.goto(shop.looked_at())
    stayed = stays_loaded(sized)
    expect(first_name(sized)).to_have_text("Dress 0")
    sized.click("#as-skirt")
    expect(sized.locator("#found-title")).to_have_text("Skirt 1")
    expect(first_name(sized)).to_contain_text("Skirt")
    expect(sized.locator("#garment-0")).to_contain_text("Skirt 1")
    assert sized.evaluate("document.activeElement.id") == "garment-0"
    sized.click("#garment-1")
    expect(first_name(sized)).to_have_text("Top 1")
    sized.click("#garment-0")  # it is remembered
    expect(sized.locator("#found-title")).to_have_text("Skirt 1")
    sized.click("#as-dress")
    expect(first_name(sized)).to_have_text("Dress 0")
    expect(sized).not_to_have_url(re.compile("retyped"))
    assert stayed()


def test_what_is_no_garment_is_dismissed_in_one_tap_and_can_be_brought_back(sized, shop):
    sized.goto(shop.looked_at())
    sized.click("#dismiss")
    expect(sized.locator(".garments .chip")).to_have_count(2)
    expect(sized.locator("#found-title")).to_have_text("Top")
    expect(first_name(sized)).to_have_text("Top 1")
    expect(sized.locator("#garment-1")).to_be_focused()
    sized.click("#dismiss")
    expect(sized.locator("#found-title")).to_have_text("Skirt")
    sized.click("#dismiss")
    expect(sized.locator("#found-title")).to_have_text("Whole photo")  # none is left
    sized.click("#restore")
    expect(sized.locator(".garments .chip")).to_have_count(3)
    assert sized.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_corrections_by_keyboard_and_without_javascript(page, plain, shop):
    page.goto(shop.looked_at())
    page.focus("#as-skirt")
    page.keyboard.press("Enter")
    expect(page.locator("#found-title")).to_have_text("Skirt 1")
    expect(page.locator("#garment-0")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "garment-1"
    plain.goto(page.url)
    plain.click("#dismiss")
    expect(plain.locator("#found-title")).to_have_text("Top")
    plain.fill("#refine", "top 4")
    plain.click("#filters button")
    expect(plain.locator("#restore")).to_be_visible()  # filters keep what was corrected


def test_chips_are_grouped_by_person(sized, shop):
    boxes = [(0.05, 0.1, 0.3, 0.5), (0.6, 0.1, 0.9, 0.5), (0.62, 0.5, 0.88, 0.8)]
    sized.goto(shop.looked_at(("dress", "top", "skirt"), boxes=boxes))
    expect(sized.locator(".garments")).to_have_count(2)
    groups = sized.locator(".garments").all_inner_texts()
    assert [text.split("\n")[0].strip() for text in groups] == ["Person 1", "Person 2"]
    assert sized.get_by_role("list", name="Person 2").locator(".chip").count() == 2
    assert sized.evaluate("document.documentElement.scrollWidth <= innerWidth")


# -- a type that the shop does not sell -----------------------------------------------------------------------------


def test_a_type_that_is_not_sold_is_said_and_what_else_to_search_for(sized, shop):
    sized.goto(shop.looked_at(("bag", "top")))
    results = sized.locator(".results")
    expect(results.locator(".empty h2")).to_have_text("No bags here yet")
    expect(results).not_to_contain_text("0 products")
    expect(results).not_to_contain_text("Clear all filters")
    results.get_by_role("link", name="Top", exact=True).click()
    expect(first_name(sized)).to_have_text("Top 1")
    sized.go_back()
    results.get_by_role("link", name="Whole photo").click()
    expect(sized.locator("#products > li")).to_have_count(24)


def test_filters_that_leave_nothing_are_another_matter(sized, shop):
    sized.goto(shop.looked_at() + "&q=zeppelin")
    expect(sized.locator(".empty h2")).to_have_text("No products match these filters.")
    sized.locator(".empty").get_by_text("Clear all filters").click()
    expect(first_name(sized)).to_have_text("Dress 0")


def test_the_heading_follows_the_chosen_type(sized, shop):
    sized.goto(shop.looked_at() + "&garment_type=skirt")
    expect(sized.locator("#found-title")).to_have_text("Skirt")
    expect(first_name(sized)).to_contain_text("Skirt")
    sized.click("#garment-1")  # the type was chosen for the garment before
    expect(sized.locator("#found-title")).to_have_text("Top")
    expect(first_name(sized)).to_have_text("Top 1")
