"""The search API: one class an endpoint."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.client_address import client_of
from access.throttling import DeepOffsetThrottle
from catalogue.api.parsers import FlatJSONParser
from catalogue.choices import ColourChoices
from catalogue.models import Product
from catalogue.photo_files import PhotoError, explain
from search import services
from search.answer_types import PhotoAnswer
from search.api.photo_serializers import PhotoAnswerSerializer, PhotoSearchInput, ResultSerializer
from search.photo.fetch import FetchError, fetch_photo
from search.photo.throttling import ApiPhotoThrottle


class NotReadyError(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "not_ready"


class PhotoSearchView(APIView):
    """Finds the garments of a photo in the catalogue.

    Send a photo (`image`, `image_url`), or the `query` of an earlier answer to refine it without sending the photo
    again. Every garment found is searched for, unless `garment`, `box` or `whole` asks for one.
    """

    authentication_classes = []
    permission_classes = [AllowAny]  # a search changes nothing
    parser_classes = [MultiPartParser, FormParser, FlatJSONParser]
    throttle_classes = [ApiPhotoThrottle, DeepOffsetThrottle]

    @extend_schema(
        operation_id="search_photo",
        request={"multipart/form-data": PhotoSearchInput, "application/json": PhotoSearchInput},
        responses={
            200: PhotoAnswerSerializer,
            400: OpenApiResponse(
                description="No photo, a broken one, or a filter out of range; the answer says which."
            ),
            404: OpenApiResponse(description="The photo of this query has expired."),
            429: OpenApiResponse(description="Too many searches."),
            503: OpenApiResponse(description="The catalogue has no embeddings yet."),
        },
    )
    def post(self, request: Request) -> Response:
        given = PhotoSearchInput(data=request.data)
        given.is_valid(raise_exception=True)
        answer = _answered(given, client_of(request))
        return Response(PhotoAnswerSerializer(answer, context={"request": request}).data)


class PhotoQueryView(APIView):
    """One cached photo."""

    authentication_classes = []
    permission_classes = [AllowAny]  # who knows the id sent the photo

    @extend_schema(operation_id="delete_photo", request=None, responses={204: None})
    def delete(self, request: Request, query: str) -> Response:
        """Deletes the photo at once."""
        services.delete_photo(query)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SimilarProductsView(APIView):
    """Products that look like this one, nearest first."""

    class InputSerializer(serializers.Serializer):
        limit = serializers.IntegerField(required=False, default=12, min_value=1, max_value=services.MAX_LIMIT)
        colour = serializers.ChoiceField(required=False, choices=ColourChoices.choices)

    @extend_schema(
        operation_id="similar_products",
        parameters=[
            OpenApiParameter("limit", int, description="1 to 100, default 12"),
            OpenApiParameter("colour", str, enum=ColourChoices.values, description="This, in another colour."),
        ],
        responses=ResultSerializer(many=True),
    )
    def get(self, request: Request, pk: int) -> Response:
        given = self.InputSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        product = get_object_or_404(Product.objects.visible(), pk=pk)
        results = services.similar_products(product, **given.validated_data)
        return Response(ResultSerializer(results, many=True, context={"request": request}).data)


def _answered(given: PhotoSearchInput, client: str) -> PhotoAnswer:
    """The service's answer, its errors as HTTP's."""
    asked = {"filters": given.filters, **given.page()}
    try:
        if query := given.validated_data.get("query"):
            return services.search_query(query=query, **asked)
        return services.search_photo(photo=_photo(given), client=client, **asked)
    except PhotoError as error:
        raise ValidationError({"image": [explain(error)]}) from error
    except FetchError as error:
        raise ValidationError({"image_url": [str(error)]}) from error
    except services.PhotoExpired as error:
        raise NotFound(str(error)) from error
    except services.NotReady as error:
        raise NotReadyError(str(error)) from error
    except ValueError as error:
        raise ValidationError({"detail": [str(error)]}) from error


def _photo(given: PhotoSearchInput) -> bytes:
    if url := given.validated_data.get("image_url"):
        return fetch_photo(url)
    return given.validated_data["image"].read()
