"""The encoder that answers searches: its row in the database and its model in this process."""

from __future__ import annotations

from search.models import Encoder
from search.vision import cards
from search.vision.cards import ModelError
from search.vision.encoder import Encoder as VisionEncoder
from search.vision.encoder import load_encoder


class NotReady(RuntimeError):
    """The catalogue has no vectors to search yet; the message says what to run."""


def serving_encoder() -> Encoder:
    """The encoder that answers. Raises NotReady before the catalogue has vectors."""
    encoder = Encoder.objects.serving()
    if encoder is None:
        raise NotReady("The catalogue has no embeddings yet. Run `manage.py embed_catalogue`.")
    return encoder


def model_of(encoder: Encoder) -> VisionEncoder:
    """The model that made the encoder's vectors. Raises NotReady where another or none stands under its name."""
    try:
        model = load_encoder(encoder.pk)
        if not _made_vectors_of(encoder, model):  # its files may have been replaced since this process read them
            cards.clear_card_cache()
            load_encoder.cache_clear()
            model = load_encoder(encoder.pk)
    except ModelError as error:
        raise NotReady(f"{error} {how_to_replace()}") from error
    if not _made_vectors_of(encoder, model):
        raise NotReady(
            f"{encoder.pk} has other weights now than its stored vectors were made with. "
            "Run `manage.py embed_catalogue`."
        )
    return model


def how_to_replace() -> str:
    """Says what to run where the model of the encoder that serves is no longer here."""
    name = cards.choose("encoder").name
    return f"Run `manage.py embed_catalogue --encoder {name}`, then `manage.py switch_encoder {name}`."


def _made_vectors_of(encoder: Encoder, model: VisionEncoder) -> bool:
    return (model.card.fingerprint, model.dimensions) == (encoder.fingerprint, encoder.dimensions)
