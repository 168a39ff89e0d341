"""The plain way to the same vectors: torchvision's Mask R-CNN R50 and a ResNet-50 for each crop, in eager torch."""

from __future__ import annotations

import io
import time
from typing import Any

import numpy as np
from PIL import Image


def time_plain_models(photos: list[bytes], garments: float) -> dict[str, Any]:
    """Milliseconds a photo, p50: detect at torchvision's own size, then encode `garments` crops one after the other.

    The weights are random: they cost what trained ones do, but for the number of garments, which is given.
    """
    import torch
    from torchvision.models import resnet50
    from torchvision.models.detection import maskrcnn_resnet50_fpn

    detector = maskrcnn_resnet50_fpn(weights=None, weights_backbone=None).eval()
    encoder = resnet50(weights=None).eval()
    crop = torch.zeros(1, 3, 224, 224)
    detect, encode = [], []
    with torch.inference_mode():
        for photo in photos:
            with Image.open(io.BytesIO(photo)) as image:
                pixels = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1).float() / 255
            started = time.perf_counter()
            detector([pixels])
            detected = time.perf_counter()
            for _ in range(round(garments)):
                encoder(crop)
            detect.append(1000 * (detected - started))
            encode.append(1000 * (time.perf_counter() - detected))
    return {"detect p50": round(float(np.median(detect)), 1), "embed p50": round(float(np.median(encode)), 1)}
