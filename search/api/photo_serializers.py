"""The photo search's request and answer as JSON."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalogue.api.serializers import ProductCardSerializer
from catalogue.api.unknown_fields import KnownFieldsMixin
from catalogue.browsing.parameters import ProductFilterParameters
from catalogue.choices import GarmentTypeChoices
from search.services import DEFAULT_LIMIT, MAX_LIMIT


@extend_schema_field(
    {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}, "minItems": 4, "maxItems": 4}
)
class BoxField(serializers.Field):
    """x0,y0,x1,y1 in 0..1: as a text with commas or a list of four numbers."""

    default_error_messages = {
        "invalid": _("{value} is no box: give x0,y0,x1,y1 with 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1.")
    }

    def to_internal_value(self, data):
        parts = data.split(",") if isinstance(data, str) else data
        try:
            x0, y0, x1, y1 = (float(part) for part in parts)
        except (TypeError, ValueError):
            self.fail("invalid", value=repr(data))
        if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
            self.fail("invalid", value=repr(data))
        return x0, y0, x1, y1

    def to_representation(self, value):
        return [round(float(number), 5) for number in value]


class PhotoSearchInput(KnownFieldsMixin, ProductFilterParameters):
    """A photo, what of it is searched for, and what narrows the products."""

    image = serializers.FileField(required=False, help_text="A photo: JPEG, PNG, WebP, AVIF, HEIC, GIF, BMP or TIFF.")
    image_url = serializers.URLField(required=False, help_text="Where to fetch the photo from, http or https.")
    query = serializers.CharField(required=False, help_text="The id of an earlier answer, instead of a photo.")
    garment = serializers.IntegerField(required=False, min_value=0, help_text="Search for this garment only.")
    box = BoxField(
        required=False,
        help_text="A box of one's own: x0,y0,x1,y1 in 0..1. Goes before `garment` and `whole`.",
    )
    whole = serializers.BooleanField(
        required=False, default=False, help_text="Search with the whole photo. Goes before `garment`."
    )
    limit = serializers.IntegerField(required=False, default=DEFAULT_LIMIT, min_value=1, max_value=MAX_LIMIT)
    offset = serializers.IntegerField(required=False, default=0, min_value=0, max_value=100_000)

    def validate_image(self, file):
        if file.size > settings.PHOTO_MAX_BYTES:
            raise serializers.ValidationError(
                f"The file has {file.size / 1e6:.1f} MB; a photo may have {settings.PHOTO_MAX_BYTES / 1e6:.0f} MB."
            )
        return file

    def validate(self, attrs):
        given = [name for name in ("image", "image_url", "query") if attrs.get(name)]
        if len(given) != 1:
            raise serializers.ValidationError(
                f"Give one of image, image_url and query; given: {', '.join(given) or 'none of them'}."
            )
        return super().validate(attrs)

    def page(self) -> dict:
        """What of the answer is asked for: the keywords of `search_query` besides the photo and the filters."""
        names = ("garment", "box", "whole", "limit", "offset")
        return {name: self.validated_data[name] for name in names if name in self.validated_data}


class ResultSerializer(serializers.Serializer):
    product = ProductCardSerializer()
    distance = serializers.SerializerMethodField()
    match = serializers.ChoiceField(choices=["strong", "close", "weak"])
    matched_image = serializers.SerializerMethodField()
    matched_box = BoxField()
    shared = serializers.ListField(child=serializers.CharField())

    def get_distance(self, result) -> float:
        return round(result.distance, 5)

    def get_matched_image(self, result) -> str:
        request = self.context.get("request")
        url = result.matched_image.file.url
        return request.build_absolute_uri(url) if request else url


class GarmentSerializer(serializers.Serializer):
    index = serializers.IntegerField()
    label = serializers.CharField(allow_null=True)  # type: ignore[assignment]  # hides Field.label of this class
    garment_type = serializers.ChoiceField(choices=GarmentTypeChoices.choices, allow_null=True)
    score = serializers.SerializerMethodField()
    box = BoxField()
    polygon = serializers.SerializerMethodField(help_text="The largest part's outline: points [x, y] in 0..1.")
    polygons = serializers.SerializerMethodField(
        help_text="The outlines of all parts of the garment's mask, the largest first: points [x, y] in 0..1. Parts of "
        "less than a hundredth of the largest are left out. Empty where there is no mask."
    )
    colours = serializers.ListField(child=serializers.CharField())
    searched = serializers.BooleanField()
    nothing_close = serializers.BooleanField(source="is_all_weak")
    results = ResultSerializer(many=True)
    count = serializers.IntegerField(help_text="Products that match; above 10,000 an estimate.")

    def get_score(self, garment) -> float:
        return round(garment.score, 4)

    def get_polygon(self, garment) -> list[list[float]]:
        return next(iter(self.get_polygons(garment)), [])

    def get_polygons(self, garment) -> list[list[list[float]]]:
        return [[[round(x, 4), round(y, 4)] for x, y in polygon] for polygon in garment.polygons]


class ImageSizeSerializer(serializers.Serializer):
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class TimingSerializer(serializers.Serializer):
    decode = serializers.FloatField()
    detect = serializers.FloatField()
    embed = serializers.FloatField()
    search = serializers.FloatField()
    total = serializers.FloatField()


class PhotoAnswerSerializer(serializers.Serializer):
    query = serializers.CharField(help_text="Finds the cached photo again until it expires, 30 minutes by default.")
    image = ImageSizeSerializer(source="*")
    garments = GarmentSerializer(many=True)
    timing = TimingSerializer(help_text="Milliseconds.")
    encoder = serializers.CharField()
    limit = serializers.IntegerField()
    offset = serializers.IntegerField()
