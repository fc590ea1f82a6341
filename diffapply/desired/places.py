"""Positions in SQL text, so that errors can name the line, and the length of what they say."""

import re
from itertools import pairwise
from textwrap import shorten

import psycopg2

_LONGEST = 300
"""Characters of a message."""

SAYS_RIGHTS = re.compile(r"\b(?:grant|revoke|owner|owned|role|authorization)\b", re.IGNORECASE)
"""What is in SQL that gives owners or rights."""

_BEFORE_A_STATEMENT = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)


def line_of(text: str, index: int) -> int:
    """The line number, from 1, of a character."""
    return text.count("\n", 0, index) + 1


def brief(said: str) -> str:
    """What is said of an error, without most of what it quotes."""
    return shorten(said, _LONGEST, placeholder=" …")


def beginning_of(text: str, index: int) -> int:
    """Where a statement begins, after comments."""
    found = _BEFORE_A_STATEMENT.match(text, index)
    return found.end() if found else index


def position(error: psycopg2.Error) -> int | None:
    """The position of an error in its statement, from 0; None if PostgreSQL gives none."""
    said = error.diag.statement_position
    return int(said) - 1 if said else None


def plainly(text: str) -> str:
    """The SQL without CONCURRENTLY, so that it runs in a transaction; line numbers stay.

    Nobody else uses scratch, so a plain index build has the same result.
    """
    if "concurrently" not in text.lower():
        return text
    from pglast import parser  # noqa: PLC0415 - takes long, and is seldom needed

    try:
        tokens = [token for token in parser.scan(text) if "COMMENT" not in token.name]
    except parser.ParseError:
        return text  # PostgreSQL will report the error
    for index, token in pairwise(tokens):
        if (index.name, token.name) == ("INDEX", "CONCURRENTLY"):
            length = token.end + 1 - token.start
            text = f"{text[: token.start]}{' ' * length}{text[token.end + 1 :]}"
    return text
