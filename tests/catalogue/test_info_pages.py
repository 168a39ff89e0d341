"""About, contact and privacy: pages of text that the merchant writes in the admin."""

import pytest

from catalogue.models import InfoPage

pytestmark = pytest.mark.django_db


def page_text(client, path, language="en"):
    response = client.get(path, headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.content.decode()


def test_a_new_shop_has_about_and_privacy_and_an_empty_contact():
    assert [page.slug for page in InfoPage.objects.all()] == ["about", "contact", "privacy"]
    assert [page.slug for page in InfoPage.objects.shown()] == ["about", "privacy"]


def test_the_footer_links_what_has_a_text(client):
    footer = page_text(client, "/").partition('<footer class="bottom">')[2]
    assert 'href="/info/about/"' in footer
    assert "/info/contact/" not in footer
    InfoPage.objects.filter(slug="contact").update(text_en="Call us.")
    assert '<a href="/info/contact/">Contact</a>' in page_text(client, "/")


def test_a_page_without_a_text_does_not_exist(client):
    assert client.get("/info/contact/").status_code == 404
    assert client.get("/info/nowhere/").status_code == 404


@pytest.mark.parametrize(
    ("language", "title", "text", "is_marked"),
    [("en", "Shipping", "We send it.", False), ("id", "Pengiriman", "Kami kirim.", False)],
)
def test_a_page_is_shown_in_the_readers_language(client, language, title, text, is_marked):
    InfoPage.objects.create(
        slug="shipping", title_en="Shipping", title_id="Pengiriman", text_en="We send it.", text_id="Kami kirim."
    )
    page = page_text(client, "/info/shipping/", language)
    assert f"<h1>{title}</h1>" in page
    assert f"<p>{text}</p>" in page
    assert '<article class="text">' in page


def test_a_text_in_the_other_language_alone_is_marked_as_such(client):
    InfoPage.objects.create(slug="shipping", title_en="Shipping", title_id="Pengiriman", text_en="We send it.")
    page = page_text(client, "/info/shipping/", "id")
    assert '<article class="text" lang="en">' in page
    assert "<h1>Shipping</h1>" in page
    assert '<a href="/info/shipping/" lang="en">Shipping</a>' in page


def test_a_text_is_escaped_and_its_addresses_are_links(client):
    InfoPage.objects.create(slug="a", title_en="A", text_en="<b>x</b> mail@shop.example\n\nhttps://shop.example/")
    page = page_text(client, "/info/a/")
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert 'href="mailto:mail@shop.example"' in page
    assert '<p><a href="https://shop.example/"' in page


def test_the_pages_are_in_the_sitemap(client):
    assert "/info/privacy/" in client.get("/sitemap-info.xml").content.decode()


def test_the_admin_edits_them(admin_client):
    page = InfoPage.objects.get(slug="contact")
    url = f"/admin/catalogue/infopage/{page.pk}/change/"
    given = {"slug": "contact", "title_en": "Contact", "title_id": "Kontak", "text_en": "Call us.", "position": 1}
    assert admin_client.post(url, given).status_code == 302
    assert "Call us." in admin_client.get("/info/contact/").content.decode()
    assert admin_client.get("/admin/catalogue/infopage/").status_code == 200
