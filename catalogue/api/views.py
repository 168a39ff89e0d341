"""The catalogue's endpoints: everybody reads, who has the model's permission writes."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, ProtectedError, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import generics, status, viewsets
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from access.permissions import may_view_hidden
from access.throttling import DeepOffsetThrottle
from catalogue import services
from catalogue.api.pagination import BoundedPagination, ProductPagination
from catalogue.api.serializers import (
    BrandSerializer,
    CategorySerializer,
    ImageSerializer,
    OrderSerializer,
    ProductCardSerializer,
    ProductSerializer,
    UploadSerializer,
)  # fmt: skip
from catalogue.browsing.filters import ProductFilters
from catalogue.browsing.listing import closest_products, default_ordering
from catalogue.browsing.parameters import ListParameters
from catalogue.browsing.text_search import ParsedQuery
from catalogue.models import Category, Product, ProductImage
from catalogue.photo_files import PhotoError, explain
from catalogue.querysets import ProductQuerySet


class InUse(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "in_use"


@extend_schema_view(
    list=extend_schema(
        operation_id="list_products", summary="Products, narrowed down and ordered", parameters=[ListParameters]
    ),
    retrieve=extend_schema(operation_id="get_product", summary="All of one product"),
    create=extend_schema(operation_id="create_product", summary="Add a product (permission)"),
    update=extend_schema(operation_id="replace_product", summary="Write all of a product (permission)"),
    partial_update=extend_schema(operation_id="update_product", summary="Change some of a product (permission)"),
    destroy=extend_schema(operation_id="delete_product", summary="Delete a product and its photos (permission)"),
)
class ProductViewSet(viewsets.ModelViewSet):
    """Products. Hidden ones are there only for who may view or change them in the admin."""

    queryset = Product.objects.all()
    throttle_classes = [DeepOffsetThrottle]
    pagination_class = ProductPagination
    ordering = ""  # of the list that is asked for; empty for relevance
    query: ParsedQuery | None = None
    filters = ProductFilters()
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> ProductQuerySet:
        products = Product.objects.defer("document").order_by("-id")
        return products if may_view_hidden(self.request.user, Product) else products.visible()

    def filter_queryset(self, queryset: Any) -> Any:
        if self.action != "list":
            return queryset
        parameters = ListParameters(data=self.request.query_params)
        parameters.is_valid(raise_exception=True)
        self.filters = filters = parameters.filters
        self.query = query = Product.objects.visible().parse_query(filters.q) if filters.q.strip() else None
        self.ordering = parameters.validated_data.get("ordering") or default_ordering(query)
        products = (queryset.matching(query) if query else queryset).filtered(filters.without("q"))
        return products.in_order(self.ordering) if self.ordering else products

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        closest: list[Product] = []
        if self.query and not response.data["count"]:
            closest = closest_products(self.get_queryset(), self.query, self.filters)
        response.data["closest"] = ProductCardSerializer(closest, many=True, context={"request": request}).data
        return response

    def get_serializer_class(self) -> type:
        return ProductCardSerializer if self.action == "list" else ProductSerializer

    def get_object(self) -> Product:
        product = get_object_or_404(self.get_queryset().for_cards(), pk=self.kwargs["pk"])
        self.check_object_permissions(self.request, product)
        return product

    def perform_destroy(self, instance: Product) -> None:
        services.delete_products(products=Product.objects.filter(pk=instance.pk))


class ProductImagesView(APIView):
    """The photos of one product, for staff to add to."""

    permission_model = ProductImage
    parser_classes = [MultiPartParser, FormParser]

    @extend_schema(
        operation_id="add_product_image",
        summary="Add a photo to a product (permission)",
        request={"multipart/form-data": UploadSerializer},
        responses={
            201: ImageSerializer,
            400: OpenApiResponse(description="The file is no photo; the answer says why."),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        """Adds the photo behind the product's others; one that it has already is answered as it is."""
        product = get_object_or_404(Product, pk=pk)
        given = UploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            image = services.add_image(product=product, file=given.validated_data["file"])
        except PhotoError as error:
            raise ValidationError({"file": [explain(error)]}) from error
        answer = ImageSerializer(image, context={"request": request})
        return Response(answer.data, status=status.HTTP_201_CREATED)


class ProductImageOrderView(APIView):
    """The order in which a product's photos are shown."""

    permission_model = ProductImage

    @extend_schema(
        operation_id="order_product_images",
        summary="Order the photos of a product (permission)",
        request=OrderSerializer,
        responses=ImageSerializer(many=True),
    )
    def put(self, request: Request, pk: int) -> Response:
        """Shows the photos in this order; the first is the one that lists show."""
        product = get_object_or_404(Product, pk=pk)
        given = OrderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            services.order_images(product=product, images=given.validated_data["images"])
        except ValueError as error:
            raise ValidationError({"images": [str(error)]}) from error
        return Response(ImageSerializer(product.images.all(), many=True, context={"request": request}).data)


class ProductImageView(APIView):
    """One photo of a product."""

    permission_model = ProductImage

    @extend_schema(operation_id="delete_product_image", summary="Remove a photo (permission)", responses={204: None})
    def delete(self, request: Request, pk: int, image: int) -> Response:
        """Removes the photo, and its file where no other product shows it."""
        found = ProductImage.objects.filter(pk=image, product=pk)
        get_object_or_404(found)
        services.delete_images(images=found)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(
    list=extend_schema(operation_id="list_categories", summary="Categories with their numbers of products"),
    retrieve=extend_schema(operation_id="get_category", summary="One category"),
    create=extend_schema(operation_id="create_category", summary="Add a category (permission)"),
    update=extend_schema(operation_id="replace_category", summary="Write all of a category (permission)"),
    partial_update=extend_schema(operation_id="update_category", summary="Change some of a category (permission)"),
    destroy=extend_schema(
        operation_id="delete_category", summary="Delete an empty category (permission)",
        responses={204: None, 409: OpenApiResponse(description="The category holds products.")},
    ),
)  # fmt: skip
class CategoryViewSet(viewsets.ModelViewSet):
    queryset = Category.objects.all()
    serializer_class = CategorySerializer
    pagination_class = BoundedPagination
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Category]:
        return Category.objects.with_counts().order_by("position", "name", "id")

    def perform_create(self, serializer: BaseSerializer) -> None:
        serializer.instance = self.get_queryset().get(pk=serializer.save().pk)

    def perform_destroy(self, category: Category) -> None:
        try:
            category.delete()
        except ProtectedError as error:
            held = category.products.count()
            raise InUse(f"{category.name} holds {held} products. Move or delete them first.") from error


@extend_schema_view(
    get=extend_schema(
        operation_id="list_brands",
        summary="Brands with their numbers of products, the largest first",
        parameters=[OpenApiParameter("q", str, description="The beginning of a brand's name.")],
    )
)
class BrandListView(generics.ListAPIView):
    queryset = Product.objects.none()
    serializer_class = BrandSerializer
    pagination_class = BoundedPagination

    def get_queryset(self) -> QuerySet[Product, Any]:
        products = Product.objects.visible().exclude(brand="")
        begin = self.request.query_params.get("q", "").replace("\0", "")[:120]
        if begin:
            products = products.filter(brand__istartswith=begin)
        return products.values("brand").annotate(product_count=Count("pk")).order_by("-product_count", "brand")
