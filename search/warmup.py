"""Loads the models of this process before somebody waits for them."""

import logging

import numpy as np
from django.conf import settings
from django.db import connection

from search.models import Encoder
from search.vision.analysis import analyse_photo
from search.vision.cards import ModelError
from search.vision.detector import load_detector
from search.vision.encoder import load_encoder

logger = logging.getLogger(__name__)


def warm_up() -> None:
    """Looks at an empty photo once; what goes wrong is logged and will be said to the first shopper."""
    try:
        serving = Encoder.objects.serving()
        encoder = load_encoder(serving.pk if serving else None)
        analyse_photo(np.full((64, 64, 3), 255, np.uint8), detector=load_detector(settings.DETECTOR), encoder=encoder)
    except (ModelError, RuntimeError) as error:
        logger.warning("The models could not be loaded: %s", error)
    finally:
        connection.close()
