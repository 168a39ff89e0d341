"""What Citus asks of the schema and the statements. No Citus here: the rules are checked, and the command's sentences.

The rules are those that a real cluster of Citus 13 enforced: no triggers on the tables that it takes, unique
constraints that contain the distribution column, no correlated subquery over a reference table beside distributed rows,
and sequential mode where one transaction writes both.
"""

import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pglast import ast, parse_sql
from pglast.visitors import Visitor

from catalogue import ordered_writes, services
from catalogue.models import Product
from search.embedding import pipeline
from search.models import Encoder
from search.retrieval.distribution import DISTRIBUTED, DISTRIBUTION_COLUMN, REFERENCE_TABLES, statements
from search.retrieval.nearest import NearestGarments, nearest_pages
from search.retrieval.similar_products import complementary_products, related_products
from search.vision.cards import choose
from tests.catalogue.importer.sources import run, write_csv, write_files
from tests.factories import make_category, make_image, make_product
from tests.search.vectors import make_embedded_catalogue, make_encoder

pytestmark = pytest.mark.django_db
TABLES = [*REFERENCE_TABLES, DISTRIBUTED]


def rows_of(query, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


# -- the schema ---------------------------------------------------------------------------------------------------


def test_no_table_has_a_row_trigger():
    query = """SELECT tgrelid::regclass::text, tgname FROM pg_trigger
               WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY(%s)"""
    assert rows_of(query, TABLES) == []


def test_unique_constraints_contain_the_distribution_column():
    query = """SELECT i.indexrelid::regclass::text,
                   array(SELECT a.attname::text FROM pg_attribute a
                         WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey))
               FROM pg_index i WHERE i.indisunique AND i.indrelid = %s::regclass"""
    unique = dict(rows_of(query, DISTRIBUTED))
    assert unique
    assert all(DISTRIBUTION_COLUMN in columns for columns in unique.values()), unique


def test_the_distributed_table_numbers_no_rows():
    query = """SELECT attname FROM pg_attribute a LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (attrelid, attnum)
               WHERE attrelid = %s::regclass
                   AND (attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%%')"""
    assert rows_of(query, DISTRIBUTED) == []


def test_foreign_keys_lead_to_reference_tables_that_are_made_before():
    query = "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
    keys = [(table, target) for table, target in rows_of(query) if table in TABLES]
    assert keys
    made = [name for name in TABLES for statement in statements(frozenset(), shards=8) if f"'{name}'" in statement]
    assert made == TABLES
    assert all(TABLES.index(target) < TABLES.index(table) for table, target in keys), keys


# -- the statements -----------------------------------------------------------------------------------------------


class _Columns(Visitor):
    """The table names and aliases of FROM below a node, and the qualifiers of its columns."""

    def __init__(self):
        self.tables, self.aliases, self.qualifiers = set(), set(), set()

    def visit_RangeVar(self, ancestors, node):
        self.tables.add(node.relname)
        self.aliases.add(node.alias.aliasname if node.alias else node.relname)

    def visit_RangeSubselect(self, ancestors, node):
        self.aliases.add(node.alias.aliasname)

    def visit_RangeFunction(self, ancestors, node):
        if node.alias:
            self.aliases.add(node.alias.aliasname)

    def visit_ColumnRef(self, ancestors, node):
        if len(node.fields) > 1:
            self.qualifiers.add(node.fields[0].sval)


class _Sublinks(Visitor):
    def __init__(self):
        self.found = []

    def visit_SubLink(self, ancestors, node):
        self.found.append(node.subselect)


def below(node):
    columns = _Columns()
    columns(node)
    return columns


def correlated_over_reference_tables(sql):
    """The tables of each subquery of a statement with distributed rows that names a row outside of itself."""
    refused = []
    for raw in parse_sql(sql):
        if DISTRIBUTED not in below(raw.stmt).tables:
            continue
        sublinks = _Sublinks()
        sublinks(raw.stmt)
        refused += [
            sorted(columns.tables)
            for columns in map(below, sublinks.found)
            if columns.qualifiers - columns.aliases and columns.tables & set(REFERENCE_TABLES)
        ]
    return refused


def test_the_check_itself_tells_correlated_subqueries():
    of_product = "EXISTS (SELECT 1 FROM catalogue_product p WHERE p.id = e.product_id)"
    alone = "product_id IN (SELECT p.id FROM catalogue_product p WHERE p.is_active)"
    distributed, other = (f"SELECT * FROM {table} e WHERE " for table in (DISTRIBUTED, "catalogue_product"))  # noqa: S608
    assert correlated_over_reference_tables(distributed + of_product)
    assert not correlated_over_reference_tables(distributed + alone)
    assert not correlated_over_reference_tables(other + of_product)


def searched(tmp_path):
    encoder = make_encoder()
    vectors, products = make_embedded_catalogue(encoder, products=60)
    yield
    filters = [Product.objects.visible(), Product.objects.visible().filter(brand="brand-1", price__lte=50)]
    for found in filters:
        for exact_rows in (0, None):
            searches = [
                NearestGarments(
                    vector, encoder=encoder, products=found, garment_type=garment_type, exact_rows=exact_rows
                )
                for vector, garment_type in zip(vectors[:3], ("dress", "skirt", None), strict=True)
            ]
            nearest_pages(searches, limit=24)
    related_products(products[0], limit=12)
    complementary_products(products[0])


def imported(tmp_path):
    files = write_files(tmp_path / "shop", {"Dress/1/a.jpg": 1, "Dress/1/b.jpg": 2})
    table = [["product_id", "category", "name", "price", "images"], ["1", "Dress", "Gaun", "199000", "Dress/1/a.jpg"]]
    yield
    run(write_csv(files / "data.csv", table))
    table[1][2:] = ["Gaun baru", "99000", "Dress/1/b.jpg"]
    run(write_csv(files / "data.csv", table), "--refresh-images")


def embedded(tmp_path):
    make_image(make_product(category=make_category()))
    yield
    encoder = pipeline.register_encoder(choose("encoder").name)
    list(pipeline.embed_photos(encoder))
    Encoder.objects.filter(pk=encoder.pk).update(fingerprint="0" * 16)
    pipeline.register_encoder(encoder.pk)


def edited(tmp_path):
    product = make_product(category=make_category())
    image = make_image(product)
    yield
    product.category = make_category(name="Skirts", garment_types=["skirt"])
    services.save_product(product=product)
    product.category.garment_types = ["dress"]
    services.save_category(category=product.category)
    services.move_image(image=image, position=3)
    services.delete_products(products=Product.objects.filter(pk=product.pk))


def statements_of(work, tmp_path):
    """The SQL of this work, its parameters as $1; Django's own log of it is emptied by the importer."""
    captured = []

    def note(execute, sql, parameters, many, context):
        captured.append(re.sub(r"%(\(\w+\))?s", "$1", str(sql)).replace("%%", "%"))
        return execute(sql, parameters, many, context)

    steps = work(tmp_path)
    next(steps)
    with connection.execute_wrapper(note):
        assert next(steps, None) is None
    return captured


@pytest.mark.parametrize("work", [searched, imported, embedded, edited])
def test_no_statement_has_a_correlated_subquery_over_a_reference_table(work, tmp_path, media):
    captured = [sql for sql in statements_of(work, tmp_path) if DISTRIBUTED in sql]
    assert captured or work is imported
    refused = {sql: found for sql in captured if (found := correlated_over_reference_tables(sql))}
    assert not refused


@pytest.mark.parametrize("work", [imported, embedded, edited])
def test_what_writes_both_kinds_of_tables_does_so_one_shard_after_the_other(work, tmp_path, media, monkeypatch):
    monkeypatch.setattr(ordered_writes, "has_citus", lambda: True)
    sequential = False
    for sql in statements_of(work, tmp_path):
        sequential = sequential or sql == ordered_writes.SEQUENTIALLY
        parsed = parse_sql(sql)[0].stmt
        if isinstance(parsed, ast.DeleteStmt) and parsed.relation.relname == DISTRIBUTED:
            assert sequential, sql
    assert sequential


# -- the command --------------------------------------------------------------------------------------------------


def test_the_command_says_what_is_missing():
    with pytest.raises(CommandError, match="no extension 'citus'.*shared_preload_libraries"):
        call_command("distribute_catalogue")
    with pytest.raises(CommandError, match="--shards is 0; it must be 1 or more"):
        call_command("distribute_catalogue", shards=0)


def test_what_is_done_is_not_done_again():
    assert list(statements(frozenset(TABLES), shards=8)) == []
    (left,) = statements(frozenset(REFERENCE_TABLES), shards=24)
    assert left == "SELECT create_distributed_table('search_garmentembedding', 'image_id', shard_count := 24)"
