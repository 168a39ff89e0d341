"""Embedding on many machines: the command hands out photos by their ids, Celery's workers look at them.

Every worker needs the same database, media storage and weights. The database says what is missing, as it does without
workers, so a task that is lost or done twice does no harm, and a command that is killed and started again hands out
only what nobody has done.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from celery.result import AsyncResult
from django.conf import settings
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from search.embedding import pipeline as embedding
from search.embedding.tasks import embed_images
from search.models import Encoder

PHOTOS_A_TASK = 64  # some ten seconds of one worker: what it loses when it dies, and how often it reports
TASKS_A_WORKER = 4  # waiting or at work, so that no worker idles; the queue stays short however large the catalogue is
# A task that has not been answered by then is handed out again. The broker itself does so sooner, for a worker that is
# gone: CELERY_BROKER_TRANSPORT_OPTIONS.
LOST_AFTER_S = 600
ASK_EVERY_S = 0.2
# As they leave kombu, Celery's results and the Redis client; those of the database are Django's own.
BROKER_ERRORS = (OperationalError, RedisError, ConnectionError, TimeoutError)


class NoWorkers(embedding.EmbeddingError):
    """Nobody is there to do the work; the message says how to change that."""


class WorkersDiffer(embedding.EmbeddingError):
    """The workers have done their work, and it is not what was asked for."""


@dataclass(slots=True)
class _Task:
    images: list[int]
    result: AsyncResult[dict[str, Any]]
    sent: float = field(default_factory=time.monotonic)


def embed_photos(encoder: Encoder, *, limit: int | None = None) -> Iterator[embedding.EmbeddingReport]:
    """Has the workers embed what is missing or stale, at most `limit` photos; yields the report as it grows.

    Raises NoWorkers before anything is handed out, WorkersDiffer where their vectors are of other weights than ours,
    and what a task raised that failed for good.
    """
    try:
        yield from _embedded(encoder, limit)
    except BROKER_ERRORS as error:
        raise NoWorkers(
            f"The broker that CELERY_BROKER_URL names cannot be reached ({error}). What was embedded is stored: run it "
            "again when the broker is back."
        ) from error


def _embedded(encoder: Encoder, limit: int | None) -> Iterator[embedding.EmbeddingReport]:
    report = embedding.EmbeddingReport()
    at_once = TASKS_A_WORKER * _number_of_workers()
    chunks = _chunks(encoder, limit)
    at_work: list[_Task | None] = [_handed_out(encoder, chunk) for chunk in islice(chunks, at_once)]
    while at_work:
        time.sleep(ASK_EVERY_S)
        for place, task in enumerate(at_work):
            if task is None:
                continue
            if task.result.ready():
                _add(report, task.result.get())
                at_work[place] = next((_handed_out(encoder, chunk) for chunk in chunks), None)
                yield report
            elif time.monotonic() - task.sent > LOST_AFTER_S:
                at_work[place] = _handed_out(encoder, task.images)
        at_work = [task for task in at_work if task is not None]
    _check_outcome(encoder, report, limit)
    yield report


def _number_of_workers() -> int:
    if not settings.CELERY_BROKER_URL:
        raise NoWorkers("CELERY_BROKER_URL is not set. It names the broker, redis://HOST:6379/0 for example.")
    answers = import_string(settings.CELERY_APP).control.ping(timeout=2)
    if not answers:
        raise NoWorkers("No worker answers. Start some, on any machine: celery -A config worker")
    return len(answers)


def _chunks(encoder: Encoder, limit: int | None) -> Iterator[list[int]]:
    images = islice(embedding.ids_to_embed(encoder), limit)
    while chunk := list(islice(images, PHOTOS_A_TASK)):
        yield chunk


def _handed_out(encoder: Encoder, images: list[int]) -> _Task:
    return _Task(images, embed_images.delay(encoder.pk, images))


def _add(report: embedding.EmbeddingReport, done: dict[str, Any]) -> None:
    report.photos += done["photos"]
    report.vectors += done["vectors"]
    report.unreadable += [tuple(each) for each in done["unreadable"]]


def _check_outcome(encoder: Encoder, report: embedding.EmbeddingReport, limit: int | None) -> None:
    left = embedding.photos_to_embed(encoder).count() - len(report.unreadable)
    if limit is None and report.photos and left >= report.photos:
        raise WorkersDiffer(
            f"{left} photos still have no vectors of {encoder.pk} as it is here: do the workers run the same release, "
            "with the same weights, on the same database?"
        )
