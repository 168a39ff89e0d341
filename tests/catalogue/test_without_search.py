import pytest
from django.conf import settings
from django.test import override_settings

from tests.factories import make_image, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def only_the_catalogue():
    apps = [app for app in settings.INSTALLED_APPS if app != "search"]
    with override_settings(INSTALLED_APPS=apps, ROOT_URLCONF="tests.catalogue.urls_without_search"):
        yield


def test_the_shop_is_whole_without_the_search_app(client, only_the_catalogue):
    product = make_product(name="Gaun Batik")
    make_image(product)
    for address in ["/", product.category.get_absolute_url(), "/search/?q=batik", product.get_absolute_url()]:
        response = client.get(address)
        assert response.status_code == 200
        assert "Gaun Batik" in response.content.decode()
        assert "Search with a photo" not in response.content.decode()
    assert client.get("/photo/").status_code == 404
