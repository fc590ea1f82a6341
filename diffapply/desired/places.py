"""Where in a text something stands, so that errors can say it; and what it says there."""

import re
from itertools import pairwise

import psycopg2
from pglast import parser

_BEFORE_A_STATEMENT = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)


def line_of(text: str, index: int) -> int:
    """The number of the line, from 1, on which a character stands."""
    return text.count("\n", 0, index) + 1


def beginning_of(text: str, index: int) -> int:
    """Where a statement begins that may have comments before it."""
    found = _BEFORE_A_STATEMENT.match(text, index)
    return found.end() if found else index


def position(error: psycopg2.Error) -> int | None:
    """Where in its statement PostgreSQL saw an error, from 0; None where it does not say."""
    said = error.diag.statement_position
    return int(said) - 1 if said else None


def plainly(text: str) -> str:
    """SQL that builds its indexes within a transaction: without CONCURRENTLY, lines as they were.

    Nobody else is there while a structure is built.
    """
    if "concurrently" not in text.lower():
        return text
    try:
        tokens = [token for token in parser.scan(text) if "COMMENT" not in token.name]
    except parser.ParseError:
        return text  # PostgreSQL will say what is wrong with it
    for index, token in pairwise(tokens):
        if (index.name, token.name) == ("INDEX", "CONCURRENTLY"):
            length = token.end + 1 - token.start
            text = f"{text[: token.start]}{' ' * length}{text[token.end + 1 :]}"
    return text
