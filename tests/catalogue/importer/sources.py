"""Sources for the importer's tests: a CSV of these rows, a folder of these files, and the import of both."""

import csv
import json
from io import StringIO

from django.core.management import call_command

from catalogue.models import Category, Product, ProductImage
from tests.factories import picture_bytes


def picture(number):
    """A small JPEG of its own for each number."""
    colour = (number * 53 % 256, number * 97 % 256, number * 29 % 256)
    return picture_bytes(colour=colour, size=(48 + number // 256, 64), format="JPEG")


def write_csv(path, rows, **dialect):
    """Writes these rows, a header first, and returns the path."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, **dialect).writerows(rows)
    return path


def write_files(folder, files):
    """Writes {relative path: bytes, or a number for a picture} below the folder, and returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(content) if isinstance(content, int) else content)
    return folder


def run(path, *options, report=None, **keywords):
    """Runs the import and returns what it printed, or with `report`, a path, the report as a dict."""
    printed = StringIO()
    arguments = [*options, *(["--report", str(report)] if report else [])]
    call_command("import_zalora", str(path), *arguments, stdout=printed, **keywords)
    return json.loads(report.read_text()) if report else printed.getvalue()


def catalogue():
    """All that the catalogue holds, as plain values: what two imports are compared by."""
    return {
        "categories": sorted(Category.objects.values_list("slug", "name")),
        "products": sorted(
            Product.objects.values_list("sku", "name", "category__slug", "brand", "price", "currency", "is_active")
        ),
        "images": sorted(ProductImage.objects.values_list("product__sku", "position", "sha256", "file", "source")),
    }


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
