from django.urls import path

from catalogue import thumbnails, views

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("c/<slug:slug>/", views.category, name="category"),
    path("b/<path:name>/", views.brand, name="brand"),
    path("p/<int:pk>/<slug:slug>/", views.product, name="product"),
    path("thumbs/<slug:size>/<path:name>.webp", thumbnails.thumbnail, name="thumbnail"),
]
