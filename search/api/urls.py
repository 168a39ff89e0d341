from django.urls import path

from search.api import views

urlpatterns = [
    path("search/photo/", views.PhotoSearchView.as_view(), name="api-search-photo"),
    path("search/photo/<str:query>/", views.PhotoQueryView.as_view(), name="api-photo-query"),
    path("products/<int:pk>/similar/", views.SimilarProductsView.as_view(), name="api-similar-products"),
]
