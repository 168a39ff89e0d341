"""One direction of dependence, proved in clean processes."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def modules_after(code):
    """Names of the modules that are loaded once `code` has run in a process of its own."""
    report = f"{code}\nimport sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_vision_knows_neither_django_nor_torch():
    modules = " ".join(path.stem for path in (ROOT / "search" / "vision").glob("*.py") if path.stem != "__init__")
    imports = "\n".join(f"import search.vision.{name}" for name in modules.split())
    loaded = modules_after(imports)
    assert not loaded & {"django", "torch", "torchvision", "mmdet", "mmcv", "catalogue", "search.models"}


def test_serving_imports_no_training_code():
    loaded = modules_after(
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n"
        "import django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns"
    )
    assert "search.services" in loaded
    assert not loaded & {"torch", "torchvision", "mmdet", "mmcv", "mmengine", "search.training"}
    assert "openvino" not in loaded, "models load on first use, not at start"


@pytest.mark.parametrize("package, forbidden", [("catalogue", "search"), ("search/vision", "django")])
def test_no_import_against_the_direction(package, forbidden):
    for path in (ROOT / package).rglob("*.py"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            words = line.split()
            is_import = words[:1] in (["import"], ["from"]) and len(words) > 1
            assert not (is_import and words[1].split(".")[0] == forbidden), f"{path}:{number}: {line}"
