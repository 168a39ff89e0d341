"""The admin's forms: photos go through the services, sets of words are boxes to tick."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.core.files.uploadedfile import UploadedFile
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from catalogue import services
from catalogue.choices import ColourChoices, GarmentTypeChoices
from catalogue.json_values import check_storable
from catalogue.models import Category, Product, ProductImage
from catalogue.photo_files import ACCEPTED, PhotoError, explain, read_photo


class StorableJSONField(forms.JSONField):
    """JSON that the database can hold; any other is shown again with the reason."""

    def to_python(self, value: Any) -> Any:
        try:
            found = super().to_python(value)
            check_storable(found)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": value}
            ) from error
        return found

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            self.to_python(data)
        except forms.ValidationError:
            return InvalidJSONInput(data)
        return super().bound_data(data, initial)


class CategoryForm(forms.ModelForm):
    garment_types = forms.MultipleChoiceField(
        label=_("Garment types"),
        choices=GarmentTypeChoices.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=Category._meta.get_field("garment_types").help_text,
    )

    class Meta:
        model = Category
        fields = ["name", "name_en", "name_id", "slug", "garment_types", "position"]


class ProductForm(forms.ModelForm):
    url = forms.URLField(
        label=_("source URL"), required=False, max_length=1000, assume_scheme="https", widget=AdminURLFieldWidget
    )
    colours = forms.MultipleChoiceField(
        label=_("Colours"),
        choices=ColourChoices.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=Product._meta.get_field("colours").help_text,
    )

    class Meta:
        model = Product
        exclude: list[str] = []
        field_classes = {"attributes": StorableJSONField, "private_attributes": StorableJSONField}

    def clean_colours(self) -> list[str]:
        """Strongest first, as they are stored: boxes have another order."""
        chosen = self.cleaned_data["colours"]
        return sorted(chosen, key=lambda colour: [*self.instance.colours, *chosen].index(colour))

    def clean_attributes(self) -> dict[str, Any]:
        return self._clean_names_and_values("attributes")

    def clean_private_attributes(self) -> dict[str, Any]:
        return self._clean_names_and_values("private_attributes")

    def _clean_names_and_values(self, name: str) -> dict[str, Any]:
        attributes = self.cleaned_data[name] or {}
        if not isinstance(attributes, dict):
            raise forms.ValidationError(_('Names and values are expected, as in {"material": "cotton"}.'))
        return attributes


class ImageForm(forms.ModelForm):
    """A photo judged by its content; the model's own field would go by the file's name too."""

    # A bare input: the preview beside it links to the file, whose name is a hash.
    file = forms.FileField(label=_("file"), widget=forms.FileInput, help_text=ACCEPTED)

    class Meta:
        model = ProductImage
        fields = ["product", "file", "position"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not isinstance(file, UploadedFile):
            return file
        try:
            self.sha256 = read_photo(file.read()).sha256
        except PhotoError as error:
            raise forms.ValidationError(explain(error)) from error
        file.seek(0)
        return file

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        product = cleaned.get("product") or (self.instance.product_id and self.instance.product)
        if product and product.pk and hasattr(self, "sha256"):
            others = ProductImage.objects.filter(product=product, sha256=self.sha256).exclude(pk=self.instance.pk)
            if others.exists():
                self.add_error("file", _("The product has this photo already."))
        return cleaned

    def _post_clean(self) -> None:
        """Leaves the file out of the instance: the services put it there, under its hash."""
        file = self.cleaned_data.pop("file", None)
        super()._post_clean()  # type: ignore[misc]  # Django's, undocumented but for its comment "hook"
        if file is not None:
            self.cleaned_data["file"] = file

    def _get_validation_exclusions(self) -> set[str]:
        return {"file"} | super()._get_validation_exclusions()  # type: ignore[misc]  # Django's, as above

    def save(self, commit: bool = True) -> ProductImage:
        """Stores the photo under its hash. Django's admin saves once more what comes back, which changes nothing."""
        image, file = self.instance, self.cleaned_data.get("file")
        if not isinstance(file, UploadedFile):
            return self._save_fields(commit)
        content = file.read()
        if image.pk is None:
            position = self.cleaned_data.get("position") if "position" in self.changed_data else None
            stored = services.add_image(product=image.product, file=content, position=position)
            image.__dict__.update(stored.__dict__)
            image._state.adding = False
        else:
            services.replace_image(image=image, file=content)
        return self._save_fields(commit)

    def _save_fields(self, commit: bool) -> ProductImage:
        if "position" in self.changed_data and self.instance.pk:
            services.move_image(image=self.instance, position=self.instance.position)
        return super().save(commit)


class ImageFormSet(forms.BaseInlineFormSet):
    """Two rows must not bring the same photo."""

    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            sha256 = getattr(form, "sha256", None)
            if sha256 in seen:
                form.add_error("file", _("The product has this photo already."))
            if sha256:
                seen.add(sha256)

    def delete_existing(self, obj: ProductImage, commit: bool = True) -> None:
        if commit:
            services.delete_images(images=ProductImage.objects.filter(pk=obj.pk))
