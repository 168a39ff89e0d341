"""Files follow their rows, whoever deletes these: the admin, the API, a cascade from the product."""

from django.db.models.signals import post_delete
from django.dispatch import receiver

from catalogue.image_storage import remove_when_unused
from catalogue.models import ProductImage


@receiver(post_delete, sender=ProductImage)
def remove_file(sender, instance: ProductImage, **kwargs) -> None:
    remove_when_unused(instance.file.name)
