import importlib.util

import pytest


def mmdetection():
    """Skips where MMDetection is not installed; else makes it importable, torchvision standing in for mmcv's ops."""
    if importlib.util.find_spec("mmdet") is None:
        pytest.skip("needs requirements.txt: MMDetection is not installed")
    from training.detector.mmcv_ops import install

    install()
