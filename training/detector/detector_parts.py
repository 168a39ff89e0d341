"""An MMDetection Mask R-CNN taken apart into what search.vision.detector runs, and the numbers that join the parts."""

from __future__ import annotations

from typing import Any

import torch
from mmdet.models.detectors import MaskRCNN
from torch import Tensor, nn
from torchvision.ops import roi_align


class UnsupportedModel(ValueError):
    """The model is not built the way search.vision.detector runs; the message says which part."""


class Body(nn.Module):
    """RGB pictures (1, 3, H, W) to region logits, box deltas and feature maps, each level by level."""

    def __init__(self, model: MaskRCNN):
        super().__init__()
        self.model = model
        self.takes_bgr = takes_bgr(model)
        self.maps = len(model.roi_head.bbox_roi_extractor.featmap_strides)

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        maps = self.model.extract_feat(pictures.flip(1) if self.takes_bgr else pictures)
        logits, deltas = self.model.rpn_head(maps)
        return (*logits, *deltas, *maps[: self.maps])


class Head(nn.Module):
    """Maps, then per map the boxes (N, 4) pooled from it, to what `finish` makes of the pooled regions."""

    def __init__(self, extractor: nn.Module, finish: nn.Module):
        super().__init__()
        self.finish = finish
        self.strides = list(extractor.featmap_strides)
        self.layers = [_pooling(layer) for layer in extractor.roi_layers]

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        maps, boxes = inputs[: len(self.strides)], inputs[len(self.strides) :]
        pooled = [self._pool(*each) for each in zip(maps, boxes, self.layers, strict=True)]
        return self.finish(torch.cat(pooled))

    def _pool(self, level: Tensor, boxes: Tensor, layer: dict[str, Any]) -> Tensor:
        picture = torch.zeros_like(boxes[:, :1])
        return roi_align(level, torch.cat([picture, boxes], 1), **layer)


class Classify(nn.Module):
    """Pooled regions to class probabilities (N, C + 1) and box deltas (N, 4) or (N, 4C)."""

    def __init__(self, head: nn.Module):
        super().__init__()
        self.head = head

    def forward(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        if self.head.with_avg_pool:
            raise UnsupportedModel("box heads that pool to a single cell are not supported")
        scores, deltas = self.head(pooled)
        return scores.softmax(-1), deltas


class Outline(nn.Module):
    """Pooled regions to masks (N, C, m, m) in 0..1."""

    def __init__(self, head: nn.Module):
        super().__init__()
        self.head = head

    def forward(self, pooled: Tensor) -> tuple[Tensor]:
        return (self.head(pooled).sigmoid(),)


def taken_apart(model: MaskRCNN) -> dict[str, nn.Module]:
    """Returns {"body", "boxes", "masks"}: the three parts. Raises UnsupportedModel."""
    _check(model)
    roi_head = model.roi_head
    parts: dict[str, nn.Module] = {
        "body": Body(model),
        "boxes": Head(roi_head.bbox_roi_extractor, Classify(roi_head.bbox_head)),
        "masks": Head(roi_head.mask_roi_extractor, Outline(roi_head.mask_head)),
    }
    return {name: part.eval() for name, part in parts.items()}


def parameters(model: MaskRCNN) -> dict[str, Any]:
    """Returns the numbers that a card's `parameters` hold, but for input_sizes, padding and the chosen scores."""
    rpn, rcnn = model.test_cfg.rpn, model.test_cfg.rcnn
    generator, roi_head = model.rpn_head.prior_generator, model.roi_head
    return {
        "proposals": {
            "anchors": [level.tolist() for level in generator.base_anchors],
            "strides": [stride[0] for stride in generator.strides],
            "box_coder": _box_coder(model.rpn_head.bbox_coder),
            "nms_pre": rpn.nms_pre,
            "max_per_img": rpn.max_per_img,
            "iou_threshold": rpn.nms.iou_threshold,
            "min_bbox_size": rpn.min_bbox_size,
        },
        "roi_levels": {
            "strides": list(roi_head.bbox_roi_extractor.featmap_strides),
            "finest_scale": roi_head.bbox_roi_extractor.finest_scale,
        },
        "box_coder": _box_coder(roi_head.bbox_head.bbox_coder),
        "postprocess": {
            "score_thresholds": [rcnn.score_thr],
            "iou_threshold": rcnn.nms.iou_threshold,
            "class_agnostic_iou_threshold": 1.0,
            "max_per_img": rcnn.max_per_img,
            "mask_threshold": rcnn.mask_thr_binary,
        },
    }


def takes_bgr(model: MaskRCNN) -> bool:
    """Whether the model was trained on pixels in OpenCV's order, as those with Caffe's weights are."""
    return not model.data_preprocessor._channel_conversion


def normalisation(model: MaskRCNN) -> tuple[list[float], list[float]]:
    """Returns mean and standard deviation of red, green and blue, of 0..255."""
    preprocessor = model.data_preprocessor
    if not preprocessor._enable_normalize:
        return [0.0] * 3, [1.0] * 3
    mean, std = preprocessor.mean.flatten().tolist(), preprocessor.std.flatten().tolist()
    return (mean[::-1], std[::-1]) if takes_bgr(model) else (mean, std)


def _check(model: Any) -> None:
    if not isinstance(model, MaskRCNN):
        raise UnsupportedModel(f"Cannot be taken apart: {type(model).__name__} is no MaskRCNN.")
    problems = {
        "its RPN is no RPNHead": type(model.rpn_head).__name__ != "RPNHead",
        "its RoI head is no StandardRoIHead": type(model.roi_head).__name__ != "StandardRoIHead",
        "its region scores are no sigmoid": not model.rpn_head.use_sigmoid_cls,
        "its soft NMS is not supported": model.test_cfg.rcnn.nms.type != "nms" or model.test_cfg.rpn.nms.type != "nms",
    }
    wrong = [problem for problem, is_so in problems.items() if is_so]
    if wrong:
        raise UnsupportedModel(f"Cannot be taken apart: {'; '.join(wrong)}.")


def _pooling(layer: nn.Module) -> dict[str, Any]:
    if layer.pool_mode != "avg":
        raise UnsupportedModel(f"regions pooled by {layer.pool_mode}; only avg is supported")
    return {
        "output_size": layer.output_size,
        "spatial_scale": layer.spatial_scale,
        "sampling_ratio": layer.sampling_ratio,
        "aligned": layer.aligned,
    }


def _box_coder(coder: Any) -> dict[str, Any]:
    # 16 / 1000 is MMDetection's own limit, hidden in delta2bbox's default argument.
    return {"means": list(coder.means), "stds": list(coder.stds), "wh_ratio_clip": 16 / 1000}
