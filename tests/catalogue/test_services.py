import io
import threading

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction

from catalogue.image_storage import thumbnail_name
from catalogue.models import Product, ProductImage
from catalogue.photo_files import NotAPhoto
from catalogue.services import add_image, delete_images, delete_products, order_images, replace_image
from catalogue.thumbnails import thumbnail_of
from tests.factories import make_image, make_product, picture_bytes

pytestmark = pytest.mark.django_db


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_an_image_is_stored_under_its_hash(media):
    product = make_product()
    image = add_image(product=product, file=io.BytesIO(picture_bytes(format="JPEG")), source="a/b.jpg.1")
    image.refresh_from_db()
    assert files_in(media) == [image.file.name] == [f"products/{image.sha256[:2]}/{image.sha256[2:]}.jpg"]
    assert (image.width, image.height, image.position, image.source) == (48, 64, 0, "a/b.jpg.1")
    assert image.file.open().read() == picture_bytes(format="JPEG")


def test_the_same_photo_twice_is_one_image(media):
    product = make_product()
    first = add_image(product=product, file=picture_bytes())
    assert add_image(product=product, file=picture_bytes()) == first
    assert product.images.count() == 1


def test_new_images_come_behind_the_others(media):
    product = make_product()
    positions = [add_image(product=product, file=picture_bytes(colour=(n, 0, 0))).position for n in range(3)]
    assert positions == [0, 1, 2]


def test_what_is_no_photo_leaves_nothing_behind(media):
    product = make_product()
    with pytest.raises(NotAPhoto):
        add_image(product=product, file=b"not a photo")
    assert files_in(media) == []
    assert not product.images.exists()


def test_half_a_file_of_a_killed_writer_is_written_again(media):
    image = add_image(product=make_product(), file=picture_bytes())
    (media / image.file.name).write_bytes(picture_bytes()[:50])
    add_image(product=make_product(), file=picture_bytes())
    assert (media / image.file.name).read_bytes() == picture_bytes()


def test_a_replaced_file_goes_after_the_commit(media, django_capture_on_commit_callbacks):
    image = add_image(product=make_product(), file=picture_bytes())
    old = image.file.name
    with django_capture_on_commit_callbacks(execute=True):
        replace_image(image=image, file=picture_bytes(size=(30, 40)))
        assert old in files_in(media)
    image.refresh_from_db()
    assert files_in(media) == [image.file.name]
    assert (image.width, image.height) == (30, 40)


def test_a_photo_that_is_shown_already_replaces_nothing(media):
    product = make_product()
    first = add_image(product=product, file=picture_bytes())
    second = add_image(product=product, file=picture_bytes(colour=(1, 2, 3)))
    with pytest.raises(ValueError, match="already"):
        replace_image(image=second, file=picture_bytes())
    assert replace_image(image=first, file=picture_bytes()).pk == first.pk


@pytest.mark.parametrize("how", ["image", "product"])
def test_a_deleted_row_takes_its_file_and_thumbnails_along(media, client, django_capture_on_commit_callbacks, how):
    image = add_image(product=make_product(), file=picture_bytes(size=(600, 800)))
    client.get(thumbnail_of(image, "tiny").url)
    assert default_storage.exists(thumbnail_name(image.file.name, "tiny"))
    with django_capture_on_commit_callbacks(execute=True):
        if how == "image":
            assert delete_images(images=ProductImage.objects.filter(pk=image.pk)) == 1
        else:
            assert delete_products(products=Product.objects.filter(pk=image.product_id)) == 1
    assert files_in(media) == []


def test_a_shared_file_stays_until_its_last_row_goes(media, django_capture_on_commit_callbacks):
    first, second = (add_image(product=make_product(), file=picture_bytes()) for _ in range(2))
    assert first.file.name == second.file.name
    with django_capture_on_commit_callbacks(execute=True):
        delete_images(images=ProductImage.objects.filter(pk=first.pk))
    assert files_in(media) == [second.file.name]
    with django_capture_on_commit_callbacks(execute=True):
        delete_products(products=Product.objects.filter(pk=second.product_id))
    assert files_in(media) == []


def test_images_take_the_order_given():
    product = make_product()
    images = [make_image(product, position=n) for n in range(3)]
    order = [images[2].pk, images[0].pk, images[1].pk]
    order_images(product=product, images=order)
    assert [image.pk for image in product.images.all()] == order
    with pytest.raises(ValueError, match="were given"):
        order_images(product=product, images=order[:2])


@pytest.mark.django_db(transaction=True)
def test_a_file_is_not_removed_under_a_writer_that_has_not_committed(media):
    """A deletion waits for the transaction that is about to name the same file, and then keeps the file."""
    image = add_image(product=make_product(), file=picture_bytes())
    other = make_product()
    written, may_commit = threading.Event(), threading.Event()

    def write():
        with transaction.atomic():
            add_image(product=other, file=picture_bytes())
            written.set()
            may_commit.wait(10)
        connection.close()

    def delete():
        delete_images(images=ProductImage.objects.filter(pk=image.pk))
        connection.close()

    threads = [threading.Thread(target=write), threading.Thread(target=delete)]
    threads[0].start()
    written.wait(10)
    threads[1].start()
    threads[1].join(0.3)
    assert threads[1].is_alive()
    may_commit.set()
    for thread in threads:
        thread.join(10)
    assert files_in(media) == [image.file.name]
    assert list(Product.objects.get(pk=other.pk).images.values_list("file", flat=True)) == [image.file.name]
