import threading

import pytest
from PIL import Image

from catalogue import verification
from catalogue.image_storage import thumbnail_name
from catalogue.models import ProductImage
from catalogue.verification import VerificationError, check_files, check_images
from tests.factories import make_image, make_product, picture_bytes
from tests.garments import picture_corpus as corpus

pytestmark = pytest.mark.django_db


def path_of(image, media):
    return media / image.file.name


def missing(image, media):
    path_of(image, media).unlink()


def emptied(image, media):
    path_of(image, media).write_bytes(b"")


def cut_off(image, media):
    path_of(image, media).write_bytes(path_of(image, media).read_bytes()[:60])


def exchanged(image, media):
    path_of(image, media).write_bytes(corpus.sound("JPEG"))


def exchanged_by_one_without_metadata(image, media):
    path_of(image, media).write_bytes(picture_bytes(colour=(1, 2, 3)))


def exchanged_by_one_that_the_product_has(image, media):
    other = picture_bytes(colour=(4, 5, 6))
    make_image(image.product, picture=other)
    path_of(image, media).write_bytes(other)


def of_another_size(image, media):
    ProductImage.objects.filter(pk=image.pk).update(width=7)


@pytest.mark.parametrize(
    ("harm", "kind"),
    [
        (missing, verification.MISSING_FILE),
        (emptied, verification.DAMAGED_FILE),
        (cut_off, verification.DAMAGED_FILE),
        (exchanged, verification.ANOTHER_PHOTO),
        (exchanged_by_one_without_metadata, verification.ANOTHER_PHOTO),
        (exchanged_by_one_that_the_product_has, verification.ANOTHER_PHOTO),
        (of_another_size, verification.WRONG_SIZE),
    ],
)
def test_what_is_wrong_is_found_named_and_repaired(media, django_capture_on_commit_callbacks, harm, kind):
    sound, harmed = make_image(), make_image()
    harm(harmed, media)
    (found,) = filter(None, check_images())
    assert found.kind == kind
    assert harmed.product.sku in found.name
    assert not found.is_repaired
    with django_capture_on_commit_callbacks(execute=True):
        (repaired,) = filter(None, check_images(repair=True))
    assert repaired.is_repaired
    assert not list(filter(None, check_images()))
    assert not list(check_files())
    assert ProductImage.objects.filter(pk=sound.pk).exists()


def test_metadata_of_an_earlier_release_is_found_and_removed(media):
    """Files were stored as they came before."""
    image = make_image(picture=corpus.sound("JPEG"))
    path_of(image, media).write_bytes(corpus.sound("JPEG"))
    assert [found.kind for found in filter(None, check_images())] == [verification.HOLDS_METADATA]
    list(check_images(repair=True))
    assert corpus.PLACE not in path_of(image, media).read_bytes()
    assert not list(filter(None, check_images()))


def test_a_row_of_an_earlier_release_takes_its_file_for_the_one_that_was_stored(media):
    image = make_image(picture=corpus.sound("JPEG"))
    ProductImage.objects.update(stored_sha256="")
    assert list(check_images(repair=True)) == [None]
    exchanged_by_one_without_metadata(image, media)
    assert [found.kind for found in check_images()] == [verification.ANOTHER_PHOTO]


@pytest.mark.parametrize("harm", [missing, exchanged])
def test_a_storage_that_holds_other_files_is_not_taken_for_lost_photos(media, harm):
    product = make_product()
    images = [make_image(product) for _ in range(verification.FEW + 5)]
    for image in images[:10]:
        harm(image, media)
    with pytest.raises(VerificationError, match=r"More than 5 .*MEDIA_ROOT"):
        list(check_images(repair=True))
    assert product.images.count() == len(images)


def test_a_file_that_is_being_written_is_nobodys_fault(media, monkeypatch):
    """Written to, or renamed, while the others are checked."""
    monkeypatch.setattr(verification, "WRITTEN_WITHIN_S", 0.5)
    names = ["products/ab/.left.part", "products/ab/.growing.part", "products/ab/.renamed.part"]
    for name in names:
        (media / name).parent.mkdir(parents=True, exist_ok=True)
        (media / name).write_bytes(b"half")

    def go_on():
        (media / names[1]).write_bytes(b"half and more")
        (media / names[2]).unlink()

    timer = threading.Timer(0.1, go_on)
    timer.start()
    found = [finding.name for finding in check_files(repair=True)]
    timer.join()
    assert found == names[:1]
    assert not (media / names[0]).exists()
    assert (media / names[1]).exists()


def test_a_thumbnail_whose_pixels_are_broken_is_found_and_made_anew(media, client):
    image = make_image()
    address, file = f"/thumbs/tiny/{image.file.name}.webp", media / thumbnail_name(image.file.name, "tiny")
    whole = client.get(address).getvalue()
    assert not list(check_files())
    file.write_bytes(whole[:20] + bytes(len(whole) - 20))
    assert [found.kind for found in check_files(repair=True)] == [verification.BROKEN_THUMBNAIL]
    assert client.get(address).getvalue() == whole


def test_a_download_that_a_killed_import_left_is_found_and_deleted(media, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(verification, "WRITTEN_WITHIN_S", 0.01)
    settings.VAR_DIR = tmp_path
    whole, half = tmp_path / "downloads/a1", tmp_path / "downloads/b2.4711.part"
    whole.parent.mkdir()
    whole.write_bytes(b"taken up by the next import")
    half.write_bytes(b"half")
    assert [(found.kind, found.name) for found in check_files(repair=True)] == [
        (verification.UNFINISHED_FILE, "downloads/b2.4711.part")
    ]
    assert whole.exists() and not half.exists()


def test_files_and_thumbnails_of_nobody_are_found_and_deleted(media, client, monkeypatch):
    monkeypatch.setattr(verification, "WRITTEN_WITHIN_S", 0.01)
    image = make_image()
    kept = media / thumbnail_name(image.file.name, "tiny")
    for path in (
        "products/ab/" + "c" * 62 + ".jpg",
        "products/ab/thumbs/x.jpg.320x427_q82.webp",
        "thumbs/card/products/ab/" + "c" * 62 + ".jpg.webp",
        "thumbs/tiny/" + image.file.name + ".webp",
        "products/ab/.half.part",
        "thumbs/tiny/products/ab/.half.part",
    ):
        (media / path).parent.mkdir(parents=True, exist_ok=True)
        (media / path).write_bytes(picture_bytes())
    found = {finding.kind: finding.name for finding in check_files()}
    assert set(found) == {
        verification.UNKNOWN_FILE, verification.UNKNOWN_THUMBNAIL, verification.BROKEN_THUMBNAIL,
        verification.UNFINISHED_FILE,
    }  # fmt: skip
    assert all(finding.is_repaired for finding in check_files(repair=True))
    assert not list(check_files())
    assert not kept.exists()  # it was no whole picture
    assert client.get(f"/thumbs/tiny/{image.file.name}.webp").status_code == 200
    with Image.open(kept) as made:
        assert made.format == "WEBP"
    assert not list(check_files())
