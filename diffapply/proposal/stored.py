"""Statements whose expressions PostgreSQL stores as they are stored now.

PostgreSQL does not always parse the text that it writes for an expression as that expression again.
Casts prevent that; this module adds them. It works on the tokens of PostgreSQL's own scanner: the
text of constants and function bodies never changes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pglast import ast, parser

_NESTED = re.compile(r"\)\s+(?:AND|OR)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A token with its place; see `scan`."""

    text: str
    name: str
    start: int
    end: int


def as_stored(statement: str) -> str:
    """The statement changed so that PostgreSQL parses the expression that it has stored."""
    return keep_nesting(keep_in_lists(statement))


def keep_in_lists(statement: str) -> str:
    """The statement with a cast of an array to the type that its elements have anyway.

    ``(ARRAY['a'::varchar])::text[]`` becomes ``(ARRAY['a'::varchar]::varchar[])::text[]``; where
    PostgreSQL leaves the parentheses out, as in extended statistics, they are no longer needed.
    PostgreSQL stores ``varchar IN (…)`` as a cast of the whole array. If it parses that text again,
    it casts each element, and stores another definition. The added cast prevents that, and is not
    stored itself.
    """
    if "ARRAY[" not in statement:
        return statement
    tokens = list(scan(statement))
    texts = [token.text for token in tokens]
    insert: list[tuple[int, str]] = []
    for index, text in enumerate(texts):
        if text.upper() != "ARRAY" or texts[index + 1 : index + 2] != ["["]:
            continue
        close = _closing(texts, index + 1)
        after = texts[close + 1 : close + 3]
        if after[:1] != ["::"] and not (texts[index - 1] == "(" and after == [")", "::"]):
            continue
        types = {_cast_to(element) for element in _elements(statement, tokens, index + 1, close)}
        if len(types) == 1 and (element_type := types.pop()):
            end, cast = tokens[close].end + 1, f"::{element_type}[]"
            if not statement.startswith(cast, end):  # it was added before
                insert.append((end, cast))
    return inserted(statement, insert)


def keep_nesting(statement: str) -> str:
    """The statement with ``((a AND b) AND c)`` written as ``((a AND b)::boolean AND c)``.

    If PostgreSQL parses such a text, it makes one list of all conditions, although it has stored
    ``x BETWEEN 1 AND 2 AND c`` and ``(x, y) = (1, 2) AND c`` as nested ANDs. The added cast keeps
    the nesting, and is not stored itself.
    """
    if not _NESTED.search(statement):
        return statement
    tokens = list(scan(statement))
    insert: list[tuple[int, str]] = []
    opened: list[tuple[int, set[str]]] = []
    for index, token in enumerate(tokens):
        word = token.text.upper()
        if word == "(":
            opened.append((index, set()))
        elif word == ")" and opened:
            opening, words = opened.pop()
            follower = tokens[index + 1].text.upper() if index + 1 < len(tokens) else ""
            first = opening > 0 and tokens[opening - 1].text == "("
            if first and follower in ("AND", "OR") and words == {follower}:
                insert.append((token.end + 1, "::boolean"))
        elif opened and token.name in ("AND", "OR", "BETWEEN"):
            opened[-1][1].add(word)
    return inserted(statement, insert)


def _cast_to(element: str) -> str:
    """The type at the end of an expression; empty if there is none or it does not end in a cast."""
    if not element:
        return ""
    expression: Any = parser.parse_sql(f"SELECT {element}")[0].stmt
    if not isinstance(expression.targetList[0].val, ast.TypeCast):
        return ""
    last = [token for token in scan(element) if token.text == "::"][-1:]
    return element[last[0].end + 1 :].strip() if last else ""


def _elements(statement: str, tokens: list[Token], opening: int, closing: int) -> list[str]:
    """The elements of a list, as written."""
    elements = []
    start, depth = tokens[opening].end + 1, 0
    for token in tokens[opening + 1 : closing]:
        depth += (token.text in "([") - (token.text in ")]")
        if token.text == "," and depth == 0:
            elements.append(statement[start : token.start].strip())
            start = token.end + 1
    return [*elements, statement[start : tokens[closing].start].strip()]


def _closing(texts: list[str], opening: int) -> int:
    depth = 0
    for index in range(opening, len(texts)):
        depth += (texts[index] == "[") - (texts[index] == "]")
        if depth == 0:
            return index
    return len(texts) - 1


def scan(statement: str) -> Iterator[Token]:
    """PostgreSQL's tokens with offsets in characters, both ends inclusive."""
    for token in parser.scan(statement):
        text = statement[token.start : token.end + 1]
        yield Token(text, token.name, token.start, token.end)


def inserted(statement: str, insert: list[tuple[int, str]]) -> str:
    """The statement with texts at these offsets."""
    for place, text in sorted(insert, reverse=True):
        statement = statement[:place] + text + statement[place:]
    return statement
