"""One direction of dependence, proved in clean processes."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN = {"garments", "access", "catalogue", "search", "training", "demo", "config", "tests", "benchmarks"}


def modules_after(code):
    """Names of the modules that are loaded once `code` has run in a process of its own."""
    report = f"{code}\nimport sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def modules_of(package):
    """Dotted names of the modules of a package, the package itself included."""
    for path in sorted((ROOT / package).rglob("*.py")):
        yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported_packages(path):
    """Dotted names of what a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} is a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("package", ["garments", "search/vision"])
def test_vision_knows_neither_django_nor_torch(package):
    loaded = modules_after("\n".join(f"import {name}" for name in modules_of(package)))
    assert not loaded & {"django", "torch", "torchvision", "mmdet", "mmcv", "catalogue", "search.models"}


def test_serving_imports_no_training_code():
    loaded = modules_after(
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n"
        "import django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns"
    )
    assert "search.services" in loaded
    assert not loaded & {"torch", "torchvision", "mmdet", "mmcv", "mmengine", "training", "demo.publish"}
    assert "openvino" not in loaded, "models load on first use, not at start"


@pytest.mark.parametrize(
    ("package", "may_import"),
    [
        ("garments", set()),
        ("access", set()),
        ("catalogue", {"access", "garments"}),
        ("search/vision", {"garments", "search.vision"}),
        ("search", {"access", "garments", "catalogue"}),
        ("training", {"garments", "search.vision", "demo"}),  # it learns from drawn garments too
        ("demo", {"garments", "catalogue", "search"}),
        ("config", {"access", "garments", "catalogue", "search"}),
    ],
)
def test_imports_point_one_way(package, may_import):
    allowed = may_import | ({package} if "/" not in package else set())
    for path in (ROOT / package).rglob("*.py"):
        for name in imported_packages(path):
            if name.partition(".")[0] in OWN:
                assert any(f"{name}.".startswith(f"{each}.") for each in allowed), f"{path} imports {name}"


@pytest.mark.parametrize("path", sorted(ROOT.glob("*/migrations/*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_migrations_import_no_code_that_may_change(path):
    assert not {name for name in imported_packages(path) if name.partition(".")[0] in OWN}
