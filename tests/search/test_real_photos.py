"""Real photos, end to end: 100 products laid out as a Zalora download, people in the street as queries.

The photos are not the project's and lie outside it; without them these tests skip and say so.
"""

import subprocess
import sys

import numpy as np
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import TestCase

from catalogue.models import Product, ProductImage
from search import services
from tests.search.rendered_shop import SHARED_DATA, embed_everything

LAYOUT = SHARED_DATA.parent / "tools" / "make_zalora_layout.py"
PRODUCTS, STREET_PHOTOS = 100, 12


@pytest.mark.slow
@pytest.mark.skipif(not LAYOUT.exists(), reason=f"no real photos: {LAYOUT} is not there (SHARED_DATA names its data)")
class RealPhotoTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        folder = settings.VAR_DIR / f"test-real-{PRODUCTS}"
        subprocess.run([sys.executable, str(LAYOUT), str(folder), "--limit", str(PRODUCTS)], check=True)
        call_command("import_zalora", str(folder / "zalora" / "data-zalora.csv"), verbosity=0)
        cls.encoder = embed_everything()

    def street_photos(self):
        return sorted((SHARED_DATA / "ccp" / "images").glob("*.jpg"))[:: 816 // STREET_PHOTOS][:STREET_PHOTOS]

    def test_every_photo_was_imported_and_embedded(self):
        assert Product.objects.count() == PRODUCTS
        embedded = self.encoder.embeddings.filter(ordinal=0).values("image").distinct().count()
        assert embedded == ProductImage.objects.count() == PRODUCTS

    def test_catalogue_photos_find_themselves(self):
        for image in ProductImage.objects.select_related("product")[::5]:
            answer = services.search_photo(photo=image.file.read(), limit=1)
            best = min((result for seen in answer.garments for result in seen.results), key=lambda one: one.distance)
            assert best.product == image.product, image.file.name
            assert best.distance < 0.001

    def test_people_in_the_street_wear_garments_that_are_found(self):
        """Most people in the street wear shoes, and something on top or a dress: who sees them right finds both."""
        types = []
        for path in self.street_photos():
            answer = services.search_photo(photo=path.read_bytes(), limit=5)
            types.append({seen.garment_type for seen in answer.garments})
            for seen in answer.garments:
                assert len(seen.results) == min(5, seen.count)  # no category of this shop holds bags
                held = {kind for result in seen.results for kind in result.product.category.garment_types}
                assert not seen.results or seen.garment_type is None or seen.garment_type in held
        assert np.mean(["footwear" in found for found in types]) >= 0.6
        assert np.mean([bool(found & {"top", "outerwear", "dress"}) for found in types]) >= 0.8
