from django.urls import path

from search import views

urlpatterns = [
    path("photo/", views.photo, name="photo"),
    path("photo/<str:query>/photo.webp", views.photo_file, name="photo-file"),
    path("photo/<str:query>/delete/", views.delete_photo, name="photo-delete"),
    path("p/<int:pk>/goes-with/", views.goes_with, name="goes-with"),
]
