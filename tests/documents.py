"""The project's documents, as tests read them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/deploy.md", "docs/operate.md", "docs/architecture.md"]
FENCE = re.compile(r"^( *)```(\w+) ?([\w-]*)\n(.*?)^ *```$", re.M | re.S)


def blocks(document, language):
    """(name, text) of the fenced blocks of one language; the name is the second word after the fence, or empty."""
    text = (ROOT / document).read_text()
    for indent, found, name, body in FENCE.findall(text):
        if found == language:
            yield name, re.sub(f"^{indent}", "", body, flags=re.M)


def block(document, name):
    """The text of the one block called `name`."""
    (text,) = [body for found, body in blocks(document, "sh") if found == name]
    return text


def command_lines(document):
    """The lines of its shell blocks, continuation lines joined, here-documents, comments and empty lines left out."""
    for _, body in blocks(document, "sh"):
        body = re.sub(r"<<'(\w+)'\n.*?^\1$", "", body, flags=re.M | re.S)
        for line in body.replace("\\\n", " ").splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield line.strip()
