from catalogue.choices import ColourChoices, GarmentTypeChoices
from garments import Colour, GarmentType


def test_every_garment_type_and_colour_has_a_label():
    assert GarmentTypeChoices.values == [str(value) for value in GarmentType]
    assert ColourChoices.values == [str(value) for value in Colour]
