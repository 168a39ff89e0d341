"""A folder of prepared views as `prepare_views` writes it, of plain colours and with two channels a teacher's map."""

import json

import numpy as np

from training.encoder.garment_views import seeded

SIZE = 64
CHANNELS = 2


def write_prepared(folder, *, made=8, styles=2, colours=3, loose=3, views=4):
    """`made` garments in one shard; `styles` real garments in `colours` each and `loose` views in another."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = ("Shirt", "pants", "Dress")
    labels = [
        _label(f"made{i}", f"made{i}", kinds[i % 3], f"made{i}", False) for i in range(made) for _ in range(views)
    ]
    _write_shard(folder, 0, labels)
    labels = [
        _label(f"style{style}/{colour}", f"style{style}", "top", f"photo{style}{colour}{view // 2}", True)
        for style in range(styles)
        for colour in range(colours)
        for view in range(views)
    ]
    labels += [_label("", f"loose{i}", "", f"loose{i}", False) for i in range(loose)]
    _write_shard(folder, 1, labels)
    return folder


def _label(product, style, kind, photo, real):
    colour = [float(value) for value in seeded(product).integers(0, 256, 3)]
    return {"product": product, "style": style, "kind": kind, "real": real, "photo": photo, "colour": colour}


def _write_shard(folder, number, labels):
    count, rng = len(labels), np.random.default_rng(number)
    images = np.stack([np.full((SIZE, SIZE, 3), label["colour"], np.uint8) for label in labels])
    images = np.clip(images.astype(int) + rng.integers(-9, 10, images.shape), 0, 255).astype(np.uint8)
    arrays = {"images": images, "masks": np.full((count, SIZE, SIZE), 255, np.uint8)}
    for index, cells in enumerate((4, 4, 4, 2)):
        arrays[f"map{index}"] = rng.integers(0, 256, (count, CHANNELS, cells, cells), dtype=np.uint8)
    for name, value in arrays.items():
        np.save(folder / f"{number:05d}.{name}.npy", value)
    (folder / f"{number:05d}.json").write_text(json.dumps(labels))
