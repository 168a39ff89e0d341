"""The teacher's cosines between the views of a batch, and how far the student's are from them.

The teacher's vector of a view is made as `fit_encoder --backbone lite2` makes one: its feature maps pooled, the colour
histogram beside them, each branch centred, brought to length 1 and weighed, and a projection whitened within products.
Its maps are those that `prepare_views` stored; nothing but the projection is fitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.encoder.encoder_network import ColourHistogram, MaskedPool
from training.encoder.encoder_projection import fit_projection, weighed
from training.encoder.encoder_teacher import LARGEST

SHARES = (0.3, 0.4, 0.3, 0.5, 1.0)  # of the squared length before projection: best for EfficientNet-Lite2
DIMENSIONS = 256
TEMPERATURE = 0.1
Seen = tuple[Tensor, Tensor, list[Tensor], np.ndarray]  # images, masks, teacher's maps, products


@torch.no_grad()
def teacher_branches(maps: Sequence[Tensor], image: Tensor, mask: Tensor) -> list[Tensor]:
    """Returns the branches (N, C) of the teacher: one for each of its maps, and the colours.

    maps: (N, C, n, n) in 0..1 as `encoder_teacher` keeps them; image (N, 3, S, S) and mask (N, 1, S, S) in 0..1.
    """
    pool = MaskedPool(3.0)
    return [*(pool(LARGEST * found**2, mask) for found in maps), ColourHistogram()(image, mask)]


@dataclass(frozen=True)
class TeacherVectors:
    """Unit vectors (N, DIMENSIONS) of views, from the maps that the teacher made of them."""

    widths: list[int]
    centre: np.ndarray
    matrix: Tensor
    bias: Tensor

    @torch.no_grad()
    def __call__(self, maps: Sequence[Tensor], image: Tensor, mask: Tensor) -> Tensor:
        branches = torch.cat(teacher_branches(maps, image, mask), 1).numpy()
        rows = torch.from_numpy(weighed(branches, self.widths, self.centre, np.sqrt(SHARES)).astype(np.float32))
        return functional.normalize(rows @ self.matrix.T + self.bias)


def fit_teacher_vectors(seen: Iterable[Seen]) -> TeacherVectors:
    """Fits the projection to these batches of views; a view that is no product's (-1) is a product of its own."""
    found: list[np.ndarray] = []
    numbers: list[np.ndarray] = []
    widths: list[int] = []
    for image, mask, maps, products in seen:
        branches = teacher_branches(maps, image, mask)
        widths = [branch.shape[1] for branch in branches]
        found.append(torch.cat(branches, 1).numpy())
        own = -1 - sum(map(len, numbers)) - np.arange(len(products))
        numbers.append(np.where(products < 0, own, products))
    rows = np.concatenate(found)
    centre = rows.mean(0)
    vectors = weighed(rows, widths, centre, np.sqrt(SHARES))
    matrix, bias = fit_projection(vectors, np.concatenate(numbers), min(DIMENSIONS, rows.shape[1]), shrinkage=1.0)
    return TeacherVectors(widths, centre, torch.from_numpy(matrix), torch.from_numpy(bias))


def relational_loss(vectors: Tensor, teacher: Tensor) -> Tensor:
    """Returns the mean Kullback-Leibler divergence of the student's cosines from the teacher's, view by view.

    vectors, teacher: (N, D) and (N, E) unit vectors of the same N views, 2 or more. A view's cosines to the others are
    a distribution by softmax at TEMPERATURE; at 0 both order and space the others alike.
    """
    others = ~torch.eye(len(vectors), dtype=torch.bool)
    own, its = (
        functional.log_softmax((rows @ rows.T)[others].view(len(rows), -1) / TEMPERATURE, 1)
        for rows in (vectors, teacher)
    )
    return functional.kl_div(own, its, reduction="batchmean", log_target=True)
