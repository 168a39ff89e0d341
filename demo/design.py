"""What tells one garment from another: its kind, its cut and its cloths. Drawing it is `tailor.panels_of`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.drawing.fabrics import Fabric


@dataclass(frozen=True)
class Design:
    """`kind` names a builder, `cut` its choices, `paints` the cloth or stuff of every material it uses.

    `shift` moves the folds about, so that no two garments crease alike.
    """

    kind: str
    garment_type: str
    cut: Mapping[str, object] = field(default_factory=dict)
    paints: Mapping[str, Fabric] = field(default_factory=dict)
    shift: float = 0.0

    def get(self, name: str, otherwise=None):
        return self.cut.get(name, otherwise)

    @property
    def fabric(self) -> Fabric:
        return self.paints["main"]

    @property
    def softness(self) -> float:
        """How deep the folds are: 1.2 for chiffon, 0.4 for leather."""
        return 1.25 - 0.85 * self.fabric.stiffness
