"""The site's addresses as they are where the search app is not installed."""

from django.urls import include, path

urlpatterns = [path("i18n/", include("django.conf.urls.i18n")), path("", include("catalogue.urls"))]
