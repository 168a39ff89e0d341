"""A photo in, products out: rendered scenes and catalogue photos through the service and the API, with the bundled
models. The first test of the file draws a small shop (a minute); after that it lies under var/."""

import http.server
import io
import json
import os
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from catalogue import services as catalogue_services
from catalogue.models import Category, Product, ProductImage
from search import services
from search.embedding.pipeline import photos_to_embed
from search.models import GarmentEmbedding
from search.photo import cache as photo_cache
from tests.http_server import serving
from tests.search.rendered_shop import import_rendered_shop, scenes

URL = "/api/v1/search/photo/"
WHOLE = [0, 0, 1, 1]


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def overlap(first, second):
    """Intersection over union of two boxes."""
    x0, y0 = max(first[0], second[0]), max(first[1], second[1])
    x1, y1 = min(first[2], second[2]), min(first[3], second[3])
    shared = max(0, x1 - x0) * max(0, y1 - y0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return shared / (areas - shared)


@pytest.mark.slow
class PhotoSearchTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.encoder = import_rendered_shop()

    def post(self, expected=200, **data):
        response = self.client.post(URL, data)
        assert response.status_code == expected, response.content
        return response.json()

    def photo(self, path):
        return SimpleUploadedFile("photo.jpg", path.read_bytes(), "image/jpeg")

    def scene(self, number=0):
        return self.photo(scenes()[number][0])

    # -- right products -----------------------------------------------------------------------------------------

    def test_most_garments_of_a_scene_find_their_product_among_the_first_ten(self):
        found, asked = 0, 0
        for path, truth in scenes():
            answer = self.post(image=self.photo(path), limit=10)
            for garment in truth["garments"]:
                box = np.divide(garment["box"], [truth["width"], truth["height"]] * 2)
                near = [seen for seen in answer["garments"] if overlap(seen["box"], box) > 0.4]
                skus = {result["product"]["sku"] for seen in near for result in seen["results"]}
                asked += 1
                found += garment["product_id"] in skus
        assert found / asked > 0.5, f"{found} of {asked}"

    def test_every_catalogue_photo_finds_its_own_product_first(self):
        lost = []
        for image in ProductImage.objects.select_related("product")[::3]:
            answer = services.search_photo(photo=image.file.read(), limit=1)
            best = min((result for seen in answer.garments for result in seen.results), key=lambda one: one.distance)
            if best.product != image.product or best.distance >= 0.001:
                lost.append((image.file.name, best.product.sku, best.distance))
        assert not lost

    def test_whole_photo_finds_itself_too(self):
        image = ProductImage.objects.first()
        answer = services.search_photo(photo=image.file.read(), whole=True, limit=1)
        (result,) = answer.garments[-1].results
        assert (result.product, result.matched_image) == (image.product, image)
        assert result.distance < 0.001

    def test_photo_without_a_garment_answers_for_the_whole_photo(self):
        noise = np.random.default_rng(0).integers(0, 30, (200, 200, 3), np.uint8)
        answer = self.post(image=SimpleUploadedFile("noise.png", png(noise)))
        (garment,) = answer["garments"]
        assert (garment["garment_type"], garment["box"]) == (None, WHOLE)
        assert len(garment["results"]) == 24
        assert garment["count"] == Product.objects.visible().count()

    # -- the shape of the answer --------------------------------------------------------------------------------

    def test_answer_has_all_that_the_contract_names(self):
        answer = self.post(image=self.scene())
        assert answer["image"] == {"width": 720, "height": 960}
        assert set(answer["timing"]) == {"decode", "detect", "embed", "search", "total"}
        assert answer["timing"]["total"] > 0
        for index, garment in enumerate(answer["garments"]):
            assert garment["index"] == index
            assert 0 <= garment["box"][0] < garment["box"][2] <= 1
            assert len(garment["polygon"]) >= 3
            assert garment["polygons"][0] == garment["polygon"]
            for result in garment["results"]:
                assert set(result) >= {"product", "distance", "match", "matched_image", "matched_box"}
                assert set(result["product"]) >= {
                    "id", "sku", "name", "brand", "category", "price", "currency", "url", "image",
                }  # fmt: skip
                assert result["match"] in ("strong", "close", "weak")
                assert result["product"]["image"].startswith("http://testserver/media/")

    def test_products_come_once_and_nearest_first(self):
        for garment in self.post(image=self.scene(), limit=40)["garments"]:
            distances = [result["distance"] for result in garment["results"]]
            assert distances == sorted(distances)
            ids = [result["product"]["id"] for result in garment["results"]]
            assert len(ids) == len(set(ids))

    def test_distances_agree_with_numpy_on_the_stored_vectors(self):
        answer = services.search_photo(photo=scenes()[0][0].read_bytes(), whole=True, limit=48)
        kept = photo_cache.load(answer.query)
        rows = GarmentEmbedding.objects.filter(product__is_active=True)
        best = {}
        for product, vector in rows.values_list("product_id", "vector"):
            stored = np.array(vector)
            distance = 1 - stored @ kept.whole.vector / np.linalg.norm(stored)
            best[product] = min(distance, best.get(product, 9))
        expected = sorted(best.values())[:48]
        given = [result.distance for result in answer.garments[-1].results]
        np.testing.assert_allclose(given, expected[: len(given)], atol=2e-3)
        assert len(given) == min(48, len(best))

    # -- refining -----------------------------------------------------------------------------------------------

    def test_query_answers_again_without_the_photo(self):
        first = self.post(image=self.scene())
        again = self.post(query=first["query"])
        assert again["garments"] == first["garments"]
        assert again["timing"]["detect"] == again["timing"]["embed"] == 0

    def test_pages_of_a_garment_join_without_gap_or_overlap(self):
        query = self.post(image=self.scene())["query"]
        whole = self.post(query=query, garment=0, limit=12)["garments"][0]["results"]
        parts = [
            result
            for offset in range(0, 12, 5)
            for result in self.post(query=query, garment=0, limit=5, offset=offset)["garments"][0]["results"]
        ]
        assert parts[: len(whole)] == whole

    def test_one_garment_is_searched_for_and_the_others_are_only_shown(self):
        query = self.post(image=self.scene())["query"]
        garments = self.post(query=query, garment=1)["garments"]
        assert [garment["searched"] for garment in garments][:2] == [False, True]
        assert garments[0]["results"] == []

    def test_drawn_box_is_a_garment_more(self):
        first = self.post(image=self.scene())
        answer = self.post(query=first["query"], box="0.2,0.3,0.7,0.6")
        assert len(answer["garments"]) == len(first["garments"]) + 1
        own = answer["garments"][-1]
        assert (own["box"], own["searched"]) == ([0.2, 0.3, 0.7, 0.6], True)
        assert answer["timing"]["detect"] == 0

    def test_box_drawn_round_a_garment_is_of_its_type(self):
        first = self.post(image=self.scene())
        found = max(first["garments"], key=lambda garment: garment["score"])
        box = ",".join(str(side) for side in found["box"])
        own = self.post(query=first["query"], box=box)["garments"][-1]
        assert own["garment_type"] == found["garment_type"]
        assert own["polygons"]

    def test_deleted_photo_is_gone(self):
        query = self.post(image=self.scene())["query"]
        assert self.client.delete(f"{URL}{query}/").status_code == 204
        assert "has expired" in self.post(404, query=query)["detail"]

    def test_photo_is_gone_after_half_an_hour(self):
        with override_settings(PHOTO_QUERY_SECONDS=0.2):
            query = self.post(image=self.scene())["query"]
            threading.Event().wait(0.3)
        self.post(404, query=query)

    def test_nothing_of_the_photo_reaches_the_database_or_the_media_folder(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT sum(n_tup_ins) FROM pg_stat_xact_user_tables")
            before = cursor.fetchone()
        files = sum(len(names) for _, _, names in os.walk(settings.MEDIA_ROOT))
        self.post(image=self.scene())
        with connection.cursor() as cursor:
            cursor.execute("SELECT sum(n_tup_ins) FROM pg_stat_xact_user_tables")
            assert cursor.fetchone() == before
        assert sum(len(names) for _, _, names in os.walk(settings.MEDIA_ROOT)) == files

    # -- filters ------------------------------------------------------------------------------------------------

    def test_every_filter_leaves_exactly_what_passes(self):
        query = self.post(image=self.scene())["query"]
        product = Product.objects.exclude(colours=[]).first()
        cases = {
            "category": (product.category.slug, {"category": product.category}),
            "brand": (product.brand, {"brand": product.brand}),
            "price_min": (300_000, {"price__gte": 300_000}),
            "price_max": (300_000, {"price__lte": 300_000}),
            "colour": (product.colours[0], {"colours__contains": [product.colours[0]]}),
        }
        for name, (value, expected) in cases.items():
            with self.subTest(name):
                answer = self.post(**{"query": query, "whole": True, "limit": 100, name: value})
                given = {result["product"]["id"] for result in answer["garments"][-1]["results"]}
                assert given == set(Product.objects.filter(**expected).values_list("pk", flat=True))
                assert answer["garments"][-1]["count"] == len(given)

    def test_words_narrow_a_photo_search(self):
        query = self.post(image=self.scene())["query"]
        word = Product.objects.first().name.split()[0]
        results = self.post(query=query, whole=True, q=word, limit=100)["garments"][-1]["results"]
        matching = set(Product.objects.visible().matching_text(word).values_list("pk", flat=True))
        assert {result["product"]["id"] for result in results} == matching != set()

    def test_words_that_fit_better_come_first_among_equals(self):
        query = self.post(image=self.scene())["query"]
        nearest = [result["product"]["id"] for result in self.post(query=query, whole=True)["garments"][-1]["results"]]
        Product.objects.filter(pk__in=nearest[:3:2]).update(description="zorka")
        Product.objects.filter(pk=nearest[1]).update(name="Zorka")
        results = self.post(query=query, whole=True, q="zorka")["garments"][-1]["results"]
        assert [result["product"]["id"] for result in results] == [nearest[1], nearest[0], nearest[2]]

    # -- the commands -------------------------------------------------------------------------------------------

    def test_the_command_prints_what_the_api_answers(self):
        out, path = io.StringIO(), scenes()[0][0]
        call_command("search_photo", str(path), json=True, limit=3, stdout=out)
        answer, of_api = json.loads(out.getvalue()), self.post(image=self.photo(path), limit=3)
        ids = [[result["product"]["id"] for result in garment["results"]] for garment in answer["garments"]]
        assert ids == [[result["product"]["id"] for result in garment["results"]] for garment in of_api["garments"]]
        assert set(answer) == set(of_api)

    def test_the_command_draws_a_contact_sheet_and_a_table(self):
        out = io.StringIO()
        with TemporaryDirectory() as folder:
            call_command("search_photo", str(scenes()[0][0]), limit=3, out=Path(folder) / "sheet.png", stdout=out)
            with Image.open(f"{folder}/sheet.png") as sheet:
                assert sheet.width > 1000
        assert "distance" in out.getvalue()
        assert "Milliseconds: decode" in out.getvalue()

    def test_the_command_names_a_file_that_is_no_photo(self):
        with pytest.raises(CommandError, match="manage.py: This is not a picture"):
            call_command("search_photo", "manage.py")
        with pytest.raises(CommandError, match="nowhere.jpg"):
            call_command("search_photo", "nowhere.jpg")

    def test_evaluation_measures_the_whole_road(self):
        out = io.StringIO()
        call_command("evaluate_search", json=True, sample=60, stdout=out)
        found = json.loads(out.getvalue())
        assert found["queries"] == 60
        assert 0.2 < found["recall"]["@1"] <= found["recall"]["@5"] <= found["recall"]["@10"] <= 1
        assert 0 < found["mean_average_precision"] <= 1
        assert found["ann_recall_at_10"] >= 0.95
        assert found["latency_ms"]["total"]["p50"] > 0

    # -- what is refused ----------------------------------------------------------------------------------------

    def test_text_file_is_refused_with_a_sentence(self):
        answer = self.post(400, image=SimpleUploadedFile("notes.txt", b"a shopping list", "text/plain"))
        assert "not a picture. Accepted is a JPEG, PNG" in answer["image"][0]

    def test_wrong_parameters_are_named(self):
        query = self.post(image=self.scene())["query"]
        for name, value, words in [
            ("limit", 0, "greater than or equal to 1"),
            ("limit", 1000, "less than or equal to 100"),
            ("offset", -1, "greater than or equal to 0"),
            ("box", "0.5,0,0.2,1", "is no box"),
            ("box", "a,b", "is no box"),
            ("garment", 99, "garments 0 to"),
            ("colour", "mauvish", "is not one of: black"),
            ("category", "spoons", "There is no category “spoons”"),
            ("price_min", "cheap", "valid number"),
        ]:
            with self.subTest(name, value=value):
                assert words in str(self.post(400, **{"query": query, name: value}))

    def test_photo_is_needed_and_one_only(self):
        assert "none of them" in str(self.post(400))
        assert "image, query" in str(self.post(400, image=self.scene(), query="x" * 22))

    @override_settings(PHOTO_MAX_BYTES=1000)
    def test_too_large_a_file_is_refused_with_the_bound(self):
        assert "a photo may have" in str(self.post(400, image=self.scene()))

    def test_unknown_query_is_not_found(self):
        self.post(404, query="A" * 22)
        self.post(404, query="../../etc/passwd")

    @override_settings(PHOTO_URL_PRIVATE_HOSTS=True)
    def test_photo_by_address(self):
        body = scenes()[0][0].read_bytes()

        class Server(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        with serving(Server) as server:
            by_address = self.post(image_url=f"{server.url}/street.jpg")
        assert by_address["garments"] == self.post(image=self.scene())["garments"]

    # -- staying true -------------------------------------------------------------------------------------------

    def test_hidden_and_deleted_products_are_not_found(self):
        image = ProductImage.objects.first()
        photo, product = image.file.read(), image.product
        Product.objects.filter(pk=product.pk).update(is_active=False)
        assert product.pk not in self.ids(photo)
        Product.objects.filter(pk=product.pk).update(is_active=True)
        assert product.pk in self.ids(photo)
        product.delete()
        assert product.pk not in self.ids(photo)

    def ids(self, photo):
        answer = services.search_photo(photo=photo, whole=True, limit=100)
        return {result.product.pk for result in answer.garments[-1].results}

    def test_photos_of_a_changed_category_are_stale(self):
        assert not photos_to_embed(self.encoder).exists()
        category = Category.objects.filter(products__isnull=False).first()
        category.garment_types = ["bag"]
        catalogue_services.save_category(category=category)
        expected = ProductImage.objects.filter(product__category=category).count()
        assert photos_to_embed(self.encoder).count() == expected > 0

    def test_queries_do_not_grow_with_the_results(self):
        query = self.post(image=self.scene())["query"]
        counts = []
        for limit in (2, 40):
            with CaptureQueriesContext(connection) as counted:
                self.post(query=query, garment=0, limit=limit)
            counts.append(len(counted))
        assert counts[1] <= counts[0] <= 12  # the second page is the last: nothing need be counted

    def test_similar_products_of_the_api(self):
        product = Product.objects.first()
        response = self.client.get(reverse("api-similar-products", args=[product.pk]), {"limit": 5})
        found = [result["product"]["id"] for result in response.json()]
        assert len(found) == len(set(found)) == 5
        assert product.pk not in found


@pytest.mark.django_db
def test_before_the_first_embedding_the_api_says_what_to_run(client):
    picture = SimpleUploadedFile("x.png", png(np.full((50, 50, 3), 200, np.uint8)))
    response = client.post(URL, {"image": picture})
    assert response.status_code == 503
    assert "Run `manage.py embed_catalogue`" in response.json()["detail"]
