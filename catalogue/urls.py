from django.urls import path

from catalogue import views

urlpatterns = [
    path("", views.home, name="home"),
    path("c/<slug:slug>/", views.category, name="category"),
    path("p/<int:pk>/<slug:slug>/", views.product, name="product"),
]
