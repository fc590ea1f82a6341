"""Docstrings in Google's style, as Markdown."""

import re
from dataclasses import dataclass
from inspect import cleandoc

_SECTION = re.compile(r"^(Args|Attributes|Raises|Returns|Yields):$", re.MULTILINE)
_ITEM = re.compile(r"^ {4}(\w+): (.+(?:\n(?: {8}.+)?)*)", re.MULTILINE)
_TITLES = {"Args": "Arguments"}


@dataclass(frozen=True)
class Docstring:
    """A docstring, taken apart.

    Attributes:
        text: what stands before the sections.
        sections: title → text, or name → text.
    """

    text: str
    sections: dict[str, str | dict[str, str]]

    @property
    def markdown(self) -> str:
        """All of it."""
        parts = [_code(self.text)]
        for title, told in self.sections.items():
            head = f"**{_TITLES.get(title, title)}**"
            if isinstance(told, str):
                parts.append(f"{head}: {_code(told)}")
            else:
                items = [f"- `{name}`: {_code(text)}" for name, text in told.items()]
                parts.append("\n".join([head, "", *items]))
        return "\n\n".join(parts)


def parsed(docstring: str | None) -> Docstring:
    """Take a docstring apart."""
    text, *rest = _SECTION.split(cleandoc(docstring or ""))
    sections: dict[str, str | dict[str, str]] = {}
    for title, told in zip(rest[::2], rest[1::2], strict=True):
        items = {name: " ".join(its.split()) for name, its in _ITEM.findall(told)}
        sections[title] = items or " ".join(told.split())
    return Docstring(text.strip(), sections)


def _code(text: str) -> str:
    """Its ``literals`` as Markdown has them."""
    return re.sub(r"``(.+?)``", r"`\1`", text)
