from django.urls import path

from search import views

urlpatterns = [
    path("photo/", views.photo, name="photo"),
    path("photo/<str:query>/photo.webp", views.photo_file, name="photo-file"),
    path("photo/<str:query>/forget/", views.delete_photo, name="photo-forget"),
    path("p/<int:pk>/goes-with/", views.goes_with, name="goes-with"),
]
