"""The street photos that benchmarks search with: SHARED_DATA/ccp/images."""

import argparse
import os
from pathlib import Path


def add_data_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=os.environ.get("SHARED_DATA"), help="default $SHARED_DATA")


def street_photos(data: Path | None) -> list[Path]:
    """The photos under `data`; where there are none, says so and returns none."""
    folder = Path(data or "") / "ccp" / "images"
    if not data or not folder.is_dir():
        print("Skipped: --data or SHARED_DATA must name a folder with ccp/images, photos of people in the street.")
        return []
    return sorted(folder.iterdir())
