import io

import pytest
from PIL import Image

from catalogue.templatetags.shop import picture
from catalogue.thumbnails import thumbnail_of, thumbnails_of
from tests.factories import make_image, picture_bytes

pytestmark = pytest.mark.django_db


def image_of(width, height):
    return make_image(picture=picture_bytes(size=(width, height), format="JPEG"))


@pytest.mark.parametrize(
    ("width", "height", "size", "expected"),
    [
        (900, 1200, "card", (320, 427)),
        (1000, 500, "card", (320, 160)),
        (500, 2000, "card", (107, 427)),
        (48, 64, "card", (48, 64)),  # a small photo is not blown up
    ],
)
def test_the_size_is_known_before_the_thumbnail_is_made(client, media, width, height, size, expected):
    thumbnail = thumbnail_of(image_of(width, height), size)
    assert thumbnail[1:] == expected
    response = client.get(thumbnail.url)
    with Image.open(io.BytesIO(b"".join(response.streaming_content))) as made:
        assert made.format == "WEBP"
        assert abs(made.width - expected[0]) <= 1
        assert abs(made.height - expected[1]) <= 1
    assert "immutable" in response["Cache-Control"]


def test_a_thumbnail_is_made_once(client, media):
    url = thumbnail_of(image_of(600, 800), "card").url
    client.get(url).close()
    made = sorted(media.rglob("*.webp"))
    stamps = [file.stat().st_mtime_ns for file in made]
    client.get(url).close()
    assert sorted(media.rglob("*.webp")) == made
    assert [file.stat().st_mtime_ns for file in made] == stamps
    assert len(made) == 1


@pytest.mark.parametrize(
    "address",
    [
        "/thumbs/huge/products/ab/" + "c" * 62 + ".jpg.webp",  # no such size
        "/thumbs/card/products/ab/" + "c" * 62 + ".jpg.webp",  # no such photo
        "/thumbs/card/secret.jpg.webp",  # not a product's
        "/thumbs/card/products/../secret.jpg.webp",
    ],
)
def test_only_product_photos_have_thumbnails(client, media, address):
    assert client.get(address).status_code == 404


def test_a_broken_file_has_no_thumbnail(client, media):
    image = image_of(60, 80)
    (media / image.file.name).write_bytes(b"not a photo")
    assert client.get(thumbnail_of(image, "card").url).status_code == 404


def test_a_small_photo_names_few_thumbnails():
    assert [each.width for each in thumbnails_of(image_of(400, 500), largest="zoom")] == [96, 320, 400]


def test_a_picture_has_its_size_and_waits_until_it_is_seen():
    tag = picture(image_of(900, 1200), "card")
    assert 'width="900" height="1200"' in tag
    assert 'loading="lazy"' in tag
    assert "320w" in tag


def test_without_a_photo_there_is_a_picture_all_the_same():
    assert "no-photo.svg" in picture(None)
