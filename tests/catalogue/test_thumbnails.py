import io
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
from django.conf import settings as site
from django.core.files.storage import default_storage
from django.test import RequestFactory
from PIL import Image

from catalogue import thumbnails
from catalogue.image_storage import thumbnail_name, write_photo
from catalogue.photo_files import read_photo
from catalogue.templatetags.shop import picture
from catalogue.thumbnails import thumbnail_of, thumbnails_of
from tests.factories import make_image, picture_bytes
from tests.garments import picture_corpus as corpus

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


def answered(name, size="tiny"):
    response = thumbnails.thumbnail(RequestFactory().get("/"), size, name)
    return response, b"".join(response) if response.status_code == 200 else b""


def test_half_a_thumbnail_of_an_earlier_release_is_made_anew(media):
    name = make_image().file.name
    _, whole = answered(name)
    for part in (b"", whole[:20], whole[:-1]):
        (media / thumbnail_name(name, "tiny")).write_bytes(part)
        assert answered(name)[1] == whole
    assert (media / thumbnail_name(name, "tiny")).read_bytes() == whole


def test_on_a_full_disk_the_picture_is_shown_and_not_kept(small_disk, settings):
    settings.MEDIA_ROOT = str(small_disk)
    image = make_image(picture=picture_bytes(size=(600, 800), format="JPEG"))
    with (small_disk / "filler").open("wb") as filler:
        while True:
            try:
                filler.write(bytes(65_536))
                filler.flush()
            except OSError:
                break
    response, content = answered(image.file.name, "card")
    assert thumbnails.is_whole_webp(content)
    assert response["Cache-Control"] == "no-store"
    assert list((small_disk / "thumbs").rglob("*.*")) == []
    (small_disk / "filler").unlink()
    response, again = answered(image.file.name, "card")
    assert again == content
    assert "immutable" in response["Cache-Control"]


def ask(folder, name):
    """In a process of its own: asks for the thumbnail with six threads; the bytes that each was given."""
    from django.test.utils import override_settings

    with override_settings(MEDIA_ROOT=folder), ThreadPoolExecutor(6) as pool:
        return [content for _response, content in pool.map(answered, [name] * 6)]


@pytest.mark.parametrize("number", [40, pytest.param(120, marks=pytest.mark.slow)])
def test_a_thumbnail_that_many_ask_for_at_once_is_whole_for_all(media, number):
    sizes = [(300 + each, 400) for each in range(number)]
    names = [write_photo(read_photo(picture_bytes(size=size, format="JPEG"))) for size in sizes]
    with ThreadPoolExecutor(6) as pool:
        given = list(pool.map(lambda number: answered(names[number // 6], "card"), range(6 * len(names))))
    assert all(thumbnails.is_whole_webp(content) for _response, content in given)
    assert len({content for _response, content in given}) <= len(names)
    assert not list(media.rglob("*.part"))


def test_processes_that_ask_at_once_are_given_one_whole_thumbnail(media):
    names = [write_photo(read_photo(picture_bytes(size=(300 + number, 400), format="JPEG"))) for number in range(6)]
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("fork")) as pool:
        for name in names:
            given = [pool.submit(ask, str(media), name) for _ in range(3)]
            contents = {content for future in given for content in future.result()}
            assert len(contents) == 1
            assert thumbnails.is_whole_webp(contents.pop())


@pytest.mark.parametrize("format", corpus.FORMATS)
def test_each_format_has_every_thumbnail_without_metadata(media, format):
    name = make_image(picture=corpus.sound(format)).file.name
    for size in site.THUMBNAILS:
        _, content = answered(name, size)
        with Image.open(io.BytesIO(content)) as image:
            assert image.size == (48, 64)
            assert not {"exif", "xmp", "icc_profile"} & set(image.info)
    with default_storage.open(name) as file:
        stored = file.read()
    assert not any(private in stored for private in (corpus.CAMERA, corpus.PLACE, corpus.REMARK))


def test_greys_of_sixteen_bits_keep_their_shades(media):
    values = np.linspace(0, 65_535, 64 * 48).reshape(64, 48).astype(np.uint16)
    name = make_image(picture=corpus.encoded(Image.fromarray(values))).file.name
    _, content = answered(name)
    with Image.open(io.BytesIO(content)) as image:
        assert np.abs(np.asarray(image.convert("L"), np.int16) - values / 257).mean() < 4


def test_the_smallest_and_the_longest_have_thumbnails(media):
    for size in ((8, 8), (8, 800), (800, 8)):
        assert all(thumbnails.is_whole_webp(answered(make_image(picture=picture_bytes(size=size)).file.name, each)[1])
                   for each in site.THUMBNAILS)  # fmt: skip
