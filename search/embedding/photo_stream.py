"""Photos of the catalogue to garments with vectors, as a pipeline: read, decode, detect; encode; hand over.

Threads read photos and find their garments, others encode the crops of several photos at once, while the caller stores
what is finished. Each stage may be only so far ahead of the next, so that memory does not grow with the catalogue.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from django.conf import settings

from catalogue.models import ProductImage
from search.vision.analysis import PhotoAnalysis, PreparedPhoto, prepare_photo, with_vectors
from search.vision.detector import Detector, load_detector
from search.vision.encoder import MAX_AT_ONCE, Encoder, load_encoder
from search.vision.photo_decoding import PhotoError, decode_photo

READERS = min(16, max(2, os.cpu_count() or 2))  # threads that read, decode and detect: one a core
READ_AHEAD = READERS + 6  # photos read, or waiting for the encoder: about 3 MB each once they are cut
BATCHES_AHEAD = 2  # at work in the encoder, or waiting to be stored
ENCODERS = 2  # threads: one prepares its input while the other's is encoded
MAX_PHOTOS = 8  # of a batch, unreadable ones among them
READ_TRIES = 3
READ_PAUSE_S = 0.5  # before the second try; longer before each further one


class StorageAway(RuntimeError):
    """The media storage did not give a file, for a reason that may pass."""


@dataclass(frozen=True, slots=True)
class Models:
    """What looks at the photos."""

    detector: Detector
    encoder: Encoder

    @classmethod
    def load(cls, encoder: str, *, in_bulk: bool, provider: str | None = None) -> Models:
        """The site's detector and this encoder. in_bulk, provider: of `compile_model`."""
        return cls(
            load_detector(settings.DETECTOR, in_bulk=in_bulk, provider=provider),
            load_encoder(encoder, in_bulk=in_bulk, provider=provider),
        )


def analysed(
    images: Iterator[ProductImage], models: Models
) -> Iterator[tuple[ProductImage, PhotoAnalysis | Exception]]:
    """Each image, in order, and what it shows, or the reason why it could not be read.

    `images` is advanced in the caller's thread, which has the database connection.
    """
    with ThreadPoolExecutor(READERS) as reading, ThreadPoolExecutor(ENCODERS) as encoding:
        batches: deque[Future[list[tuple[ProductImage, PhotoAnalysis | Exception]]]] = deque()
        for batch in _batches(_prepared(images, models, reading)):
            batches.append(encoding.submit(_encoded, batch, models.encoder))
            if len(batches) > BATCHES_AHEAD:
                yield from batches.popleft().result()
        for future in batches:
            yield from future.result()


def _prepared(
    images: Iterator[ProductImage], models: Models, reading: ThreadPoolExecutor
) -> Iterator[tuple[ProductImage, PreparedPhoto | Exception]]:
    waiting: deque[tuple[ProductImage, Future[PreparedPhoto | Exception]]] = deque()
    for image in images:
        waiting.append((image, reading.submit(_read, image, models)))
        if len(waiting) > READ_AHEAD:
            first, future = waiting.popleft()
            yield first, future.result()
    for first, future in waiting:
        yield first, future.result()


def _batches(
    photos: Iterator[tuple[ProductImage, PreparedPhoto | Exception]],
) -> Iterator[list[tuple[ProductImage, PreparedPhoto | Exception]]]:
    """As many photos as fill the encoder. A storage that is away ends a batch: it is to be noticed soon."""
    batch: list[tuple[ProductImage, PreparedPhoto | Exception]] = []
    crops = 0
    for image, photo in photos:
        batch.append((image, photo))
        crops += len(photo.shown) if isinstance(photo, PreparedPhoto) else 0
        if crops >= MAX_AT_ONCE or len(batch) == MAX_PHOTOS or isinstance(photo, StorageAway):
            yield batch
            batch, crops = [], 0
    if batch:
        yield batch


def _encoded(
    batch: list[tuple[ProductImage, PreparedPhoto | Exception]], encoder: Encoder
) -> list[tuple[ProductImage, PhotoAnalysis | Exception]]:
    tensors = [photo.tensors for _, photo in batch if isinstance(photo, PreparedPhoto)]
    vectors = encoder.encode_prepared(tensors) if tensors else None
    found: list[tuple[ProductImage, PhotoAnalysis | Exception]] = []
    start = 0
    for image, photo in batch:
        if isinstance(photo, PreparedPhoto) and vectors is not None:
            end = start + len(photo.shown)
            found.append((image, with_vectors(photo, vectors[start:end])))
            start = end
        elif isinstance(photo, Exception):
            found.append((image, photo))
    return found


def _read(image: ProductImage, models: Models) -> PreparedPhoto | Exception:
    """What it shows, or why it can't be read: StorageAway where the storage failed READ_TRIES times."""
    content = _content(image)
    if isinstance(content, Exception):
        return content
    try:
        pixels = decode_photo(content)
    except PhotoError as error:
        return error
    return prepare_photo(pixels, detector=models.detector, encoder=models.encoder)


def _content(image: ProductImage) -> bytes | Exception:
    for attempt in range(1, READ_TRIES + 1):
        try:
            with image.file.open("rb") as file:
                return bytes(file.read())
        except (FileNotFoundError, PermissionError) as error:
            return error
        except Exception as error:  # noqa: BLE001  storages raise errors of their own libraries
            problem = StorageAway(f"{type(error).__name__}: {error}")
            if attempt < READ_TRIES:
                time.sleep(READ_PAUSE_S * attempt)
    return problem
