"""Writes exported models as ONNX beside their own files, for `embed_catalogue --device cuda`.

    python -m training.export_onnx resnet18-fashion garments-lite2

Each part NAME.xml becomes NAME.onnx: the same graph, operation by operation, so neither torch nor the checkpoint is
needed. An operation that is not in `onnx_operations` is refused by name. The artifact's card and fingerprint stay.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import openvino
from onnx import TensorProto, helper, numpy_helper

from search.vision.cards import KINDS, ModelCard, available
from search.vision.onnx_runtime import MADE_OF, digest_of
from training.onnx_operations import OPERATIONS, SAME, TYPES, NotConvertible

OPSET = 18


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


def _dimensions(output: openvino.Output, prefix: str) -> list[int | str]:
    shape = output.get_partial_shape()
    return [f"{prefix}{i}" if size.is_dynamic else size.get_length() for i, size in enumerate(shape)]


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
