"""What is sold: categories, products and their photos; and the texts and synonyms that a merchant edits."""

from catalogue.models.category import Category
from catalogue.models.image import ProductImage
from catalogue.models.info_page import InfoPage
from catalogue.models.product import Product, PublicAttribute
from catalogue.models.synonym_group import SynonymGroup

__all__ = ["Category", "InfoPage", "Product", "ProductImage", "PublicAttribute", "SynonymGroup"]
