"""axe-core finds nothing, on any page, in light and dark, in both languages."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from catalogue.models import Product

pytestmark = pytest.mark.django_db(transaction=True)
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # the rules that a theme can break


def violations(page, rules=RULES):
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("(rules) => axe.run({ runOnly: rules }).then((results) => results.violations)", rules)
    return [(rule["id"], node["html"][:200], node["failureSummary"]) for rule in found for node in rule["nodes"]]


def addresses(shop):
    product = Product.objects.first()
    looked_at = shop.looked_at()
    return [
        "/",
        "/c/dress/?colour=blue",
        "/search/?q=dress",
        "/search/?q=zeppelin",
        "/b/Senja/",
        product.get_absolute_url(),
        f"/favourites/?ids={product.pk}",
        "/favourites/",
        "/info/privacy/",
        f"/p/{product.pk}/goes-with/",
        "/photo/",
        "/photo/?query=0000000000000000000000",
        looked_at,
        looked_at + "&whole=1&colour=blue",
        looked_at + "&q=zeppelin",
        shop.looked_at(()),
        "/nowhere/",
    ]


@pytest.mark.parametrize(
    ("options", "rules"),
    [
        ({"viewport": {"width": 1440, "height": 900}}, RULES),
        ({"color_scheme": "dark"}, COLOURS),
        ({"locale": "id-ID", "viewport": {"width": 390, "height": 844}}, RULES),
    ],
    ids=["light", "dark", "telephone in Indonesian"],
)
def test_axe_finds_nothing(open_browser, shop, options, rules):
    page = open_browser(**options)
    for address in addresses(shop):
        page.goto(address)
        assert violations(page, rules) == [], address


def test_axe_finds_nothing_in_what_unfolds(page, shop):
    page.goto(shop.looked_at())
    page.click("summary:has-text('Colour')")
    assert violations(page) == []
    page.locator("#words").press_sequentially("dre", delay=20)
    page.wait_for_selector("#suggestions a")
    assert violations(page) == []


@pytest.mark.slow
def test_axe_finds_nothing_round_a_box(page, models):
    page.goto(models.looked_at() + "&x0=10&y0=10&x1=60&y1=60")
    assert violations(page) == []


def test_every_target_is_large_enough(phone, shop):
    """24 px, but for links within a sentence (WCAG 2.5.8)."""
    for address in ["/", "/c/dress/", "/photo/", shop.looked_at()]:
        phone.goto(address)
        small = phone.evaluate(
            """() => [...document.querySelectorAll("a, button, select, summary, input:not([type=hidden]), .option")]
                .filter((target) => target.checkVisibility() && !target.closest("p, svg, .unseen, .skip"))
                .filter((target) => !target.matches("label *, input[type=file]"))
                .map((target) => [target.outerHTML.slice(0, 100), target.getBoundingClientRect()])
                .filter(([, box]) => box.width < 24 || box.height < 24)
                .map(([html, box]) => `${html} ${box.width} x ${box.height}`)"""
        )
        assert small == [], address


def test_motion_is_reduced_where_it_is_asked_for(open_browser, shop):
    page = open_browser(reduced_motion="reduce")
    page.goto("/")
    assert page.evaluate("getComputedStyle(document.querySelector('.frame .photo')).transitionDuration") == "1e-05s"
