"""Photos in an S3 store: services, import, pages and search, over a real server of that protocol."""

import io

import boto3
import pytest
from django.test import override_settings
from moto.server import ThreadedMotoServer
from PIL import Image

from catalogue.models import Product, ProductImage
from catalogue.services import delete_products, replace_image
from catalogue.thumbnails import thumbnail_of
from search.embedding import pipeline as embedding
from search.models import GarmentEmbedding
from search.vision.cards import choose
from tests.catalogue.importer.sources import run, write_csv, write_files
from tests.factories import make_image, picture_bytes

BUCKET = "shop-photos"
KEYS = {"region_name": "ap-southeast-3", "aws_access_key_id": "a-key", "aws_secret_access_key": "a-secret"}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(server, settings, media):
    """The bucket that the site keeps its photos in, empty; `media` would show what went to the disk instead."""
    store = boto3.resource("s3", endpoint_url=server, **KEYS)
    bucket = store.Bucket(BUCKET)
    bucket.create(CreateBucketConfiguration={"LocationConstraint": KEYS["region_name"]})
    options = {
        "bucket_name": BUCKET,
        "endpoint_url": server,
        "region_name": KEYS["region_name"],
        "access_key": KEYS["aws_access_key_id"],
        "secret_key": KEYS["aws_secret_access_key"],
        "querystring_auth": False,
    }
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    with override_settings(STORAGES={**settings.STORAGES, "default": backend}):
        yield bucket
    assert list(media.iterdir()) == []
    bucket.objects.all().delete()
    bucket.delete()


def keys(bucket):
    return sorted(each.key for each in bucket.objects.all())


def test_an_import_puts_photos_into_the_store_and_again_changes_nothing(bucket, tmp_path):
    folder = write_files(tmp_path / "photos", {"Dress/1/a.jpg": 1, "Dress/1/b.jpg.1": 2, "Rok/2/a.jpg": 1})
    table = write_csv(tmp_path / "shop.csv", [["id", "nama"], ["1", "Gaun"], ["2", "Rok"]])
    run(table, "--images", str(folder))
    stored = keys(bucket)
    assert stored == sorted(set(ProductImage.objects.values_list("file", flat=True)))
    assert len(stored) == 2  # one photo is shared by two products
    modified = [each.last_modified for each in bucket.objects.all()]
    run(table, "--images", str(folder))
    assert keys(bucket) == stored
    assert [each.last_modified for each in bucket.objects.all()] == modified


def test_half_a_file_of_a_killed_writer_is_written_anew(bucket):
    picture = picture_bytes(size=(120, 160))
    image = make_image(picture=picture)
    bucket.put_object(Key=image.file.name, Body=picture[:50])
    ProductImage.objects.all().delete()
    again = make_image(picture=picture)
    assert bucket.Object(again.file.name).get()["Body"].read() == picture


def test_a_thumbnail_is_made_from_the_store_and_kept_there(bucket, client):
    url = thumbnail_of(make_image(picture=picture_bytes(size=(600, 800), format="JPEG")), "card").url
    for _ in range(2):
        response = client.get(url)
        with Image.open(io.BytesIO(b"".join(response.streaming_content))) as made:
            assert (made.format, made.size) == ("WEBP", (320, 427))
    assert len(keys(bucket)) == 2


def test_files_go_with_the_last_row_that_names_them(bucket, client, django_capture_on_commit_callbacks):
    first, second = make_image(picture=picture_bytes()), make_image(picture=picture_bytes())
    list(client.get(thumbnail_of(first, "tiny").url).streaming_content)  # made and kept
    with django_capture_on_commit_callbacks(execute=True):
        delete_products(products=Product.objects.filter(pk=first.product_id))
    assert second.file.name in keys(bucket)
    with django_capture_on_commit_callbacks(execute=True):
        replace_image(image=second, file=picture_bytes(colour=(1, 2, 3)))
    assert keys(bucket) == [second.file.name]


def test_photos_are_embedded_from_the_store_and_a_lost_one_is_reported(bucket):
    encoder = embedding.register_encoder(choose("encoder").name)
    kept, lost = make_image(), make_image()
    bucket.Object(lost.file.name).delete()
    report = list(embedding.embed_photos(encoder))[-1]
    assert [number for number, _name, _reason in report.unreadable] == [lost.pk]
    assert list(GarmentEmbedding.objects.values_list("image_id", flat=True)) == [kept.pk]


def test_the_api_names_addresses_in_the_store(bucket, client, server):
    image = make_image()
    shown = client.get(f"/api/v1/products/{image.product_id}/").json()
    assert f"{server}/{BUCKET}/{image.file.name}" in str(shown)
