"""The Indonesian of the site: nothing left out, and the file that is read is the one that was written."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(settings.LOCALE_PATHS[0]) / "id" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def entries():
    text = (FOLDER / "django.po").read_text()
    for block in text.split("\n\n")[1:]:
        yield {
            name: "".join(re.findall(r'"(.*)"', lines))
            for name, lines in re.findall(r'^(msgid|msgid_plural|msgstr(?:\[0\])?) ((?:".*"\n?)+)', block, re.M)
        }


@pytest.mark.parametrize("entry", list(entries()), ids=lambda entry: entry["msgid"][:30])
def test_each_sentence_is_translated_with_its_placeholders(entry):
    translated = entry.get("msgstr") or entry.get("msgstr[0]")
    assert translated
    assert set(PLACEHOLDER.findall(translated)) == set(PLACEHOLDER.findall(entry["msgid"]))


def test_the_compiled_file_is_that_of_the_text():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in entries():
        translated = (entry.get("msgstr") or entry["msgstr[0]"]).replace('\\"', '"').replace("\\n", "\n")
        source = entry["msgid"].replace('\\"', '"').replace("\\n", "\n")
        if "msgid_plural" in entry:
            assert compiled.ngettext(source, "", 2) == translated
        else:
            assert compiled.gettext(source) == translated
