"""Pictures that weigh what a photo weighs."""

import io

import numpy as np
from PIL import Image, ImageFile


def noisy_jpeg(width, height):
    """A JPEG of random pixels: no encoder makes it small."""
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


def size_of(data):
    """Width and height of the picture that `data` begins with, whatever follows it."""
    parser = ImageFile.Parser()
    parser.feed(data)
    return parser.image.size
