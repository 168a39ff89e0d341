"""The projection at the end of an exported encoder: what goes into it, and another one in its place.

Works on any artifact of `export_encoder`, whatever its backbone: the graph ends in a product with
the projection's matrix, its bias, and a division by the length.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openvino
from openvino import opset13

from search.vision.encoder import MAX_AT_ONCE, Encoder
from training.artifacts import file_hashes, save
from training.encoder.encoder_network import EncoderError


@dataclass(frozen=True)
class Projection:
    """`matrix` (D, F) and `bias` (D,) float32: a vector is matrix @ features + bias, brought to length 1."""

    matrix: np.ndarray
    bias: np.ndarray

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """Returns the unit vectors (N, D) of features (N, F)."""
        vectors = features @ self.matrix.T + self.bias
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-12)

    def refined(self, matrix: np.ndarray, bias: np.ndarray) -> Projection:
        """Returns this one followed by `matrix` (D, D) and `bias` (D,), before the division by the length."""
        return Projection(matrix @ self.matrix, matrix @ self.bias + bias)


class OpenedEncoder:
    """An artifact's graph with its projection laid open. Raises EncoderError where it does not end in one."""

    def __init__(self, encoder: Encoder):
        self.encoder = encoder
        self.path = encoder.card.part("model")
        self.model = openvino.Core().read_model(self.path)
        self.product, self.addition = _last_layer(self.model, self.path)
        self.projection = Projection(
            _value(self.product.input_value(1).get_node()), _value(self._bias_input().get_node()).reshape(-1)
        )

    def _bias_input(self) -> openvino.Output:
        inputs = [self.addition.input_value(index) for index in range(2)]
        return next(value for value in inputs if value.get_node().get_type_name() != "MatMul")

    def features(self) -> FeatureRunner:
        """Returns what computes the features that are projected."""
        cut = openvino.Model([self.product.input_value(0)], self.model.get_parameters(), "features")
        settings = {"INFERENCE_PRECISION_HINT": "f32"}
        return FeatureRunner(self.encoder, openvino.compile_model(cut, "CPU", settings))

    def write(self, projection: Projection, folder: Path) -> dict[str, dict[str, str]]:
        """Writes model.xml and model.bin with this projection into `folder`; returns the card's `files`."""
        matrix, bias = opset13.constant(projection.matrix), opset13.constant(projection.bias[None])
        self.product.input(1).replace_source_output(matrix.output(0))
        index = next(i for i in range(2) if self.addition.input_value(i).get_node().get_type_name() != "MatMul")
        self.addition.input(index).replace_source_output(bias.output(0))
        folder.mkdir(parents=True, exist_ok=True)
        save(folder, "model", self.model)
        return file_hashes(folder, ("model",))


@dataclass(frozen=True)
class FeatureRunner:
    """Crops to features."""

    encoder: Encoder
    run: openvino.CompiledModel

    def __call__(self, crops: list) -> np.ndarray:
        """Returns (N, F) float32."""
        parts = [crops[start : start + MAX_AT_ONCE] for start in range(0, len(crops), MAX_AT_ONCE)]
        return np.concatenate([self.run(list(self.encoder.preprocess(part)))[0] for part in parts])


def _last_layer(model: openvino.Model, path: Path) -> tuple[openvino.Node, openvino.Node]:
    """The product with the projection's matrix and the addition of its bias."""
    operations = model.get_ordered_ops()
    for product in reversed([o for o in operations if o.get_type_name() == "MatMul"]):
        addition = next(iter(product.output(0).get_target_inputs())).get_node()
        if addition.get_type_name() == "Add" and product.get_attributes().get("transpose_b"):
            return product, addition
    raise EncoderError(f"{path} does not end in a projection as export_encoder writes it.")


def _value(node: openvino.Node) -> np.ndarray:
    while node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    if node.get_type_name() != "Constant":
        raise EncoderError(f"{node.get_friendly_name()} is no constant: the projection cannot be replaced.")
    return np.array(node.data, np.float32)
