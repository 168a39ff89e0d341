"""The operations of OpenVINO and what each is in ONNX."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import openvino
from onnx import TensorProto

if TYPE_CHECKING:
    from training.export_onnx import Graph

TYPES = {
    "f32": TensorProto.FLOAT, "f16": TensorProto.FLOAT16, "i64": TensorProto.INT64, "i32": TensorProto.INT32,
    "boolean": TensorProto.BOOL, "u8": TensorProto.UINT8, "i8": TensorProto.INT8,
}  # fmt: skip
SAME = {
    "Add": "Add", "Subtract": "Sub", "Multiply": "Mul", "Divide": "Div", "Maximum": "Max", "Minimum": "Min",
    "Power": "Pow", "Greater": "Greater", "Sqrt": "Sqrt", "Exp": "Exp", "Log": "Log", "ReLU": "Relu",
    "Relu": "Relu", "Sigmoid": "Sigmoid", "Select": "Where",
}  # fmt: skip


class NotConvertible(RuntimeError):
    """A graph has an operation, or a form of one, that this module has no ONNX for."""


Operation = Callable[["Graph", openvino.Node, list[str], dict[str, Any]], Any]


def _fixed(node: openvino.Node, index: int) -> list[int]:
    """The integers of a constant input. Raises NotConvertible where it is computed."""
    source = node.input_value(index).get_node()
    while source.get_type_name() == "Convert":
        source = source.input_value(0).get_node()
    if source.get_type_name() != "Constant":
        raise NotConvertible(f"{node.get_friendly_name()}: input {index} is no constant.")
    return [int(value) for value in np.array(source.get_data()).reshape(-1)]


def _window(attributes: dict[str, Any]) -> dict[str, Any]:
    """Strides, padding and dilations as ONNX has them."""
    found = {"strides": list(attributes["strides"])}
    if attributes.get("auto_pad", "explicit") in ("same_upper", "same_lower", "valid"):
        found["auto_pad"] = attributes["auto_pad"].upper()
    else:
        found["pads"] = [*attributes["pads_begin"], *attributes["pads_end"]]
    if "dilations" in attributes:
        found["dilations"] = list(attributes["dilations"])
    return found


def _group_convolution(graph: Graph, node: openvino.Node, inputs: list[str], attributes: dict[str, Any]) -> Any:
    groups, *rest = node.input_value(1).get_partial_shape().to_shape()
    shape = graph.numbers(groups * rest[0], *rest[1:])
    weights = graph.emit("Reshape", [inputs[1], shape])
    return graph.emit("Conv", [inputs[0], weights], group=groups, **_window(attributes))


def _transposed_convolution(graph: Graph, node: openvino.Node, inputs: list[str], attributes: dict[str, Any]) -> Any:
    if len(inputs) > 2:
        raise NotConvertible(f"{node.get_friendly_name()} has a computed output shape.")
    return graph.emit("ConvTranspose", inputs, output_padding=list(attributes["output_padding"]), **_window(attributes))


def _pool(operation: str) -> Operation:
    def convert(graph: Graph, node: openvino.Node, inputs: list[str], attributes: dict[str, Any]) -> Any:
        extra = {"count_include_pad": int(not attributes["exclude-pad"])} if operation == "AveragePool" else {}
        ceil = int(str(attributes["rounding_type"]).startswith("ceil"))
        kernel = list(attributes["kernel"])
        return graph.emit(operation, inputs, kernel_shape=kernel, ceil_mode=ceil, **extra, **_window(attributes))

    return convert


def _adaptive_pool(graph: Graph, node: openvino.Node, inputs: list[str], attributes: dict[str, Any]) -> Any:
    wanted, sides = (
        [size.get_length() if size.is_static else 0 for size in list(value.get_partial_shape())[2:]]
        for value in (node.output(0), node.input_value(0))
    )
    if wanted == [1, 1]:
        return graph.emit("GlobalAveragePool", inputs[:1])
    if any(not part or not side or side % part for side, part in zip(sides, wanted, strict=True)):
        raise NotConvertible(f"{node.get_friendly_name()}: {sides} is not divisible by {wanted}.")
    kernel = [side // part for side, part in zip(sides, wanted, strict=True)]
    return graph.emit("AveragePool", inputs[:1], kernel_shape=kernel, strides=kernel)


def _matmul(graph: Graph, node: openvino.Node, inputs: list[str], attributes: dict[str, Any]) -> Any:
    for index, key in enumerate(("transpose_a", "transpose_b")):
        if attributes[key]:
            rank = len(node.input_value(index).get_partial_shape())
            order = [*range(rank - 2), rank - 1, rank - 2]
            inputs[index] = graph.emit("Transpose", [inputs[index]], perm=order)
    return graph.emit("MatMul", inputs)


def _slice(graph: Graph, node: openvino.Node, inputs: list[str], attributes: dict[str, Any]) -> Any:
    data, start, stop, step, *axes = inputs
    axis = graph.i64(axes[0]) if axes else graph.numbers(*range(node.input_value(1).get_partial_shape().to_shape()[0]))
    return graph.emit("Slice", [data, graph.i64(start), graph.i64(stop), axis, graph.i64(step)])


def _split(graph: Graph, node: openvino.Node, inputs: list[str], attributes: dict[str, Any]) -> Any:
    axis, parts = _fixed(node, 1)[0], node.get_output_size()
    sizes = [node.output(index).get_partial_shape()[axis] for index in range(parts)]
    if any(size.is_dynamic for size in sizes):
        raise NotConvertible(f"{node.get_friendly_name()} splits into parts of computed sizes.")
    lengths = graph.numbers(*(size.get_length() for size in sizes))
    return graph.emit("Split", [inputs[0], lengths], outputs=parts, axis=axis)


def _interpolate(graph: Graph, node: openvino.Node, inputs: list[str], attributes: dict[str, Any]) -> Any:
    mode, by_sizes = attributes["mode"], attributes["shape_calculation_mode"] == "sizes"
    if mode not in ("nearest", "linear_onnx"):
        raise NotConvertible(f"{node.get_friendly_name()} interpolates by {mode}.")
    size = ["", graph.i64(inputs[1])] if by_sizes else [inputs[1]]
    nearest = {"simple": "floor"}.get(attributes["nearest_mode"], attributes["nearest_mode"])
    more: dict[str, Any] = {"nearest_mode": nearest} if mode == "nearest" else {}
    if len(inputs) > 2:
        more["axes"] = _fixed(node, 2)
    transformation = attributes["coordinate_transformation_mode"]
    return graph.emit(
        "Resize", [inputs[0], "", *size], mode=mode.removesuffix("_onnx"),
        coordinate_transformation_mode=transformation, **more,
    )  # fmt: skip


def _roi_align(graph: Graph, node: openvino.Node, inputs: list[str], attributes: dict[str, Any]) -> Any:
    modes = {"asymmetric": "output_half_pixel", "half_pixel_for_nn": "half_pixel"}
    if attributes["aligned_mode"] not in modes:
        raise NotConvertible(f"{node.get_friendly_name()} is aligned as {attributes['aligned_mode']}.")
    return graph.emit(
        "RoiAlign", [*inputs[:2], graph.i64(inputs[2])], mode=attributes["mode"],
        coordinate_transformation_mode=modes[attributes["aligned_mode"]],
        output_height=attributes["pooled_h"], output_width=attributes["pooled_w"],
        sampling_ratio=attributes["sampling_ratio"], spatial_scale=float(attributes["spatial_scale"]),
    )  # fmt: skip


def _shape(graph: Graph, node: openvino.Node, inputs: list[str], attributes: dict[str, Any]) -> Any:
    shape = graph.emit("Shape", inputs)
    return shape if attributes["output_type"] == "i64" else graph.emit("Cast", [shape], to=TensorProto.INT32)


def _quantised(graph: Graph, node: openvino.Node, inputs: list[str], attributes: dict[str, Any]) -> Any:
    """FakeQuantize: rounded to `levels` steps between two bounds, and scaled to two others."""
    data, low, high, out_low, out_high = inputs
    steps = graph.constant(np.array(attributes["levels"] - 1, np.float32))
    inside = graph.emit("Min", [graph.emit("Max", [data, low]), high])
    part = graph.emit("Div", [graph.emit("Sub", [inside, low]), graph.emit("Sub", [high, low])])
    step = graph.emit("Div", [graph.emit("Round", [graph.emit("Mul", [part, steps])]), steps])
    return graph.emit("Add", [graph.emit("Mul", [step, graph.emit("Sub", [out_high, out_low])]), out_low])


def _reduce(operation: str) -> Operation:
    return lambda graph, node, inputs, attributes: graph.emit(
        operation, [inputs[0], graph.i64(inputs[1])], keepdims=int(attributes["keep_dims"])
    )


OPERATIONS: dict[str, Operation] = {
    "Convert": lambda graph, node, inputs, a: graph.emit("Cast", inputs, to=TYPES[a["destination_type"]]),
    "Convolution": lambda graph, node, inputs, a: graph.emit("Conv", inputs, **_window(a)),
    "GroupConvolution": _group_convolution,
    "ConvolutionBackpropData": _transposed_convolution,
    "MaxPool": _pool("MaxPool"),
    "AvgPool": _pool("AveragePool"),
    "AdaptiveAvgPool": _adaptive_pool,
    "MatMul": _matmul,
    "Clamp": lambda graph, node, inputs, a: graph.emit(
        "Clip", [*inputs, *(graph.constant(np.array(a[key], np.float32)) for key in ("min", "max"))]
    ),
    "Concat": lambda graph, node, inputs, a: graph.emit("Concat", inputs, axis=a["axis"]),
    "Gather": lambda graph, node, inputs, a: graph.emit("Gather", inputs[:2], axis=_fixed(node, 2)[0]),
    "ShapeOf": _shape,
    "Reshape": lambda graph, node, inputs, a: graph.emit(
        "Reshape", [inputs[0], graph.i64(inputs[1])], allowzero=int(not a["special_zero"])
    ),
    "Unsqueeze": lambda graph, node, inputs, a: graph.emit("Unsqueeze", [inputs[0], graph.i64(inputs[1])]),
    "Slice": _slice,
    "Broadcast": lambda graph, node, inputs, a: graph.emit("Expand", [inputs[0], graph.i64(inputs[1])]),
    "ReduceSum": _reduce("ReduceSum"),
    "ReduceL2": _reduce("ReduceL2"),
    "SoftMax": lambda graph, node, inputs, a: graph.emit("Softmax", inputs, axis=a["axis"]),
    "Softmax": lambda graph, node, inputs, a: graph.emit("Softmax", inputs, axis=a["axis"]),
    "VariadicSplit": _split,
    "Interpolate": _interpolate,
    "ROIAlign": _roi_align,
    "FakeQuantize": _quantised,
}
