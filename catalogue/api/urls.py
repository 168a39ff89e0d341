"""The catalogue's part of /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from catalogue.api import views

router = SimpleRouter()
router.register("products", views.ProductViewSet, basename="api-product")
router.register("categories", views.CategoryViewSet, basename="api-category")

urlpatterns = [
    path("products/<int:pk>/images/", views.ProductImagesView.as_view(), name="api-product-images"),
    path("products/<int:pk>/images/order/", views.ProductImageOrderView.as_view(), name="api-product-image-order"),
    path("products/<int:pk>/images/<int:image>/", views.ProductImageView.as_view(), name="api-product-image"),
    path("brands/", views.BrandListView.as_view(), name="api-brands"),
    path("", include(router.urls)),
]
