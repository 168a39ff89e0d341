"""The names of a detector card's parameters, and those that cards of the first release have instead."""

from __future__ import annotations

import math
from typing import Any

_RENAMED = {
    "regions": "roi_levels",
    "finest": "finest_scale",
    "box_code": "box_coder",
    "code": "box_coder",
    "choice": "postprocess",
    "own_choice": "own_postprocess",
    "canvases": "input_sizes",
    "scores": "score_thresholds",
    "overlap": "iou_threshold",
    "overlap_of_types": "class_agnostic_iou_threshold",
    "at_most": "max_per_img",
    "nested": "max_nested_share",
    "per_level": "nms_pre",
    "smallest": "min_bbox_size",
}


def current_names(parameters: dict[str, Any]) -> dict[str, Any]:
    """Returns a card's parameters, at every depth, under the names that `search.vision.detector` reads."""
    renamed: dict[str, Any] = {}
    for name, value in parameters.items():
        if name == "largest_growth":  # a logarithm
            renamed["wh_ratio_clip"] = math.exp(-abs(value))
        else:
            renamed[_RENAMED.get(name, name)] = current_names(value) if isinstance(value, dict) else value
    return renamed
