"""Finds the garments in photos: a JSON line for each with --json, else a picture with the garments drawn."""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from search.terminal_pictures import draw_detections
from search.vision.detector import load_detector
from search.vision.photo_decoding import PhotoError, decode_photo, photo_size


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
        parser.add_argument("--json", action="store_true", help="a JSON line a photo on standard output")
        parser.add_argument(
            "--out",
            type=Path,
            default=settings.VAR_DIR / "detect",
            metavar="DIR",
            help="where pictures go (default var/detect)",
        )

    def handle(self, *, photos: list[Path], out: Path, **options) -> None:
        detector, failed = load_detector(settings.DETECTOR), 0
        for path in photos:
            try:
                photo = decode_photo(path)
            except (PhotoError, OSError) as error:
                self.stderr.write(f"{path}: {error}")
                failed += 1
                continue
            detections = detector.detect(photo)
            if options["json"]:
                self.stdout.write(json.dumps(_record(path, detections, photo_size(path))))
            else:
                self.stdout.write(str(self._draw(path, photo, detections, out)))
        if failed:
            raise CommandError(f"{failed} of {len(photos)} photos could not be read.")

    def _draw(self, path: Path, photo, detections, out: Path) -> Path:
        out.mkdir(parents=True, exist_ok=True)
        target = out / f"{path.stem}.png"
        draw_detections(photo, detections).save(target)
        return target


def _record(path: Path, detections, size: tuple[int, int]) -> dict:
    """Boxes and masks in pixels of the photo as it is in its file, upright; it is looked at in a smaller size."""
    garments = [
        {
            "label": detections.labels[index],
            "garment_type": detections.garment_types[index],
            "score": round(float(detections.scores[index]), 4),
            "box": [round(value, 1) for value in detections.box_in(index, size)],
            "mask": detections.rle(index, size),
        }
        for index in range(len(detections))
    ]
    return {"path": str(path), "width": size[0], "height": size[1], "garments": garments}
