"""What the search app adds to the catalogue's pages."""

from django import template

from search import scenes, services

register = template.Library()


@register.simple_tag
def similar_products(product, limit=10):
    return services.similar_products(product, limit=limit)


@register.simple_tag
def example_scenes():
    return scenes.scenes()


@register.simple_tag
def example_photo():
    return scenes.example()
