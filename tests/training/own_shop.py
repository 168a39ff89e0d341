"""A shop's photos for tests: products of striped cloth, each from several sides, with their masks."""

import json

import cv2
import numpy as np

from garments.rle import encode_rle

HEIGHT, WIDTH = 80, 60


def write_shop(folder, products=24, photos=3, *, masks=True):
    """folder/<department>/<product>/<n>.png and masks.json."""
    images, annotations = [], []
    for product in range(products):
        look = np.random.default_rng(product)
        colours, stripe = look.integers(0, 256, (2, 3)), int(look.integers(3, 12))
        for number in range(photos):
            picture, mask = _photo(colours, stripe, np.random.default_rng((product, number)))
            name = f"department-{product % 2}/product-{product}/{number}.png"
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
            images.append({"id": len(images), "file_name": name, "height": HEIGHT, "width": WIDTH})
            annotations.append({"id": len(images), "image_id": images[-1]["id"], "segmentation": encode_rle(mask)})
    if masks:
        (folder / "masks.json").write_text(json.dumps({"images": images, "annotations": annotations}))
    return folder


def _photo(colours, stripe, rng):
    """One side of it: its stripes begin elsewhere, in other light, before another wall."""
    picture = np.full((HEIGHT, WIDTH, 3), rng.integers(120, 255), np.float32)
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[8:72, 10:50] = True
    rows = (np.arange(HEIGHT) + rng.integers(0, 20)) // stripe % 2
    cloth = colours[rows][:, None].repeat(WIDTH, 1)
    picture[mask] = cloth[mask]
    picture = picture * rng.uniform(0.7, 1.2) + rng.normal(0, 6, picture.shape)
    return picture.clip(0, 255).astype(np.uint8), mask
