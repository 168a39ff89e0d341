"""The sample shop: clothes drawn by us, since we may not hand on anybody's photographs.

    render_sample(out, count, seed)   the catalogue as a Zalora download, and street scenes with their truth
    render_scene(seed)                one street scene with boxes and masks, for training
    assortment(count, seed)           the products themselves

Nothing here needs Django. A garment is cut to a body by `tailor.panels_of`, whoever wears it and wherever, so that
all its pictures show the same thing.
"""

from .assortment import Product, assortment
from .publish import render_sample
from .scenes import SceneGarment, render_scene

__all__ = ["Product", "SceneGarment", "assortment", "render_sample", "render_scene"]
