"""Garment types and colours as Django choices: the values of `garments`, with labels that can be translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from garments import Colour, GarmentType


class GarmentTypeChoices(models.TextChoices):
    TOP = GarmentType.TOP.value, _("top")
    OUTERWEAR = GarmentType.OUTERWEAR.value, _("outerwear")
    DRESS = GarmentType.DRESS.value, _("dress")
    JUMPSUIT = GarmentType.JUMPSUIT.value, _("jumpsuit")
    TROUSERS = GarmentType.TROUSERS.value, _("trousers")
    SHORTS = GarmentType.SHORTS.value, _("shorts")
    SKIRT = GarmentType.SKIRT.value, _("skirt")
    FOOTWEAR = GarmentType.FOOTWEAR.value, _("footwear")
    BAG = GarmentType.BAG.value, _("bag")
    HEADWEAR = GarmentType.HEADWEAR.value, _("headwear")
    ACCESSORY = GarmentType.ACCESSORY.value, _("accessory")
    UNDERWEAR = GarmentType.UNDERWEAR.value, _("underwear")
    SWIMWEAR = GarmentType.SWIMWEAR.value, _("swimwear")


class ColourChoices(models.TextChoices):
    BLACK = Colour.BLACK.value, _("black")
    WHITE = Colour.WHITE.value, _("white")
    GREY = Colour.GREY.value, _("grey")
    BEIGE = Colour.BEIGE.value, _("beige")
    BROWN = Colour.BROWN.value, _("brown")
    RED = Colour.RED.value, _("red")
    ORANGE = Colour.ORANGE.value, _("orange")
    YELLOW = Colour.YELLOW.value, _("yellow")
    GREEN = Colour.GREEN.value, _("green")
    BLUE = Colour.BLUE.value, _("blue")
    PURPLE = Colour.PURPLE.value, _("purple")
    PINK = Colour.PINK.value, _("pink")


class AvailabilityChoices(models.TextChoices):
    """Whether a product can be had, in the order of how easily."""

    IN_STOCK = "in_stock", _("in stock")
    LIMITED = "limited", _("few left")
    PREORDER = "preorder", _("preorder")
    OUT_OF_STOCK = "out_of_stock", _("out of stock")
