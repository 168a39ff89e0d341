"""Writes exported models as ONNX beside their own files, for `embed_catalogue --device cuda`.

    python -m training.export_onnx resnet18-fashion garments-lite0

Each part NAME.xml becomes NAME.onnx: the same graph, operation by operation, so neither torch nor the checkpoint is
needed. An operation that is not in OPERATIONS is refused by name. The artifact's card and fingerprint stay.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import openvino
from onnx import TensorProto, helper, numpy_helper

from search.vision.cards import KINDS, ModelCard, available
from search.vision.onnx_runtime import MADE_OF, digest_of

OPSET = 18
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


class Graph:
    """The ONNX graph under construction: names of values by (node, output)."""

    def __init__(self, model: openvino.Model) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []
        self.names: dict[tuple[str, int], str] = {}
        self.order = [parameter.get_friendly_name() for parameter in model.get_parameters()]
        for node in model.get_ordered_ops():
            self._add(node)
        by_name = {value.name: value for value in self.inputs}
        self.inputs = [by_name[self.names[name, 0]] for name in self.order]
        results = [result.input_value(0) for result in model.get_results()]
        for number, result in enumerate(results):
            name = self.emit("Identity", [self.name_of(result)])
            kind = TYPES[result.get_element_type().get_type_name()]
            self.outputs.append(helper.make_tensor_value_info(name, kind, _dimensions(result, f"o{number}_")))

    def _add(self, node: openvino.Node) -> None:
        kind, key = node.get_type_name(), (node.get_friendly_name(), 0)
        if kind == "Parameter":
            name = f"input{self.order.index(node.get_friendly_name())}"
            element = TYPES[node.output(0).get_element_type().get_type_name()]
            self.inputs.append(helper.make_tensor_value_info(name, element, _dimensions(node.output(0), f"{name}_")))
            self.names[key] = name
        elif kind == "Constant":
            self.names[key] = self.constant(np.array(node.get_data()))
        elif kind != "Result":
            outputs = self._converted(node, kind)
            for index, name in enumerate([outputs] if isinstance(outputs, str) else outputs):
                self.names[node.get_friendly_name(), index] = name

    def _converted(self, node: openvino.Node, kind: str) -> str | list[str]:
        inputs = [self.name_of(node.input_value(index)) for index in range(node.get_input_size())]
        if kind in SAME:
            return self.emit(SAME[kind], inputs)
        if kind not in OPERATIONS:
            raise NotConvertible(
                f"{node.get_friendly_name()} is a {kind}; known are {', '.join({*SAME, *OPERATIONS})}."
            )
        return OPERATIONS[kind](self, node, inputs, node.get_attributes())

    def name_of(self, output: openvino.Output) -> str:
        return self.names[output.get_node().get_friendly_name(), output.get_index()]

    def constant(self, value: np.ndarray) -> str:
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def numbers(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def emit(self, operation: str, inputs: list[str], outputs: int = 1, **attributes: Any) -> Any:
        """Adds a node; returns the name of its output, or a list of names where it has several."""
        names = [f"value{len(self.nodes)}_{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(operation, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def i64(self, name: str) -> str:
        return str(self.emit("Cast", [name], to=TensorProto.INT64))


Operation = Callable[[Graph, openvino.Node, list[str], dict[str, Any]], Any]


def _dimensions(output: openvino.Output, prefix: str) -> list[int | str]:
    shape = output.get_partial_shape()
    return [f"{prefix}{i}" if size.is_dynamic else size.get_length() for i, size in enumerate(shape)]


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


def export_part(source: Path) -> Path:
    """Writes the OpenVINO graph at `source` (NAME.xml) as NAME.onnx beside it; returns that. Raises NotConvertible."""
    graph = Graph(openvino.Core().read_model(source))
    made = helper.make_graph(graph.nodes, source.stem, graph.inputs, graph.outputs, graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    helper.set_model_props(model, {MADE_OF: digest_of(source)})
    onnx.checker.check_model(model)
    target = source.with_suffix(".onnx")
    onnx.save(model, target)
    return target


def export_card(card: ModelCard) -> list[Path]:
    """Writes every part of a model as ONNX."""
    return [export_part(card.part(part)) for part in card.files if not part.endswith("_weights")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", metavar="NAME", help="bundled models or those under MODELS_DIR")
    known = {name: card for kind in KINDS for name, card in available(kind).items()}
    for name in parser.parse_args().models:
        if name not in known:
            sys.exit(f"There is no model {name!r}; at hand are {', '.join(known)}.")
        try:
            for path in export_card(known[name]):
                print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
        except NotConvertible as error:
            sys.exit(f"Not exported: {error}")


if __name__ == "__main__":
    main()
