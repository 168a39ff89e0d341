"""Products, categories and brands as JSON."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers

from catalogue import services
from catalogue.api.unknown_fields import KnownFieldsMixin
from catalogue.choices import ColourChoices, GarmentTypeChoices
from catalogue.currencies import validate_currency
from catalogue.importer.categories import category_slug
from catalogue.json_values import check_storable
from catalogue.models import Category, Product, ProductImage


class ImageSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField(help_text="Where the photo is.")

    class Meta:
        model = ProductImage
        fields = ["id", "url", "width", "height", "position"]

    def get_url(self, image: ProductImage) -> str:
        return _absolute(image, dict(self.context))


class ProductCardSerializer(serializers.ModelSerializer):
    """What lists show of a product: as `.for_cards()` loads it, without a query of its own."""

    category: serializers.SlugRelatedField[Category] = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    image = serializers.SerializerMethodField(help_text="Where its first photo is.")
    page = serializers.URLField(source="get_absolute_url", read_only=True, help_text="Its page in this shop.")

    class Meta:
        model = Product
        fields = ["id", "sku", "name", "brand", "category", "price", "currency", "url", "image", "colours", "page"]
        read_only_fields = fields

    def get_image(self, product: Product) -> str | None:
        return _absolute(product.main_image, dict(self.context)) if product.main_image else None


class ProductSerializer(KnownFieldsMixin, ProductCardSerializer):
    """All of a product, to read and to write."""

    category = serializers.SlugRelatedField(slug_field="slug", queryset=Category.objects.all())
    images = ImageSerializer(many=True, read_only=True, source="photos")
    attributes = serializers.DictField(required=False, help_text="What else is known of it, by name.")
    colours = serializers.ListField(
        child=serializers.ChoiceField(choices=ColourChoices.choices), read_only=True, help_text="Seen in its photos."
    )

    class Meta:
        model = Product
        fields = [
            *ProductCardSerializer.Meta.fields, "compare_at_price", "availability", "description", "attributes",
            "images", "is_active", "created_at", "updated_at",
        ]  # fmt: skip

    def update(self, instance: Product, validated_data: dict) -> Product:
        for name, value in validated_data.items():
            setattr(instance, name, value)
        services.save_product(product=instance)
        return instance

    def validate_currency(self, currency: str) -> str:
        validate_currency(currency)
        return currency

    def validate_attributes(self, attributes: dict) -> dict:
        try:
            check_storable(attributes)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error
        return attributes


class CategorySerializer(KnownFieldsMixin, serializers.ModelSerializer):
    slug = serializers.SlugField(required=False, max_length=140, help_text="Made of the name where it is not given.")
    garment_types = serializers.ListField(
        child=serializers.ChoiceField(choices=GarmentTypeChoices.choices), required=False,
        help_text="What it holds. A garment in a photo is looked for where its type is held; none: any.",
    )  # fmt: skip
    product_count = serializers.IntegerField(read_only=True, help_text="Products that are shown.")
    page = serializers.URLField(source="get_absolute_url", read_only=True, help_text="Its page in this shop.")

    class Meta:
        model = Category
        fields = ["id", "name", "name_en", "name_id", "slug", "garment_types", "position", "product_count", "page"]

    def update(self, instance: Category, validated_data: dict) -> Category:
        for name, value in validated_data.items():
            setattr(instance, name, value)
        services.save_category(category=instance)
        return instance

    def validate(self, attrs: dict) -> dict:
        if not self.instance:
            attrs.setdefault("slug", category_slug(attrs["name"]))
        slug = attrs.get("slug")
        others = Category.objects.exclude(pk=self.instance.pk) if self.instance else Category.objects.all()
        if slug and others.filter(slug=slug).exists():
            raise serializers.ValidationError({"slug": f"There is a category {slug!r} already."})
        return attrs


class BrandSerializer(serializers.Serializer):
    name = serializers.CharField(source="brand")
    product_count = serializers.IntegerField(help_text="Products that are shown.")


class UploadSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="A photo: JPEG, PNG, WebP, AVIF, HEIC, GIF, BMP or TIFF.")

    def validate_file(self, file: UploadedFile) -> UploadedFile:
        size = file.size or 0
        if size > settings.PHOTO_MAX_BYTES:
            most = settings.PHOTO_MAX_BYTES / 1e6
            raise serializers.ValidationError(f"The file has {size / 1e6:.1f} MB; a photo has {most:.0f} at most.")
        return file


class OrderSerializer(serializers.Serializer):
    images = serializers.ListField(
        child=serializers.IntegerField(), help_text="The ids of all its images, in the order to show them in."
    )


def _absolute(image: ProductImage, context: dict) -> str:
    request = context.get("request")
    return request.build_absolute_uri(image.file.url) if request else image.file.url
