"""Stands in for mmcv's compiled operations with torchvision's, so that MMDetection runs on any torch.

mmcv has no wheel for today's torch. Mask R-CNN needs only non-maximum suppression and RoIAlign of it, and
torchvision has both, backward pass included. `install()` must run before anything imports `mmcv.ops` or `mmdet`;
with mmcv's own operations installed it does nothing. Any other operation raises where it is called.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import torch
from torchvision.ops import nms as torchvision_nms

NAME = "mmcv._ext"


class TorchvisionOps(ModuleType):
    """What mmcv calls `_ext`: the operations by name, those that torchvision lacks raising when they are called."""

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)

        def missing(*args: object, **kwargs: object) -> None:
            raise NotImplementedError(
                f"mmcv's operation {name} is not among those torchvision stands in for (nms, roi_align); "
                "install mmcv with its compiled operations to use it"
            )

        return missing


def install() -> None:
    """Puts the stand-in where mmcv looks for its compiled operations, unless those are installed."""
    if NAME in sys.modules or importlib.util.find_spec(NAME) is not None:
        return
    module = TorchvisionOps(NAME, __doc__)
    module.__spec__ = ModuleSpec(NAME, loader=None)
    vars(module).update(nms=nms, roi_align_forward=roi_align_forward, roi_align_backward=roi_align_backward)
    sys.modules[NAME] = module


def nms(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float, offset: int) -> torch.Tensor:
    """Returns the indices that are kept, best first, of boxes (N, 4) xyxy with scores (N,)."""
    if offset != 0:
        raise NotImplementedError(f"nms with offset {offset}: torchvision knows only 0")
    return torchvision_nms(boxes.float(), scores.float(), iou_threshold)


def roi_align_forward(
    input, rois, output, argmax_y, argmax_x,
    aligned_height, aligned_width, spatial_scale, sampling_ratio, pool_mode, aligned,
):  # fmt: skip
    """Fills `output` (K, C, h, w) with the average over each region (K, 5: picture, x0, y0, x1, y1) of `input`."""
    _check_average(pool_mode)
    input = _wide(input)
    pooled = torch.ops.torchvision.roi_align(
        input, rois.to(input.dtype), spatial_scale, aligned_height, aligned_width, sampling_ratio, aligned
    )
    output.copy_(pooled)


def roi_align_backward(
    grad_output, rois, argmax_y, argmax_x, grad_input,
    aligned_height, aligned_width, spatial_scale, sampling_ratio, pool_mode, aligned,
):  # fmt: skip
    """Fills `grad_input` (B, C, H, W) with the gradient that `grad_output` (K, C, h, w) sends back."""
    _check_average(pool_mode)
    grad_output = _wide(grad_output)
    gradient = torch.ops.torchvision._roi_align_backward(
        grad_output, rois.to(grad_output.dtype), spatial_scale, aligned_height, aligned_width,
        *grad_input.shape, sampling_ratio, aligned,
    )  # fmt: skip
    grad_input.copy_(gradient)


def _wide(values: torch.Tensor) -> torch.Tensor:
    """At least 32 bits: torchvision pools no bfloat16, and coordinates need more than its eight bits."""
    return values if values.dtype == torch.float64 else values.float()


def _check_average(pool_mode: int) -> None:
    if pool_mode != 1:
        raise NotImplementedError(f"roi_align with pool mode {pool_mode}: torchvision knows only 1, the average")
