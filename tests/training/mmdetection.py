import importlib.util

import pytest


def mmdetection():
    """Skips where MMDetection is not installed; else makes it importable, torchvision standing in for mmcv's ops."""
    if importlib.util.find_spec("mmdet") is None:
        pytest.skip("MMDetection is not installed: pip install -r requirements-training.txt", allow_module_level=True)
    from training.detector.mmcv_ops import install

    install()
