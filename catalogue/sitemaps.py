"""What search engines are told of: every visible product, every category with its page, and the fixed pages."""

from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse

from catalogue.models import Category, InfoPage, Product


class ProductSitemap(Sitemap):
    limit = 25_000  # a file of 50,000, the format's own bound, takes twice as long to write as a crawler likes to wait

    def items(self):
        return Product.objects.visible().only("pk", "name", "updated_at").order_by("pk")

    def lastmod(self, product):
        return product.updated_at

    def get_latest_lastmod(self):
        return Product.objects.visible().aggregate(latest=Max("updated_at"))["latest"]  # Django's own reads every row


class CategorySitemap(Sitemap):
    changefreq = "daily"

    def items(self):
        return Category.objects.all()


class PageSitemap(Sitemap):
    changefreq = "daily"

    def items(self):
        return ["home", "search"]

    def location(self, name):
        return reverse(name)


class InfoPageSitemap(Sitemap):
    def items(self):
        return InfoPage.objects.shown()


SITEMAPS = {"pages": PageSitemap, "categories": CategorySitemap, "products": ProductSitemap, "info": InfoPageSitemap}
