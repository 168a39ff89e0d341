"""The dozen colour names of the shop: facet, filter and label.

The same words as `search.vision.colours`, which computes them from pixels; a test holds the lists against each other.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Colour(models.TextChoices):
    BLACK = "black", _("black")
    WHITE = "white", _("white")
    GREY = "grey", _("grey")
    BEIGE = "beige", _("beige")
    BROWN = "brown", _("brown")
    RED = "red", _("red")
    ORANGE = "orange", _("orange")
    YELLOW = "yellow", _("yellow")
    GREEN = "green", _("green")
    BLUE = "blue", _("blue")
    PURPLE = "purple", _("purple")
    PINK = "pink", _("pink")
