"""The catalogue in the admin: quick at a million products, photos stored as everywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.autocomplete import numbered
from catalogue import services
from catalogue.admin_deletion import BoundedDeletion, CategoryDeletionAdmin
from catalogue.admin_forms import CategoryForm, ImageForm, ImageFormSet, ProductForm
from catalogue.admin_import import TableAdmin
from catalogue.admin_resources import ProductResource
from catalogue.attributes import apply_public_attributes
from catalogue.browsing.synonyms import clear_synonyms_cache
from catalogue.choices import GarmentTypeChoices
from catalogue.models import Category, InfoPage, Product, ProductImage, PublicAttribute, SynonymGroup
from catalogue.templatetags.shop import money
from catalogue.thumbnails import thumbnail_of

if TYPE_CHECKING:
    from catalogue.querysets import CategoryQuerySet, ProductQuerySet

admin.site.site_header = admin.site.site_title = _("Fashion Visual Search")
admin.site.index_title = _("Shop")


def preview(image: ProductImage | None, size: str, *, scale: float = 1.0) -> str:
    """An <img> of the thumbnail, with its size so that the page does not jump."""
    if image is None or not image.pk:
        return "–"
    thumbnail = thumbnail_of(image, size)
    width, height = round(thumbnail.width * scale), round(thumbnail.height * scale)
    return format_html('<img src="{}" width="{}" height="{}" alt="" loading="lazy">', thumbnail.url, width, height)


def linked_preview(image: ProductImage, size: str) -> str:
    """The same, leading to the file itself."""
    return format_html('<a href="{}">{}</a>', image.file.url, preview(image, size)) if image.pk else "–"


class HasPhotoFilter(admin.SimpleListFilter):
    title = _("photos")
    parameter_name = "photos"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [("yes", _("with photos")), ("no", _("without photos"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(images__isnull=self.value() == "no").distinct()


@admin.register(Category)
class CategoryAdmin(CategoryDeletionAdmin):
    form = CategoryForm
    list_display = ["name", "name_en", "name_id", "slug", "holds", "products_shown", "position"]
    list_editable = ["position"]
    search_fields = ["name", "name_en", "name_id", "slug"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return cast("CategoryQuerySet", super().get_queryset(request)).with_counts()

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        services.save_category(category=obj)

    @admin.display(description=_("holds"))
    def holds(self, category: Category) -> str:
        labels = dict(GarmentTypeChoices.choices)
        return ", ".join(str(labels[name]) for name in category.garment_types) or str(_("anything"))

    @admin.display(description=_("products shown"), ordering="product_count")
    def products_shown(self, category: Category) -> str:
        url, count = reverse("admin:catalogue_product_changelist"), getattr(category, "product_count", 0)
        return format_html('<a href="{}?category__id__exact={}&is_active__exact=1">{}</a>', url, category.pk, count)


@admin.register(InfoPage)
class InfoPageAdmin(admin.ModelAdmin):
    list_display = ["slug", "title_en", "title_id", "is_shown", "position"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["title_en"]}

    def view_on_site(self, page: InfoPage) -> str | None:
        return page.get_absolute_url() if self.is_shown(page) else None

    @admin.display(description=_("shown"), boolean=True)
    def is_shown(self, page: InfoPage) -> bool:
        return bool(page.text_en or page.text_id)


class ImageInline(admin.TabularInline):
    model = ProductImage
    form = ImageForm
    formset = ImageFormSet
    fields = ["photo", "file", "position", "size", "source"]
    readonly_fields = ["photo", "size", "source"]
    extra = 1

    @admin.display(description=_("photo"))
    def photo(self, image: ProductImage) -> str:
        return linked_preview(image, "tiny")

    @admin.display(description=_("pixels"))
    def size(self, image: ProductImage) -> str:
        return f"{image.width} × {image.height}" if image.pk else "–"


@admin.register(Product)
class ProductAdmin(BoundedDeletion, TableAdmin):  # type: ignore[misc]  # the stubs disagree
    form = ProductForm
    resource_classes = [ProductResource]
    list_display = ["photo", "name", "sku", "category", "brand", "costs", "photos", "is_active", "updated_at"]
    list_display_links = ["photo", "name"]
    list_filter = ["is_active", "category", HasPhotoFilter, "created_at"]
    list_per_page = 50
    show_full_result_count = False  # counts a million rows to say "of 1,000,000"
    search_fields = ["name"]  # shows the box; `get_search_results` does the looking
    search_help_text = _("Words of name, brand, category or description; or an SKU")
    autocomplete_fields = ["category"]
    readonly_fields = ["created_at", "updated_at"]
    inlines = [ImageInline]
    actions = ["show", "hide", "delete_selected"]
    fieldsets = [
        (None, {"fields": ["name", "sku", "category", "brand", "is_active"]}),
        (_("Price"), {"fields": [("price", "compare_at_price", "currency"), "availability", "url"]}),
        (_("Details"), {"fields": ["description", "attributes", "colours", ("created_at", "updated_at")]}),
        (_("For staff only"), {"fields": ["private_attributes"]}),
    ]

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **numbered(self, db_field, request, kwargs))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        return cast("ProductQuerySet", super().get_queryset(request)).defer("document").for_cards()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """The filters of the list alone: others, such as `?colours=x`, reach columns that they do not fit."""
        offered = ("is_active", "category", "created_at", "photos")
        return lookup.startswith(offered) and super().lookup_allowed(lookup, value, request)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet, bool]:
        """An exact SKU, else full-text search: both by an index, where `icontains` would read every row."""
        term = search_term.replace("\0", "").strip()
        if not term:
            return queryset, False
        exact = queryset.filter(sku=term)
        return (exact, False) if exact.exists() else (queryset.matching_text(term[:200]), False)

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        services.save_product(product=obj)

    def delete_model(self, request: HttpRequest, obj: Product) -> None:
        services.delete_products(products=Product.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        services.delete_products(products=queryset)

    @admin.display(description="")
    def photo(self, product: Product) -> str:
        return preview(product.main_image, "tiny", scale=0.5)

    @admin.display(description=_("price"), ordering="price")
    def costs(self, product: Product) -> str:
        return money(product.price, product.currency) or "–"

    @admin.display(description=_("photos"))
    def photos(self, product: Product) -> int:
        return len(product.photos)  # loaded for the list already

    @admin.action(description=_("Show in the shop"), permissions=["change"])
    def show(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._set_active(request, queryset, True)

    @admin.action(description=_("Hide from the shop"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._set_active(request, queryset, False)

    def _set_active(self, request: HttpRequest, queryset: QuerySet[Product], is_active: bool) -> None:
        pks = queryset.order_by().values("pk")
        changed = Product.objects.filter(pk__in=pks).exclude(is_active=is_active)
        number = changed.update(is_active=is_active, updated_at=timezone.now())
        text = ngettext("%(number)d product was changed.", "%(number)d products were changed.", number)
        self.message_user(request, text % {"number": number}, messages.SUCCESS)


@admin.register(SynonymGroup)
class SynonymGroupAdmin(admin.ModelAdmin):
    """Words that mean the same in a text search."""

    list_display = ["words"]
    search_fields = ["words"]

    def save_model(self, request: HttpRequest, obj: SynonymGroup, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        clear_synonyms_cache()

    def delete_model(self, request: HttpRequest, obj: SynonymGroup) -> None:
        super().delete_model(request, obj)
        clear_synonyms_cache()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SynonymGroup]) -> None:
        super().delete_queryset(request, queryset)
        clear_synonyms_cache()


@admin.register(ProductImage)
class ProductImageAdmin(BoundedDeletion, admin.ModelAdmin):
    actions = ["delete_selected"]
    form = ImageForm
    list_display = ["photo", "product", "position", "size", "source"]
    list_select_related = ["product"]
    list_per_page = 50
    show_full_result_count = False
    ordering = ["-id"]
    search_fields = ["product__sku__exact"]
    search_help_text = _("The SKU of the product")
    autocomplete_fields = ["product"]
    fields = ["product", "large", "file", "position", "size", "sha256", "source"]
    readonly_fields = ["large", "size", "sha256", "source"]

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **numbered(self, db_field, request, kwargs))

    def get_readonly_fields(self, request: HttpRequest, obj: ProductImage | None = None) -> list[str]:
        return [*self.readonly_fields, "product"] if obj else self.readonly_fields

    def delete_model(self, request: HttpRequest, obj: ProductImage) -> None:
        services.delete_images(images=ProductImage.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ProductImage]) -> None:
        services.delete_images(images=queryset)

    @admin.display(description=_("photo"))
    def photo(self, image: ProductImage) -> str:
        return preview(image, "tiny", scale=0.5)

    @admin.display(description=_("photo"))
    def large(self, image: ProductImage) -> str:
        return linked_preview(image, "card")

    @admin.display(description=_("pixels"))
    def size(self, image: ProductImage) -> str:
        return f"{image.width} × {image.height}" if image.pk else "–"


@admin.register(PublicAttribute)
class PublicAttributeAdmin(admin.ModelAdmin):
    """The attributes that shoppers see. A change moves them in all products at once."""

    list_display = ["name"]
    search_fields = ["name"]
    list_per_page = 200

    def save_model(self, request: HttpRequest, obj: PublicAttribute, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        apply_public_attributes()

    def delete_model(self, request: HttpRequest, obj: PublicAttribute) -> None:
        super().delete_model(request, obj)
        apply_public_attributes()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[PublicAttribute]) -> None:
        super().delete_queryset(request, queryset)
        apply_public_attributes()
