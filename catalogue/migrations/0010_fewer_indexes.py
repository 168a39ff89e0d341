"""Two indexes less to write for each row of an import: nothing reads them."""

import django.db.models.deletion
from django.db import migrations, models

TABLE, COLUMN = "catalogue_product", "sku"


def _index(schema_editor):
    """Django's own for LIKE on a unique text."""
    return schema_editor.quote_name(schema_editor._create_index_name(TABLE, [COLUMN], suffix="_like"))


def drop_index_of_like(apps, schema_editor):
    schema_editor.execute(f"DROP INDEX IF EXISTS {_index(schema_editor)}")


def create_index_of_like(apps, schema_editor):
    schema_editor.execute(f"CREATE INDEX {_index(schema_editor)} ON {TABLE} ({COLUMN} varchar_pattern_ops)")


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0009_shades")]

    operations = [
        migrations.AlterField(
            model_name="product",
            name="category",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="products",
                to="catalogue.category",
                verbose_name="category",
            ),
        ),
        migrations.RunPython(drop_index_of_like, create_index_of_like),
    ]
