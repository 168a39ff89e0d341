"""What a worker can be asked to do."""

from typing import Any

from celery import shared_task
from django.db.utils import InterfaceError, OperationalError

from search.embedding import pipeline as embedding
from search.models import Encoder


# Late acknowledgement: what a dying worker had in hand goes back to the queue, and embedding twice changes nothing.
@shared_task(
    acks_late=True,
    reject_on_worker_lost=True,
    autoretry_for=(OperationalError, InterfaceError),
    retry_backoff=True,
    retry_backoff_max=20,  # seconds; longer than the broker's visibility timeout, and it would be handed out twice
    max_retries=20,
)
def embed_images(encoder: str, images: list[int]) -> dict[str, Any]:
    """Embeds those of these images that need it; returns an EmbeddingReport as a dict."""
    report = embedding.embed_images(Encoder.objects.get(pk=encoder), images, in_bulk=True)
    return {"photos": report.photos, "vectors": report.vectors, "unreadable": report.unreadable}
