"""Which attributes everybody sees: those on the merchant's list, for products of any age."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalogue.attribute_names import attribute_key
from catalogue.attributes import apply_public_attributes, split_attributes
from catalogue.models import Product, PublicAttribute
from tests.factories import make_product

MATERIAL = {"Bahan": "Katun", "Supplier": "Acme", "size 2": "M"}


@pytest.mark.parametrize(
    ("name", "same"),
    [("Sleeve length", "sleeve_length"), ("SIZE", "size 2"), ("Jenis-Kelamin", "jenis kelamin"), ("Größe", "grösse")],
)
def test_names_are_compared_without_case_spaces_and_numbers(name, same):
    assert attribute_key(name) == attribute_key(same)


@pytest.mark.django_db
def test_attributes_are_split_by_the_list():
    assert split_attributes(MATERIAL) == ({"Bahan": "Katun", "size 2": "M"}, {"Supplier": "Acme"})


@pytest.mark.django_db
def test_a_change_of_the_list_moves_them_in_all_products_and_in_text_search(admin_client):
    product = make_product(
        attributes={"Bahan": "Katun"}, private_attributes={"Motif khas": "Parang", "Supplier": "Acme"}
    )
    admin_client.post("/admin/catalogue/publicattribute/add/", {"name": "Motif Khas"})
    product.refresh_from_db()
    assert product.attributes == {"Bahan": "Katun", "Motif khas": "Parang"}
    assert product.private_attributes == {"Supplier": "Acme"}
    assert list(Product.objects.matching_text("parang")) == [product]
    PublicAttribute.objects.filter(name__in=["Motif Khas", "bahan"]).delete()
    assert apply_public_attributes() == 1
    product.refresh_from_db()
    assert product.attributes == {}
    assert product.private_attributes == {"Bahan": "Katun", "Motif khas": "Parang", "Supplier": "Acme"}
    assert not Product.objects.matching_text("parang").exists()
    assert apply_public_attributes() == 0


@pytest.mark.django_db
def test_private_attributes_are_shown_to_staff_alone(client, admin_client):
    product = make_product(private_attributes={"Supplier": "Acme Rahasia"})
    assert "Acme Rahasia" in admin_client.get(f"/admin/catalogue/product/{product.pk}/change/").content.decode()
    assert "Acme Rahasia" not in client.get(product.get_absolute_url()).content.decode()
    assert "Acme Rahasia" not in client.get(f"/api/v1/products/{product.pk}/").content.decode()
    assert not Product.objects.matching_text("rahasia").exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_migration_makes_what_products_had_private_unless_it_is_on_the_list():
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate([("catalogue", "0003_more_orders_and_image_files")])
        old = executor.loader.project_state([("catalogue", "0003_more_orders_and_image_files")]).apps
        category = old.get_model("catalogue", "Category").objects.create(name="Rok", slug="rok")
        model = old.get_model("catalogue", "Product")
        model.objects.create(sku="1", name="x", category=category, attributes={**MATERIAL, "Harga Beli": "rahasia"})
        model.objects.create(sku="2", name="x", category=category, attributes=["odd"])
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
    product = Product.objects.get(sku="1")
    assert product.attributes == {"Bahan": "Katun", "size 2": "M"}
    assert product.private_attributes == {"Supplier": "Acme", "Harga Beli": "rahasia"}
    assert not Product.objects.matching_text("rahasia").exists()
