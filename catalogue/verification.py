"""Do image rows, their files and their thumbnails agree? Finds what does not, and repairs what can be repaired."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from PIL import Image

from catalogue.image_storage import PARTIAL, SIZES, remove_now, storage, thumbnail_name, write_whole
from catalogue.importer.download import FOLDER as DOWNLOADS
from catalogue.models import ProductImage
from catalogue.services import delete_images, replace_image
from catalogue.thumbnails import is_whole_webp
from garments.image_decoding import PhotoError, check_photo

ROWS_AT_ONCE = 500
MAX_LOST = 0.2  # of the files: when more are missing or others, the storage is the wrong one rather than the rows
WRITTEN_WITHIN_S = 10.0  # one write and a rename take less; what still lies there as it did is nobody's
FEW = 20  # images of so small a catalogue may all be lost

MISSING_FILE = "images whose file is missing"
DAMAGED_FILE = "images whose file is damaged"
ANOTHER_PHOTO = "images whose file holds another photo than was stored"
HOLDS_METADATA = "image files with metadata"
WRONG_SIZE = "images with another size than their file"
UNKNOWN_FILE = "files of no image"
UNFINISHED_FILE = "unfinished files of a killed process"
UNKNOWN_THUMBNAIL = "thumbnails of no image, or of an earlier release"
BROKEN_THUMBNAIL = "thumbnails that are not whole"


class VerificationError(RuntimeError):
    """Repairing would do harm; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that disagrees. kind: what is wrong, as a phrase in the plural. name: which one it is."""

    kind: str
    name: str
    is_repaired: bool = False


def check_images(*, repair: bool = False) -> Iterator[Finding | None]:
    """What is wrong with each image's file, None for one that is right; lost ones and other photos in the end.

    Repaired are a row's size and a file's metadata. A row whose file is missing or damaged is deleted, so that the next
    import brings the photo back. A file that holds another photo, sound, becomes the image's photo as if it had been
    uploaded in place of the earlier. Raises VerificationError where too many are lost or others, and what the storage
    raises.
    """
    lost: list[tuple[int, Finding]] = []
    number = ProductImage.objects.count()
    most = number if number <= FEW else int(MAX_LOST * number)
    for image in _images():
        finding = _check_image(image, repair=repair)
        if finding is None or not repair or finding.kind not in (MISSING_FILE, DAMAGED_FILE, ANOTHER_PHOTO):
            yield finding
        else:
            lost.append((image.pk, finding))
            _check_share(len(lost), most)
    for start in range(0, len(lost), ROWS_AT_ONCE):
        yield from _repaired(lost[start : start + ROWS_AT_ONCE])


def _repaired(lost: Sequence[tuple[int, Finding]]) -> Iterator[Finding]:
    """Deletes the rows whose file is lost; gives those their photo whose file holds another."""
    images = ProductImage.objects.in_bulk([pk for pk, finding in lost if finding.kind == ANOTHER_PHOTO])
    delete_images(images=ProductImage.objects.filter(pk__in=[pk for pk, finding in lost if pk not in images]))
    for pk, finding in lost:
        if image := images.get(pk):
            with storage().open(str(image.file.name)) as file:
                content = file.read()
            try:
                replace_image(image=image, file=content)
            except ValueError:  # the product shows it in another place too
                delete_images(images=ProductImage.objects.filter(pk=pk))
        yield Finding(finding.kind, finding.name, is_repaired=True)


def check_files(*, repair: bool = False) -> Iterator[Finding]:
    """Files among the photos that no image names, and thumbnails that no photo has or that are broken.

    Repaired by deleting them: a thumbnail is made again when it is asked for. Raises what the storage raises.
    """
    partial: dict[tuple[Storage, str], tuple[object, int] | None] = {}
    for name in _walk(storage(), "products"):
        if name.endswith(PARTIAL):
            partial[storage(), name] = _state(storage(), name)
        elif finding := _check_stored(name):
            if repair:
                remove_now(name)
            yield Finding(finding, name, is_repaired=repair)
    for size in SIZES:
        for name in _walk(default_storage, f"thumbs/{size}"):
            if name.endswith(PARTIAL):
                partial[default_storage, name] = _state(default_storage, name)
            elif finding := _check_thumbnail(name, size):
                if repair:
                    default_storage.delete(name)
                yield Finding(finding, name, is_repaired=repair)
    own = FileSystemStorage(location=settings.VAR_DIR)
    partial |= {(own, name): _state(own, name) for name in _walk(own, DOWNLOADS) if name.endswith(PARTIAL)}
    yield from _check_partial(partial, repair=repair)


def _check_partial(partial: dict[tuple[Storage, str], tuple[object, int] | None], *, repair: bool) -> Iterator[Finding]:
    """Those that nobody has touched for a while, which a killed process has left; others are being written."""
    if partial:
        time.sleep(WRITTEN_WITHIN_S)
    for (files, name), state in partial.items():
        if state is not None and _state(files, name) == state:
            if repair:
                files.delete(name)
            yield Finding(UNFINISHED_FILE, name, is_repaired=repair)


def _state(files: Storage, name: str) -> tuple[object, int] | None:
    """What changes while a file is written; None where it is there no more."""
    try:
        return files.get_modified_time(name), files.size(name)
    except FileNotFoundError:
        return None


def _images() -> Iterator[ProductImage]:
    """All of them, by key: no cursor stays open while files are read."""
    last = 0
    rows = ProductImage.objects.select_related("product").order_by("pk")
    while chunk := list(rows.filter(pk__gt=last)[:ROWS_AT_ONCE]):
        yield from chunk
        last = chunk[-1].pk


def _check_image(image: ProductImage, *, repair: bool) -> Finding | None:
    stored = str(image.file.name)
    name = f"{image.product.sku}: {stored}"
    try:
        with storage().open(stored) as file:
            content = file.read()
        checked = check_photo(content)
    except FileNotFoundError:
        return Finding(MISSING_FILE, name)
    except PhotoError as error:
        return Finding(DAMAGED_FILE, f"{name} ({error.template % error.params})")
    sha256, has_metadata = hashlib.sha256(content).hexdigest(), checked.content != content
    # Rows of earlier releases do not say what was stored: a file without metadata is taken for it.
    is_known = sha256 in (image.sha256, image.stored_sha256) or not (image.stored_sha256 or has_metadata)
    if not is_known:
        return Finding(ANOTHER_PHOTO, name)
    if has_metadata:
        if repair:
            write_whole(storage(), stored, checked.content)
            _note(image, hashlib.sha256(checked.content).hexdigest())
        return Finding(HOLDS_METADATA, name, is_repaired=repair)
    if repair:
        _note(image, sha256)
    if (image.width, image.height) != (checked.width, checked.height):
        if repair:
            ProductImage.objects.filter(pk=image.pk).update(width=checked.width, height=checked.height)
        return Finding(WRONG_SIZE, name, is_repaired=repair)
    return None


def _note(image: ProductImage, stored_sha256: str) -> None:
    """Where an earlier release did not note it, or removes metadata only now."""
    if image.stored_sha256 != stored_sha256:
        ProductImage.objects.filter(pk=image.pk).update(stored_sha256=stored_sha256)


def _check_share(lost: int, most: int) -> None:
    if lost > most:
        raise VerificationError(
            f"More than {most:,} image files are missing, damaged or others. No image was deleted or replaced: is "
            "MEDIA_ROOT, or the bucket, the one that the photos are in? Restore it from a backup, then run this again."
        )


def _check_stored(name: str) -> str:
    """What is wrong with a file below products/, nothing where an image names it."""
    if "/thumbs/" in name:  # where releases before 2026-12 kept them
        return UNKNOWN_THUMBNAIL
    return "" if ProductImage.objects.filter(sha256=_sha256_in(name), file=name).exists() else UNKNOWN_FILE


def _check_thumbnail(name: str, size: str) -> str:
    source = name.removeprefix(f"thumbs/{size}/").removesuffix(".webp")
    is_known = ProductImage.objects.filter(sha256=_sha256_in(source), file=source).exists()
    if thumbnail_name(source, size) != name or not (is_known or default_storage.exists(source)):
        return UNKNOWN_THUMBNAIL
    with default_storage.open(name) as file:
        content = file.read()
    return "" if is_whole_webp(content) and _decodes(content) else BROKEN_THUMBNAIL


def _decodes(content: bytes) -> bool:
    """Whether a thumbnail's pixels can be read. It may be narrower than any photo."""
    try:
        with Image.open(io.BytesIO(content), formats=["WEBP"]) as image:
            image.load()
    except Exception:  # noqa: BLE001  codecs raise whatever they happen to
        return False
    return True


def _sha256_in(name: str) -> str:
    """The hash in a photo's name, which is indexed."""
    return "".join(name.rpartition(".")[0].split("/")[-2:])[:64]


def _walk(files: Storage, folder: str) -> Iterator[str]:
    """The names of all files below `folder`."""
    try:
        folders, names = files.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in sorted(names) if name)
    for inner in sorted(folders):
        yield from _walk(files, f"{folder}/{inner}")
