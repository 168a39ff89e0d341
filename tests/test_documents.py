"""README and docs: what they name exists, what they show is what the site answers."""

import importlib
import json
import re
import shlex
import sys

import pytest
from django.core.management import get_commands, load_command_class

from tests.documents import DOCUMENTS, ROOT, blocks, command_lines
from tests.factories import make_category, make_image, make_product
from tests.search.photos import cache_photo
from tests.search.vectors import clustered_vectors, embed, make_encoder

TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
INLINE_COMMAND = re.compile(r"`(?:\.venv/bin/python )?manage\.py ([a-z_]+[^`]*)`")
SOURCES = [ROOT / name for name in ("config/settings.py", "gunicorn.conf.py", "config/capacity.py", "Makefile")]
SETTINGS = set(re.findall(r'"([A-Z][A-Z0-9_]{3,})"', "".join(path.read_text() for path in SOURCES)))
SETTINGS |= {"INFERENCE_THREADS", "INFERENCE_PRECISION", "DEBUG", "TEST_DB_NAME", "DATABASE_PASSWORD", "SITE_ADDRESS"}


def management_commands():
    """(document, words after manage.py) of every management command in a document."""
    for document in DOCUMENTS:
        for line in command_lines(document):
            words = shlex.split(line, comments=True)
            if "manage.py" in words:
                yield document, words[words.index("manage.py") + 1 :]
        for inline in INLINE_COMMAND.findall((ROOT / document).read_text().replace("\n", " ")):
            yield document, shlex.split(inline)


@pytest.mark.parametrize(
    ("document", "words"), [pytest.param(*each, id=" ".join(each[1])) for each in management_commands()]
)
def test_management_command_and_its_options_exist(document, words):
    name, *arguments = words
    commands = get_commands()
    assert name in commands, f"{document} names manage.py {name}"
    command = load_command_class(commands[name], name)
    parser = command.create_parser("manage.py", name)
    options = {word.partition("=")[0] for word in arguments if word.startswith("-")}
    assert options <= set(parser._option_string_actions), f"{document}: manage.py {name} has no such option"


def training_commands():
    """(module, its options) of every `python -m training...` in the shell blocks."""
    for document in [*DOCUMENTS, "training/README.md", "training/detector/README.md"]:
        for line in command_lines(document):
            words = shlex.split(line, comments=True)
            if "-m" in words and words[words.index("-m") + 1].startswith("training."):
                module, *arguments = words[words.index("-m") + 1 :]
                yield module, frozenset(word for word in arguments if word.startswith("--"))


@pytest.mark.torch
@pytest.mark.parametrize(("module", "options"), sorted(set(training_commands()), key=str))
def test_training_command_and_its_options_exist(module, options, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [module, "--help"])
    with pytest.raises(SystemExit):
        importlib.import_module(module).main()
    assert options <= set(re.findall(r"--[a-z][a-z0-9-]*", capsys.readouterr().out))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_make_targets_exist(document):
    text = (ROOT / document).read_text()
    named = set(re.findall(r"`make ([a-z-]+)`", text))
    named |= {line.split()[1] for line in command_lines(document) if line.startswith("make ")}
    assert named <= TARGETS


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_and_pictures_exist(document):
    folder = (ROOT / document).parent
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / document).read_text()):
        if not target.startswith("http"):
            assert (folder / target).exists(), f"{document} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_in_code_quotes_exist(document):
    text = (ROOT / document).read_text()
    for path in re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", text):
        if path.split("/")[0] in {"config", "catalogue", "search", "training", "demo", "tests", "deploy", "docs"}:
            assert (ROOT / path).exists(), f"{document} names {path}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_settings_exist(document):
    text = "".join(line for line in (ROOT / document).read_text().splitlines(keepends=True))
    named = set(re.findall(r"(?:`|export )([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`\s]*)?", text))
    assert named <= SETTINGS | {"LANGUAGES"}


def shape(value):
    """The keys of nested objects; a list is the shape of its first object. "..." stands for more of the same."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return next((shape(item) for item in value if isinstance(item, dict)), "values")
    return "value"


@pytest.mark.django_db
def test_the_answer_in_the_readme_has_the_keys_of_a_real_one(client):
    _, documented = next(iter(blocks("README.md", "json")))
    products = [make_product(category=make_category(name=f"Dress {number}"), colours=["red"]) for number in range(2)]
    encoder = make_encoder()
    vectors = clustered_vectors(len(products), encoder.dimensions)
    embed([make_image(product) for product in products], vectors, encoder, ["dress"] * len(products))
    query = cache_photo(encoder, vectors, garment_types=["dress"])
    found = client.post("/api/v1/search/photo/", {"query": query})
    assert found.status_code == 200, found.content
    assert shape(found.json()) == shape(json.loads(documented))
