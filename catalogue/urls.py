from django.contrib.sitemaps import views as sitemap_views
from django.urls import path
from django.views.decorators.cache import cache_page

from catalogue import thumbnails, views
from catalogue.sitemaps import SITEMAPS

AN_HOUR = 3600
_kept = cache_page(AN_HOUR, cache="sitemaps")
_sections = {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap-section"}

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("search/suggestions/", views.suggestions, name="suggestions"),
    path("c/<slug:slug>/", views.category, name="category"),
    path("b/<path:name>/", views.brand, name="brand"),
    path("p/<int:pk>/<slug:slug>/", views.product, name="product"),
    path("thumbs/<slug:size>/<path:name>.webp", thumbnails.thumbnail, name="thumbnail"),
    path("favourites/", views.favourites, name="favourites"),
    path("recently-viewed/", views.recently_viewed, name="recently-viewed"),
    path("info/<slug:slug>/", views.info_page, name="info-page"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", _kept(sitemap_views.index), _sections, name="sitemap"),
    path(
        "sitemap-<section>.xml",
        _kept(sitemap_views.sitemap),
        {"sitemaps": SITEMAPS},
        name="sitemap-section",
    ),
]
