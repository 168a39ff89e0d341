"""Photos with one byte changed: every way into the shop takes or refuses the same ones, and shows what it has taken.

FLIPS is how many of each format are tried, FLIP_SEED which ones. `FLIPS=125 FLIP_SEED=7 pytest
tests/test_flipped_bytes.py` tries a thousand others than the few that every run tries.
"""

import io
import os

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from PIL import Image
from rest_framework.test import APIClient

from access.throttling import ClientThrottle
from catalogue.image_storage import SIZES
from catalogue.models import ProductImage
from catalogue.services import delete_images
from search import services
from search.vision.analysis import WHOLE, DetectedGarment, PhotoAnalysis
from tests.catalogue.importer.sources import write_csv
from tests.factories import make_product
from tests.garments.picture_corpus import FORMATS, flips
from tests.search.vectors import make_encoder

pytestmark = pytest.mark.django_db
ADD = "/admin/catalogue/productimage/add/"
TAKEN = {"page": 200, "search": 200, "photo": 201, "admin": 302}
REFUSED = {"page": 400, "search": 400, "photo": 400, "admin": 200}
FLIPS, SEED = int(os.environ.get("FLIPS", 4)), int(os.environ.get("FLIP_SEED", 11))


@pytest.fixture
def no_models(monkeypatch):
    """Photos are decoded as ever; what is found in them does not matter here."""
    make_encoder(dimensions=16)
    vector = np.full(16, 0.25, np.float32)

    def analysis(pixels, **_options):
        assert pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3
        whole = DetectedGarment(None, None, 1.0, WHOLE, [], (), vector)
        return PhotoAnalysis([], whole, {"detect": 0.0, "embed": 0.0})

    monkeypatch.setattr(services, "analyse_photo", analysis)
    monkeypatch.setattr(services, "load_detector", lambda *_: None)
    monkeypatch.setattr(services, "model_of", lambda *_: None)
    monkeypatch.setattr(ClientThrottle, "allow_request", lambda *_: True)


def upload(content):
    return SimpleUploadedFile("photo.jpg", content, content_type="image/jpeg")


def imported(folder, contents):
    """Which of these files an import takes, by their number."""
    for number, content in enumerate(contents):
        (folder / f"{number}.jpg").write_bytes(content)
    rows = [[f"P{number}", f"Gaun {number}", "Dress", f"{number}.jpg"] for number in range(len(contents))]
    table = write_csv(folder / "shop.csv", [["id", "nama", "kategori", "images"], *rows])
    report = io.StringIO()
    call_command("import_zalora", str(table), "--images", str(folder), stdout=report, stderr=report)
    skus = ProductImage.objects.filter(product__sku__startswith="P").values_list("product__sku", flat=True)
    return {int(sku[1:]) for sku in skus}


@pytest.mark.parametrize("format", FORMATS)
def test_every_way_in_judges_a_changed_file_alike_and_shows_what_it_takes(client, no_models, media, tmp_path, format):
    contents = list(flips(format, FLIPS, SEED))
    owner = get_user_model().objects.create_superuser("owner", password="x")
    client.force_login(owner)
    api = APIClient()
    api.force_authenticate(owner)
    products = [make_product(sku="api"), make_product(sku="admin")]
    taken = set()
    for number, content in enumerate(contents):
        answers = {
            "page": client.post("/photo/", {"image": upload(content)}, headers={"accept": "application/json"}),
            "search": api.post("/api/v1/search/photo/", {"image": upload(content)}, format="multipart"),
            "photo": api.post(  # of a product
                f"/api/v1/products/{products[0].pk}/images/", {"file": upload(content)}, format="multipart"
            ),
            "admin": client.post(ADD, {"product": products[1].pk, "file": upload(content), "position": 0}),
        }
        statuses = {way: answer.status_code for way, answer in answers.items()}
        assert statuses in (TAKEN, REFUSED), (number, statuses)
        if statuses == TAKEN:
            taken.add(number)
            images = ProductImage.objects.filter(product__in=products)
            assert_is_shown(client, images[0], media)
            delete_images(images=images)
    (tmp_path / "photos").mkdir()
    assert imported(tmp_path / "photos", contents) == taken
    assert taken or FLIPS < 20


def assert_is_shown(client, image, media):
    for size in SIZES:
        response = client.get(reverse("thumbnail", args=[size, image.file.name]))
        assert response.status_code == 200 and "immutable" in response["Cache-Control"]
        shown = Image.open(io.BytesIO(b"".join(response.streaming_content)))
        shown.load()
    with Image.open(media / image.file.name) as stored:  # as a browser reads it
        assert sorted(stored.size) == sorted((image.width, image.height))
        stored.load()
