"""Whoever writes a product or its category, and however: text search finds it by its present words alone."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalogue import services
from catalogue.attributes import apply_public_attributes
from catalogue.models import Category, Product, PublicAttribute
from tests.catalogue.importer.sources import run, write_csv
from tests.factories import make_category, make_product


def found(text):
    return Product.objects.matching_text(text).filter(document__isnull=False).exists()


def save(product, **values):
    for name, value in values.items():
        setattr(product, name, value)
    services.save_product(product=product)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "gone"),
    [
        (lambda p: save(p, name="Zorka"), "kemeja"),
        (lambda p: save(p, brand="Zorka"), "lentera"),
        (lambda p: save(p, description="zorka"), "cantik"),
        (lambda p: save(p, attributes={"motif": "zorka"}), "bunga"),
        (lambda p: save(p, category=make_category(name="Zorka")), "blazer"),
        (lambda p: save(p, sku="zorka"), "ab9"),
        (lambda p: Product.objects.filter(pk=p.pk).update(name="Zorka"), "kemeja"),
        (lambda p: Product.objects.filter(pk=p.pk).update(category=make_category(name="Zorka")), "blazer"),
        (lambda p: Product.objects.filter(pk=p.pk).update(category_id=make_category(name="Zorka").pk), "blazer"),
        (lambda p: Product.objects.bulk_update([renamed(p)], ["name"]), "kemeja"),
        (lambda p: save_fields(p, category=make_category(name="Zorka")), "blazer"),
        (lambda p: save_category(p.category, name="Zorka"), "blazer"),
        (lambda p: Category.objects.filter(pk=p.category_id).update(name="Zorka"), "blazer"),
    ],
)
def test_a_changed_word_is_found_and_the_earlier_is_not(change, gone, kemeja):
    assert found(gone) and not found("zorka")
    change(kemeja)
    assert found("zorka") and not found(gone)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "gone"),
    [("name", "kemeja"), ("brand", "lentera"), ("category", "blazer"), ("motif", "bunga"), ("description", "cantik")],
)
def test_an_import_changes_the_words_that_are_found(column, gone, kemeja, tmp_path):
    row = {"sku": "ab9", "category": "Blazer", column: "Zorka"}
    assert found(gone) and not found("zorka")
    run(write_csv(tmp_path / "data.csv", [list(row), list(row.values())]), "--no-price")
    assert found("zorka") and not found(gone)


@pytest.fixture
def kemeja():
    return make_product(
        name="Kemeja", brand="Lentera", sku="ab9", description="cantik", attributes={"motif": "bunga"},
        category=make_category(name="Blazer", garment_types=["outerwear"]),
    )  # fmt: skip


def renamed(product):
    product.name = "Zorka"
    return product


def save_fields(product, **values):
    for name, value in values.items():
        setattr(product, name, value)
    product.save(update_fields=list(values))


def save_category(category, **values):
    for name, value in values.items():
        setattr(category, name, value)
    services.save_category(category=category)


@pytest.mark.django_db
def test_the_garment_type_of_a_category_is_a_word_of_its_products():
    product = make_product(name="Kemeja", category=make_category(name="Blazer", garment_types=["outerwear"]))
    assert found("outerwear")
    save_category(product.category, garment_types=["dress"])
    assert found("dress") and not found("outerwear")
    Category.objects.update(garment_types=["dress", "skirt"])
    assert not found("dress")


@pytest.mark.django_db
def test_the_names_of_a_category_in_both_languages_are_words_of_its_products():
    product = make_product(name="Kemeja", category=make_category(name="Blazer"))
    save_category(product.category, name_en="Zorka")
    assert found("zorka") and found("blazer")
    Category.objects.update(name_en="", name_id="Krabat")
    assert found("krabat") and not found("zorka")


@pytest.mark.django_db
def test_products_made_together_have_the_words_of_their_categories():
    dress, skirt = make_category(name="Gaun", garment_types=["dress"]), make_category(name="Rok", garment_types=[])
    Product.objects.bulk_create(
        Product(sku=f"s{number}", name="x", category=category) for number, category in enumerate([dress, skirt])
    )
    assert [product.sku for product in Product.objects.matching_text("dress")] == ["s0"]
    assert [product.sku for product in Product.objects.matching_text("rok")] == ["s1"]


@pytest.mark.django_db
def test_an_attribute_that_becomes_private_is_not_found():
    make_product(attributes={"motif": "zorka"})
    assert found("zorka")
    PublicAttribute.objects.filter(key="motif").delete()
    apply_public_attributes()
    assert not found("zorka")


@pytest.mark.django_db
def test_the_price_alone_makes_no_document_anew():
    """PostgreSQL computes a generated column where the statement names a column that it is made of."""
    product = make_product(name="Kemeja")
    with connection.cursor() as cursor:
        cursor.execute(
            'CREATE OR REPLACE FUNCTION catalogue_words(words text, weight "char") RETURNS tsvector LANGUAGE plpgsql '
            "IMMUTABLE AS $$ BEGIN RAISE EXCEPTION 'made anew'; END $$"
        )
    Product.objects.filter(pk=product.pk).update(price=1, is_active=False)
    with pytest.raises(Exception, match="made anew"):
        Product.objects.filter(pk=product.pk).update(name="Blus")


@pytest.mark.django_db(transaction=True)
def test_the_migration_makes_documents_for_the_products_of_the_release_before():
    make_product(name="Kemeja", category=make_category(name="Blazer", garment_types=["outerwear"]), colours=["red"])
    try:
        MigrationExecutor(connection).migrate([("catalogue", "0006_names_and_texts")])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE catalogue_product SET description = 'cantik'")
            cursor.execute("SELECT document @@ 'cantik & outerwear' FROM catalogue_product")
            assert cursor.fetchone() == (True,)
    finally:
        MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert all(found(word) for word in ("kemeja", "blazer", "outerwear", "red", "cantik"))
