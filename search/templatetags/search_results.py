"""What the search app adds to the catalogue's pages."""

from django import template

from search import services
from search.photo import example_photos as scenes

register = template.Library()


@register.simple_tag
def related_products(product, limit=10):
    similar, recoloured = services.related_products(product, limit=limit)
    return {"similar": similar, "recoloured": recoloured[:limit]}


@register.simple_tag
def example_scenes():
    return scenes.scenes()


@register.simple_tag
def example_photo():
    return scenes.example()
