"""Files that are no photos, on every way into the shop: one sentence, nothing stored, and the import goes on."""

import io
import itertools

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from rest_framework.test import APIClient

from catalogue.models import ProductImage
from garments.image_decoding import PhotoError, check_photo
from tests.catalogue.importer.sources import write_csv
from tests.factories import make_product, picture_bytes
from tests.garments import picture_corpus as corpus

pytestmark = pytest.mark.django_db


def refused(contents):
    """Those that the decoder refuses, with its sentence."""
    for content in contents:
        try:
            check_photo(content)
        except PhotoError as error:
            yield content, str(error)


def _sample():
    for format in corpus.FORMATS:
        yield from itertools.islice(refused(corpus.flips(format, 60, seed=2)), 3)
        yield from itertools.islice(refused(corpus.truncations(format, 6)), 2)
    yield from refused(content for content in map(corpus.hostile, corpus.HOSTILE) if len(content) < 1_000_000)


@pytest.fixture(scope="module")
def sample():
    """(content, sentence of the refusal) of a few files of each kind."""
    return list(_sample())


def upload(content):
    return SimpleUploadedFile("photo.jpg", content, content_type="image/jpeg")


@pytest.fixture
def staff(client):
    user = get_user_model().objects.create_superuser("owner", password="x")
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def no_throttle(monkeypatch):
    from search.photo.throttling import PhotoThrottle

    monkeypatch.setattr(PhotoThrottle, "rate", "100000/min", raising=False)


def test_the_sample_has_every_kind(sample):
    assert len(sample) > 60
    assert len({sentence for _content, sentence in sample}) > 5


def test_the_page_says_why(sample, client):
    for content, sentence in sample:
        response = client.post("/photo/", {"image": upload(content)}, headers={"accept": "application/json"})
        assert response.status_code == 400
        assert content == b"" or response.json() == {"error": sentence}


def test_the_photo_search_of_the_api_says_why(sample, client):
    for content, sentence in sample:
        response = client.post("/api/v1/search/photo/", {"image": upload(content)})
        assert response.status_code == 400
        assert content == b"" or response.json() == {"image": [sentence]}


def test_the_api_says_why_and_stores_nothing(sample, staff, media):
    product, client = make_product(), APIClient()
    client.force_authenticate(staff)
    for content, sentence in sample:
        response = client.post(f"/api/v1/products/{product.pk}/images/", {"file": upload(content)}, format="multipart")
        assert response.status_code == 400
        assert content == b"" or response.json() == {"file": [sentence]}
    assert not ProductImage.objects.exists()
    assert not list(media.rglob("*.*"))


def test_the_admin_says_why_and_stores_nothing(sample, client, staff, media):
    product = make_product()
    for content, sentence in sample[::4]:
        form = {"product": product.pk, "file": upload(content), "position": 0}
        response = client.post("/admin/catalogue/productimage/add/", form)
        assert response.status_code == 200
        shown = response.context["adminform"].form.errors["file"]
        assert content == b"" or shown == [sentence]
    assert not ProductImage.objects.exists()
    assert not list(media.rglob("*.*"))


def test_the_import_takes_the_good_photos_and_stores_no_other(sample, media, tmp_path, capsys):
    rows, folder = [["id", "nama", "kategori", "images"]], tmp_path / "photos"
    folder.mkdir()
    for number, (content, _sentence) in enumerate(sample):
        (folder / f"bad-{number}.jpg").write_bytes(content)
        (folder / f"good-{number}.jpg").write_bytes(picture_bytes(colour=(number, 9, 9)))
        rows.append([f"P{number}", f"Gaun {number}", "Dress", f"bad-{number}.jpg|good-{number}.jpg"])
    table = write_csv(tmp_path / "shop.csv", rows)
    report = io.StringIO()
    call_command("import_zalora", str(table), "--images", str(folder), stdout=report, stderr=report)
    assert ProductImage.objects.count() == len(sample)
    assert len([file for file in media.rglob("*.*") if file.is_file()]) == len(sample)
