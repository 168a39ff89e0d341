"""Loads the models of this process before somebody waits for them."""

import logging

import numpy as np
from django.conf import settings
from django.db import DatabaseError, connection

from search.models import Encoder
from search.serving import how_to_replace
from search.vision.analysis import analyse_photo
from search.vision.cards import ModelError, available
from search.vision.detector import load_detector
from search.vision.encoder import load_encoder

logger = logging.getLogger(__name__)


def load_models() -> None:
    """Loads the detector and the encoder that serves, once per process; raises ModelError or RuntimeError."""
    serving = Encoder.objects.serving()
    load_detector(settings.DETECTOR)
    if serving and serving.pk not in available("encoder"):
        raise ModelError(f"The model of {serving.pk}, which serves, is no longer here. {how_to_replace()}")
    load_encoder(serving.pk if serving else None)


def warm_up() -> None:
    """Analyses an empty photo once; a failure is logged, and /readyz reports it."""
    try:
        serving = Encoder.objects.serving()
        encoder = load_encoder(serving.pk if serving else None)
        analyse_photo(np.full((64, 64, 3), 255, np.uint8), detector=load_detector(settings.DETECTOR), encoder=encoder)
    except (ModelError, RuntimeError, DatabaseError) as error:
        logger.warning("The models could not be loaded: %s", error)
    finally:
        connection.close()
