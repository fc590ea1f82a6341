"""The words that definitions are made of, as PostgreSQL writes them."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

IDENTIFIER = r'(?:"(?:[^"]|"")*"|[a-z_][a-z0-9_]*)'
"""A name as quote_ident writes it."""

NAME = rf"{IDENTIFIER}(?:\.{IDENTIFIER})*"
"""A name that may be qualified."""

LITERAL = r"(?:E?'(?:[^']|'')*')"
"""A constant as quote_literal writes it."""

INSIDE = r'(?:"[^"]*"|[^"()])*'
"""The inside of parentheses that hold only names. A quote within a name is two names side by side.

No pattern is possessive: Python before 3.11.5 takes one character too many (CPython's issue
106052).
"""

MOMENTS = "now|today|tomorrow|yesterday"
"""What the text of a date may say that is another at another moment: see "Special Values" in
PostgreSQL's manual."""


class Regex:
    """A regular expression, compiled when it is first used: a command needs only a few of them.

    Args:
        text: as for `re.compile`, and so are the flags.
    """

    def __init__(self, text: str, flags: re.RegexFlag = re.NOFLAG) -> None:
        self._text = text
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._text, self._flags)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """As that of `re.Pattern`, as are the others."""
        return self._compiled.fullmatch(text)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Where the text begins, or at `start`."""
        return self._compiled.match(text, start)

    def search(self, text: str) -> re.Match[str] | None:
        """Anywhere in the text."""
        return self._compiled.search(text)

    def finditer(self, text: str, start: int = 0) -> Iterator[re.Match[str]]:
        """All of them, from `start` on."""
        return self._compiled.finditer(text, start)

    def sub(self, new: str, text: str) -> str:
        """The text with something else in their place."""
        return self._compiled.sub(new, text)


_MARKS = Regex(r""" "(?:[^"]|"")*" | '(?:[^']|'')*' | [()\[\],] """, re.VERBOSE)


def until(*markers: str) -> str:
    """The pattern of text up to the first of some markers that stands in no quoted name.

    Args:
        markers: patterns.
    """
    return rf'(?:"[^"]*"|(?!{"|".join(markers)})[^"])*'


def before(text: str, marker: str) -> str:
    """The text up to the first marker that stands in no quoted name; all if there is none."""
    found = re.match(until(re.escape(marker)), text, re.DOTALL)
    return found[0] if found else text


def closing(text: str, opening: int) -> int:
    """The place where that parenthesis closes; the end of the text if it does not.

    Names and constants are passed over.
    """
    depth = 0
    for mark in _MARKS.finditer(text, opening):
        depth += (mark[0] == "(") - (mark[0] == ")")
        if depth == 0:
            return mark.start()
    return len(text)


def parenthesised(text: str, head: str) -> tuple[str | None, str]:
    """The inside of the parentheses after `head`, and the rest; None if there are none."""
    end = closing(text, len(head)) if text.startswith(f"{head}(") else len(text)
    if end == len(text):
        return None, text
    return text[len(head) + 1 : end], text[end + 1 :]


def listed(text: str) -> tuple[str, ...]:
    """The items between commas that stand in no parentheses, names or constants."""
    items, start, depth = [], 0, 0
    for mark in _MARKS.finditer(text):
        depth += (mark[0] in "([") - (mark[0] in ")]")
        if mark[0] == "," and depth == 0:
            items.append(text[start : mark.start()])
            start = mark.end() + 1
    return (*items, text[start:]) if text else ()


def leading_name(item: str) -> str:
    """The column that an item of a key names; empty if it is an expression."""
    found = re.match(rf"({IDENTIFIER})(?: |$)", item)
    return found[1] if found else ""


def names_any(text: str, names: Iterable[str]) -> bool:
    """Whether a text says one of these names, as they are quoted."""
    words = "|".join(map(re.escape, names))
    return bool(words and re.search(rf'(?<![\w"])(?:{words})(?![\w"])', text))


def words(text: str) -> frozenset[str]:
    """All that could be a name in a text."""
    return frozenset(re.findall(IDENTIFIER, text))


def unquoted(constant: str) -> str:
    """The text of a string constant."""
    text = constant[constant.index("'") + 1 : -1].replace("''", "'")
    return text.replace("\\\\", "\\") if constant.startswith("E") else text


def qualified(name: str) -> tuple[str, str] | None:
    """The schema and the name of a qualified name, each quoted as before."""
    found = re.fullmatch(rf"({IDENTIFIER})\.({IDENTIFIER})", name)
    return (found[1], found[2]) if found else None


def bare(name: str) -> str:
    """A name without the quotes that SQL needs."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def meant(word: str) -> str:
    """The name that a word of SQL means: one without quotes, in small letters."""
    return bare(word) if word.startswith('"') else word.lower()
