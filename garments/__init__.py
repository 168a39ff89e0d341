"""What the catalogue and the search share and neither owns: names of garment types and colours, masks as run lengths.

Knows neither Django nor torch.
"""

from garments.colours import Colour
from garments.garment_types import GarmentType

__all__ = ["Colour", "GarmentType"]
