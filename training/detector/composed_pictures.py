"""The detector's training set: pictures composed on the fly from street and shop photos.

Street photos alone teach a detector that a garment is worn: one trained so named 0.21 of shop photos rightly. So
each picture is one of: a street photo, labelled by hand or with the help of its tags; a person cut out of the former
before a plain backdrop, as shops show worn clothes; a shop photo; several of them tiled; several garments cut out and
pasted onto a backdrop, floor or street; none at all.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from mmdet.registry import DATASETS
from mmdet.structures import DetDataSample
from mmdet.structures.mask import BitmapMasks
from mmengine.structures import InstanceData
from PIL import Image
from pycocotools import mask as coco_mask
from torch.utils.data import Dataset

from training.detector.copy_paste import (
    Scene,
    cropped,
    hue_shifted,
    lay_on_plain_ground,
    noise,
    pasted,
    placed_at_random,
    plain_background,
    recoloured,
    tiled,
    warped,
)
from training.detector.sampling import by_type, packshot_type, real_more_often, sampling_weights
from training.detector.street_garments import StreetGarments, beside_the_person
from training.garment_labels import DETECTED_TYPES
from training.pictures import read_bgr

RECIPES = (
    "street", "street_tagged", "street_cut", "shop", "shop_tiled", "shop_pasted", "street_packshot", "shop_packshot",
    "packshot", "worn_before_white", "empty",
)  # fmt: skip
HUE_SHIFTED = 0.4  # share of packshots whose hues are turned: few bags and hats, of many colours
SMALLEST = 40  # pixels of a garment that is left on the canvas; less is not worth finding
GREY = (127, 127, 127)  # what serving pads with: zero once normalised


@DATASETS.register_module()
class GarmentPictures(Dataset):
    """Picture i depends on (seed, i) alone, so that a resumed training sees what an unbroken one would have.

    annotations: folder of street_train.json and shop_train.json as training.detector.detector_data writes them, and of
        street_tagged_train.json, as training.detector.tagged_photos does, where a recipe needs it
    input_sizes: (width, height) and how often each is taken; one batch has one canvas
    recipes: how often each of RECIPES is taken
    small_batches: how many batches at first are three quarters as wide and high, which halves their cost
    shop_balance: see `sampling_weights`; shop photos that show a rare garment come more often
    """

    METAINFO = {"classes": DETECTED_TYPES}
    metainfo = METAINFO

    def __init__(
        self,
        data: str,
        annotations: str,
        length: int,
        batch_size: int,
        input_sizes: list[tuple[tuple[int, int], float]],
        recipes: dict[str, float],
        small_batches: int = 0,
        shop_balance: tuple[float, float] = (0.65, 6.0),
        seed: int = 0,
    ):
        self.data = Path(data)
        self.length, self.batch_size, self.seed = length, batch_size, seed
        self.input_sizes, self.small_batches = input_sizes, small_batches
        self.recipes = np.array([recipes.get(name, 0.0) for name in RECIPES])
        self.recipes /= self.recipes.sum()
        self.street = _read(Path(annotations) / "street_train.json")
        self.shop = [photo for photo in _read(Path(annotations) / "shop_train.json") if photo["annotations"]]
        self.street_odds, self.shop_odds = sampling_weights(self.street), sampling_weights(self.shop, *shop_balance)
        if recipes.get("street_tagged"):
            self.tagged = _read(Path(annotations) / "street_tagged_train.json")
            self.tagged_odds = sampling_weights(self.tagged)
        if recipes.get("street_packshot"):
            names = ["street", "street_tagged"] if recipes.get("street_tagged") else ["street"]
            self.street_garments = StreetGarments(
                self.data, *(Path(annotations) / f"{name}_train.json" for name in names)
            )
        if recipes.get("shop_packshot"):
            self.shop_by_type = by_type([photo | {"generated": False} for photo in self.shop], Path(annotations))
        if recipes.get("packshot"):
            photos = _read(Path(annotations) / "packshot_train.json")
            self.packshots = {
                kind: real_more_often(members) for kind, members in by_type(photos, Path(annotations)).items()
            }
        if recipes.get("worn_before_white"):
            self.worn = _read(Path(annotations) / "worn_train.json")
            self.worn_odds = sampling_weights(self.worn)

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> dict[str, Any]:
        """Returns what MMDetection's data preprocessor takes: inputs (3, H, W) uint8 BGR and their data sample."""
        scene = self.compose(index)
        return {"inputs": torch.from_numpy(scene.pixels.transpose(2, 0, 1).copy()), "data_samples": sample(scene)}

    def compose(self, index: int) -> Scene:
        """Returns picture `index`, of its canvas's size."""
        rng = np.random.default_rng([self.seed, index])
        size = self._canvas(index // self.batch_size)
        recipe = RECIPES[rng.choice(len(RECIPES), p=self.recipes)]
        scene = getattr(self, f"_{recipe}")(size, rng)
        scene.pixels = recoloured(scene.pixels, rng)
        return scene

    def _canvas(self, batch: int) -> tuple[int, int]:
        odds = np.array([odd for _, odd in self.input_sizes])
        choice = np.random.default_rng([self.seed, batch, 1]).choice(len(odds), p=odds / odds.sum())
        width, height = self.input_sizes[choice][0]
        if batch >= self.small_batches:
            return width, height
        return round(width * 0.75 / 32) * 32, round(height * 0.75 / 32) * 32

    def _street(self, size: tuple[int, int], rng: np.random.Generator) -> Scene:
        return self._worn(self._photo(self.street, self.street_odds, rng), size, rng)

    def _street_tagged(self, size: tuple[int, int], rng: np.random.Generator) -> Scene:
        return self._worn(self._photo(self.tagged, self.tagged_odds, rng), size, rng)

    def _worn(self, scene: Scene, size: tuple[int, int], rng: np.random.Generator) -> Scene:
        zoom = (0.75, 1.05) if rng.random() < 0.6 else (1.05, 2.0)
        return warped(scene, placed_at_random(scene, size, rng, zoom=zoom, turn=4), size, GREY)

    def _street_cut(self, size: tuple[int, int], rng: np.random.Generator) -> Scene:
        photo = self.street[rng.choice(len(self.street), p=self.street_odds)]
        scene = read_scene(self.data, photo)
        labels = Image.open(self.data / photo["file_name"].replace("images", "masks").replace(".jpg", ".png"))
        scene.outline = np.array(labels) > 0  # hair and skin too
        person = warped(scene, placed_at_random(scene, size, rng, zoom=(0.8, 1.7), turn=4), size, GREY)
        return pasted(person, self._backdrop(size, rng))

    def _shop(self, size: tuple[int, int], rng: np.random.Generator) -> Scene:
        scene = self._photo(self.shop, self.shop_odds, rng)
        return warped(scene, placed_at_random(scene, size, rng, zoom=(0.7, 1.15), turn=8), size, GREY)

    def _shop_tiled(self, size: tuple[int, int], rng: np.random.Generator) -> Scene:
        photos = [self._photo(self.shop, self.shop_odds, rng) for _ in range(rng.choice([2, 4]))]
        return tiled(photos, size)

    def _shop_pasted(self, size: tuple[int, int], rng: np.random.Generator) -> Scene:
        canvas = self._backdrop(size, rng)
        count = rng.integers(1, 5)
        zoom = (0.6, 1.1) if count == 1 else (0.3, 0.75)
        for _ in range(count):
            garment = self._photo(self.shop, self.shop_odds, rng)
            matrix = placed_at_random(garment, size, rng, zoom=zoom, turn=20)
            canvas = pasted(warped(garment, matrix, size, GREY), canvas)
        return canvas

    def _street_packshot(self, size: tuple[int, int], rng: np.random.Generator) -> Scene:
        garment = self.street_garments.draw(packshot_type(self.street_garments.by_type, rng), rng)
        return lay_on_plain_ground(self._recoloured_garment(garment, rng), size, rng)

    def _shop_packshot(self, size: tuple[int, int], rng: np.random.Generator) -> Scene:
        photos = self.shop_by_type[packshot_type(self.shop_by_type, rng)]
        scene = cropped(read_scene(self.data, photos[rng.integers(len(photos))]))
        return lay_on_plain_ground(self._recoloured_garment(scene, rng), size, rng)

    def _recoloured_garment(self, scene: Scene, rng: np.random.Generator) -> Scene:
        if rng.random() < HUE_SHIFTED:
            scene.pixels = hue_shifted(scene.pixels, rng)
        return scene

    def _packshot(self, size: tuple[int, int], rng: np.random.Generator) -> Scene:
        photos = self.packshots[packshot_type(self.packshots, rng)]
        scene = self._recoloured_garment(read_scene(self.data, photos[rng.integers(len(photos))]), rng)
        if rng.random() < 0.5:
            return lay_on_plain_ground(scene, size, rng)
        light = tuple(int(value) for value in scene.pixels[:4, :4].reshape(-1, 3).mean(0))
        return warped(scene, placed_at_random(scene, size, rng, zoom=(0.6, 1.2), turn=4), size, light)

    def _worn_before_white(self, size: tuple[int, int], rng: np.random.Generator) -> Scene:
        scene = self._photo(self.worn, self.worn_odds, rng)
        return warped(scene, placed_at_random(scene, size, rng, zoom=(0.75, 1.6), turn=4), size, (255, 255, 255))

    def _empty(self, size: tuple[int, int], rng: np.random.Generator) -> Scene:
        """Returns a picture without garments: the side of a street photo, a plain ground or noise.

        Unlearned, noise passes for a patterned dress.
        """
        draw = rng.random()
        if draw < 0.3:
            return self._backdrop(size, rng)
        pixels = self._street_side(size, rng) if draw < 0.65 else None
        return Scene(noise(size, rng) if pixels is None else pixels, np.zeros(size[::-1], np.uint8), [-1])

    def _street_side(self, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray | None:
        name = self.street[rng.integers(len(self.street))]["file_name"]
        side = beside_the_person(self.data / name)
        return None if side is None else cv2.resize(side, size, interpolation=cv2.INTER_LINEAR)

    def _backdrop(self, size: tuple[int, int], rng: np.random.Generator) -> Scene:
        """Returns a canvas without garments: plain, or the blurred border strip of a photo stretched over it."""
        if rng.random() < 0.6:
            pixels = plain_background(size, rng)
        else:
            path = self.shop[rng.integers(len(self.shop))]["file_name"]
            photo = read_bgr(self.data / path)
            strip = photo[: max(8, photo.shape[0] // 10)]
            pixels = cv2.GaussianBlur(cv2.resize(strip, size, interpolation=cv2.INTER_LINEAR), (0, 0), 2)
        return Scene(pixels, np.zeros(size[::-1], np.uint8), [-1])

    def _photo(self, photos: list[dict], odds: np.ndarray, rng: np.random.Generator) -> Scene:
        return read_scene(self.data, photos[rng.choice(len(photos), p=odds)])


def read_scene(data: Path, photo: dict[str, Any]) -> Scene:
    """Returns a photo and its garments as `training.detector.detector_data` wrote them."""
    pixels = read_bgr(data / photo["file_name"])
    ids = np.zeros(pixels.shape[:2], np.uint8)
    kinds = [-1]
    for annotation in photo["annotations"]:
        ids[coco_mask.decode(annotation["segmentation"]) > 0] = len(kinds)
        kinds.append(-1 if annotation["iscrowd"] else annotation["category_id"] - 1)
    return Scene(pixels, ids, kinds)


def sample(scene: Scene) -> DetDataSample:
    """Returns MMDetection's ground truth of a scene."""
    found, ignored = _garments(scene)
    height, width = scene.ids.shape
    result = DetDataSample(
        metainfo={"img_shape": (height, width), "ori_shape": (height, width), "scale_factor": (1.0, 1.0)}
    )
    result.gt_instances = InstanceData(
        bboxes=torch.tensor([box for _, box, _ in found], dtype=torch.float32).reshape(-1, 4),
        labels=torch.tensor([kind for kind, _, _ in found], dtype=torch.long),
        masks=BitmapMasks([mask for _, _, mask in found], height, width),
    )
    result.ignored_instances = InstanceData(
        bboxes=torch.tensor([box for _, box, _ in ignored], dtype=torch.float32).reshape(-1, 4)
    )
    return result


def _garments(scene: Scene) -> tuple[list[tuple], list[tuple]]:
    """Returns (kind, box, mask) of the garments still to be seen, and of those to be ignored."""
    found: list[tuple] = []
    ignored: list[tuple] = []
    for index in range(1, len(scene.kinds)):
        mask = (scene.ids == index).astype(np.uint8)
        x, y, width, height = cv2.boundingRect(mask)
        if min(width, height) < 3:
            continue
        garment = (scene.kinds[index], (x, y, x + width, y + height), mask)
        is_seen = scene.kinds[index] >= 0 and cv2.countNonZero(mask) >= SMALLEST
        (found if is_seen else ignored).append(garment)
    return found, ignored


def _read(path: Path) -> list[dict[str, Any]]:
    """Returns the photos of a COCO file, each with its annotations."""
    coco = json.loads(path.read_text())
    photos = {image["id"]: image | {"annotations": []} for image in coco["images"]}
    for annotation in coco["annotations"]:
        photos[annotation["image_id"]]["annotations"].append(annotation)
    return list(photos.values())
