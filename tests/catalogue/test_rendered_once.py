"""Parts of pages that are kept never show what was."""

from django.test import TestCase

from catalogue import rendered_once as module
from catalogue.models import Category, Product
from catalogue.rendered_once import rendered_once
from tests.factories import make_product


def test_a_part_is_rendered_once_for_each_key(monkeypatch):
    monkeypatch.setattr(module, "_kept", {})
    rendered = []
    for key in ("a", "b", "a"):
        rendered_once(key, lambda key=key: rendered.append(key) or key)
    assert rendered == ["a", "b"]


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "_kept", kept := {})
    monkeypatch.setattr(module, "MAX_PARTS", 10)
    for key in range(100):
        assert rendered_once(key, lambda key=key: str(key)) == str(key)
    assert len(kept) <= 10


class PagesShowWhatIs(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.product = make_product(name="Gaun Merah", brand="Serasa", price=199_000, availability="in_stock")
        cls.page = cls.product.category.get_absolute_url()

    def shown(self, **headers):
        return self.client.get(self.page, headers=headers).content.decode()

    def test_what_has_changed_is_shown_at_once(self):
        self.assertIn("Gaun Merah", self.shown())
        for changes, shown in [
            ({"name": "Gaun Biru"}, "Gaun Biru"),
            ({"brand": "Lain"}, "Lain"),
            ({"price": 299_000}, "299,000"),
            ({"availability": "out_of_stock"}, "Out of stock"),
        ]:
            self.assertNotIn(shown, self.shown())
            Product.objects.update(**changes)
            self.assertIn(shown, self.shown())

    def test_each_language_has_its_own(self):
        self.assertIn("199,000", self.shown())
        self.assertIn("199.000", self.shown(accept_language="id"))

    def test_a_renamed_category_is_renamed_in_the_menu(self):
        self.shown()
        Category.objects.update(name_en="Evening Gowns")
        self.assertIn("Evening Gowns", self.client.get("/").content.decode())
