"""Batches for the encoder's training, drawn from the views that `prepare_views` made: several views each of products
that are easily confused.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.garment_labels import CCP_TYPES, CLOTHING_TYPES, DETECTED_TYPES

NEIGHBOURS = 5  # products around one: it and those that are hard to tell from it
CANDIDATES = 200  # products of the kind among which the nearest in colour are looked for


@dataclass(frozen=True)
class Batch:
    """N views. `images` (N, S, S, 3) and `masks` (N, S, S) uint8; `targets`: the teacher's maps, (N, C, n, n) uint8.

    products (N,) int: the same number for views of the same product, -1 for a photo that is no product's. kinds (N,)
    int: index into PreparedViews.kinds (garment types), -1 where the photo has no usable label.
    """

    images: np.ndarray
    masks: np.ndarray
    targets: list[np.ndarray]
    products: np.ndarray
    kinds: np.ndarray


@dataclass(frozen=True)
class _Row:
    shard: str
    place: int
    photo: str


def garment_type_of(kind: str) -> str:
    """Returns the garment type that a label of any of the data sets means, "" where it means none of ours."""
    found = CCP_TYPES.get(kind) or CLOTHING_TYPES.get(kind) or kind
    return found if found in DETECTED_TYPES else ""


class PreparedViews:
    """The views in a folder that `prepare_views` wrote, complete shards only, mapped into memory.

    size: pixels a side that they must have, None for any.
    Raises FileNotFoundError where there is none, ValueError where they are of another size.
    """

    def __init__(self, folder: Path, size: int | None = None):
        self.folder = folder
        self.shards = sorted(path.stem for path in folder.glob("[0-9]*.json"))
        if not self.shards:
            raise FileNotFoundError(f"{folder} holds no views; make some with prepare_views.")
        self.rows: dict[str, list[_Row]] = defaultdict(list)  # of a product
        self.loose: list[_Row] = []  # views that are no product's
        self.style: dict[str, str] = {}
        self.kind: dict[str, str] = {}
        self.colour: dict[str, list[float]] = {}
        self.is_real: dict[str, bool] = {}
        self._arrays: dict[tuple[str, str], np.ndarray] = {}
        for shard in self.shards:
            self._read_labels(shard)
        self.products = sorted(name for name, rows in self.rows.items() if len(rows) > 1)
        self.number = {name: number for number, name in enumerate(self.products)}
        self.kinds = sorted(set(self.kind.values()) - {""})
        found = self.array(self.shards[0], "images").shape[1]
        if size not in (None, found):
            raise ValueError(f"The views in {folder} have {found} pixels a side, not {size}.")
        self.target_names = sorted(path.name.split(".")[1] for path in folder.glob(f"{self.shards[0]}.map*.npy"))

    def _read_labels(self, shard: str) -> None:
        colours = defaultdict(list)
        for place, label in enumerate(json.loads((self.folder / f"{shard}.json").read_text())):
            name = label["product"]
            row = _Row(shard, place, label["photo"])
            (self.rows[name] if name else self.loose).append(row)
            if name:
                self.style[name], self.is_real[name] = label["style"], label["real"]
                self.kind[name] = garment_type_of(label["kind"])
                colours[name].append(label["colour"])
        self.colour |= {name: np.mean(values, axis=0) for name, values in colours.items()}

    def array(self, shard: str, name: str) -> np.ndarray:
        """Returns the shard's array `name` ("images", "masks", "map0"...), read from disk where it is touched."""
        key = shard, name
        if key not in self._arrays:
            self._arrays[key] = np.load(self.folder / f"{shard}.{name}.npy", mmap_mode="r")
        return self._arrays[key]

    def batch(
        self, rows: Sequence[_Row], products: Sequence[int], kinds: Sequence[int], *, targets: bool = True
    ) -> Batch:
        """Returns these views with their labels; `targets`: with the teacher's maps, which are most of the bytes."""

        def stacked(name: str) -> np.ndarray:
            return np.stack([self.array(row.shard, name)[row.place] for row in rows])

        maps = [stacked(name) for name in self.target_names] if targets else []
        return Batch(stacked("images"), stacked("masks"), maps, np.array(products), np.array(kinds))


class Batches:
    """Draws batches; the same views, seed and step give the same batch, so that training can go on where it stopped.

    size: views a batch. views: of each product. real_share: of the batch that is made from real photos in several
    views and colours. loose: views a batch that are no product's, for the teacher's term alone.
    """

    def __init__(self, prepared: PreparedViews, *, size: int, views: int, real_share: float, seed: int, loose: int = 2):
        self.prepared, self.size, self.views, self.seed = prepared, size, views, seed
        self.loose = min(loose, len(prepared.loose))
        real = [name for name in prepared.products if prepared.is_real[name]]
        self.made = [name for name in prepared.products if not prepared.is_real[name]]
        self.styles = defaultdict(list)
        for name in real:
            self.styles[prepared.style[name]].append(name)
        self.real_views = round(real_share * size) if real else 0
        if not self.made:
            self.real_views = size - self.loose
        by_kind = defaultdict(list)
        for name in self.made:
            by_kind[prepared.kind[name]].append(name)
        self.by_kind = dict(by_kind)

    def draw(self, step: int) -> Batch:
        rng = np.random.default_rng((self.seed, step))
        names = self._real(rng, self.real_views // self.views)
        names += self._made(rng, (self.size - self.loose) // self.views - len(names))
        rows, products, kinds = [], [], []
        for name in names:
            chosen = self._views_of(name, rng)
            rows += chosen
            products += [self.prepared.number[name]] * len(chosen)
            kind = self.prepared.kind[name]
            kinds += [self.prepared.kinds.index(kind) if kind else -1] * len(chosen)
        for index in rng.choice(len(self.prepared.loose), self.loose, replace=False) if self.loose else ():
            rows.append(self.prepared.loose[index])
            products.append(-1)
            kinds.append(-1)
        return self.prepared.batch(rows, products, kinds)

    def _views_of(self, name: str, rng: np.random.Generator) -> list[_Row]:
        """Views of one product, of as many of its photos as there are."""
        by_photo = defaultdict(list)
        for row in self.prepared.rows[name]:
            by_photo[row.photo].append(row)
        queues = [list(rng.permutation(np.arange(len(rows)))) for rows in by_photo.values()]
        photos = list(by_photo.values())
        found: list[_Row] = []
        order = rng.permutation(len(photos))
        while len(found) < min(self.views, len(self.prepared.rows[name])):
            for index in order:
                if queues[index] and len(found) < self.views:
                    found.append(photos[index][queues[index].pop()])
        return found

    def _real(self, rng: np.random.Generator, count: int) -> list[str]:
        """Products of a few garments, two or three colours of each."""
        chosen: list[str] = []
        names = sorted(self.styles)
        while names and len(chosen) < count:
            colours = self.styles[names[int(rng.integers(len(names)))]]
            picked = rng.permutation(len(colours))[: int(rng.integers(2, 4))]
            chosen += [colours[index] for index in picked if colours[index] not in chosen]
            if len(chosen) == sum(map(len, self.styles.values())):
                break
        return chosen[:count]

    def _made(self, rng: np.random.Generator, count: int) -> list[str]:
        """Products, and around each the nearest in mean colour among some of its kind, or of all kinds."""
        chosen: list[str] = []
        while len(chosen) < min(count, len(self.made)):
            name = self.made[int(rng.integers(len(self.made)))]
            pool = self.by_kind[self.prepared.kind[name]] if rng.random() < 0.5 else self.made
            pool = [pool[index] for index in rng.integers(len(pool), size=CANDIDATES)]
            offsets = np.stack([self.prepared.colour[other] for other in pool]) - self.prepared.colour[name]
            near = [pool[index] for index in np.argsort(np.linalg.norm(offsets, axis=1))[:NEIGHBOURS]]
            chosen += [other for other in dict.fromkeys([name, *near]) if other not in chosen]
        return chosen[:count]
