"""Compares the statements of a plan with those expected, and looks at their style."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from pglast import ast, parser

Score = Literal["exact", "order", "more", "fewer", "text", "blocked"]
SCORES: dict[Score, str] = {
    "exact": "exact",
    "order": "the same in another order",
    "more": "more statements",
    "fewer": "fewer statements",
    "text": "as many, other text",
    "blocked": "blocked",
}
_OPEN, _SHUT = ("(", "["), (")", "]")
_CONSTANTS = ("true", "false")
_TYPES = re.compile(
    r"""\b(?:
      (?:timestamp|time)(?:\(\d\))?\ with(?:out)?\ time\ zone
    | interval(?:\ (?:year|month|day|hour|minute|second)(?:\ to\ (?:month|hour|minute|second))?)?
    | double\ precision | (?:character|bit)(?:\ varying)? | national\ character
    | integer | bigint | smallint | real | numeric | boolean | time | timestamp
    )\b""",
    re.VERBOSE,
)
"""As format_type writes them: in small letters, though the scanner has words for them."""


def words(statement: str) -> tuple[str, ...]:
    """A statement without what whitespace is between its words, and without its semicolon."""
    return tuple(word for _, word in _words(statement))


def folded(statement: str) -> str:
    """A statement on one line; what is within quotes stays, line ends included."""
    line, end, last = "", 0, "("
    for start, word in _words(statement):
        apart = start > end and last not in _OPEN and word not in _SHUT
        line += f" {word}" if apart or last == "," else word
        end, last = start + len(word), word
    return line


def _words(statement: str) -> Iterator[tuple[int, str]]:
    """Each word, and where it begins."""
    for token in parser.scan(statement):
        word = statement[token.start : token.end + 1]
        if word != ";":
            yield token.start, word


def score(ours: Sequence[str], expected: Sequence[str]) -> Score:
    """How the statements of a plan differ from those expected, if they do."""
    mine, theirs = list(map(words, ours)), list(map(words, expected))
    if mine == theirs:
        return "exact"
    if Counter(mine) == Counter(theirs):
        return "order"
    if len(mine) != len(theirs):
        return "more" if len(mine) > len(theirs) else "fewer"
    return "text"


def small_keywords(statement: str) -> tuple[str, ...]:
    """The keywords of a statement that are not in capitals; types are to be written small.

    A word that PostgreSQL also allows as a name is a keyword unless the statement has that name.
    """
    masked = _TYPES.sub(lambda its: "x" * len(its[0]), statement)
    names = set(_names(parser.parse_sql(statement)))
    return tuple(
        word
        for token in parser.scan(masked)
        if token.kind != "NO_KEYWORD"
        and (word := masked[token.start : token.end + 1]).islower()
        and word not in _CONSTANTS
        and (token.kind == "RESERVED_KEYWORD" or word not in names)
    )


def _names(node: object) -> Iterator[str]:
    """Every name and every word of the user's in a parsed statement."""
    if isinstance(node, tuple):
        for each in node:
            yield from _names(each)
    elif isinstance(node, ast.Node):
        for field in node:
            if field == "defname":  # of an option: a keyword, or a name that is none
                continue
            value = getattr(node, field)
            if isinstance(value, str):
                yield value
            else:
                yield from _names(value)
