"""The pages that are made from the code: ``python -m docsite.reference docs/reference``."""

import sys
from pathlib import Path

from diffapply.render.documents.schema import DOCUMENTS
from docsite import commands, library, settings

_DOCUMENTS = """# Documents

This page is made from the code (`make reference`).

Each JSON document, and the plan file, has a JSON Schema. Fields are added, and never changed:
`version` says of which version a document is. A JSON document stands on standard output alone;
progress and notices go to standard error.

| schema | what it describes |
|---|---|
"""


def pages() -> dict[str, str]:
    """Name of the file → its text."""
    return {
        "commands.md": commands.page(),
        "settings.md": settings.page(),
        "python.md": library.page(),
        "documents.md": _DOCUMENTS + "\n".join(map(_document, DOCUMENTS)) + "\n",
    }


def _document(name: str) -> str:
    told = (DOCUMENTS[name].__doc__ or "").strip().partition("\n")[0]
    return f"| [{name}](../schema/{name}.json) | {told} |"


if __name__ == "__main__":
    for name, text in pages().items():
        (Path(sys.argv[1]) / name).write_text(text.rstrip() + "\n", "utf-8")
