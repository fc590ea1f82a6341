"""Finds facts by names from parse trees, which are not quoted."""

from itertools import product
from typing import Any

from diffapply.model.catalog import Catalog, Fact
from diffapply.model.identifier import quoted, spellings
from diffapply.model.own_name import LONGEST_NAME
from diffapply.values.grammar import bare

Parsed = Any
"""A node of pglast's. Its types let every field be None, which the parser does not."""


def chosen_name(*parts: str) -> str:
    """The name that PostgreSQL makes of these, quoted; see `makeObjectName` in indexcmds.c.

    It cuts what comes first or in between, whichever is longer; empty where letters take more than
    one byte, in an encoding that is not known here.

    Args:
        parts: words, and quoted names; the last one is never cut.
    """
    first, *others = map(bare, parts)
    name = "_".join((first, *others))
    if len(name.encode()) <= LONGEST_NAME:
        return quoted(name)
    if not (name.isascii() and others):
        return ""
    between, end = "_".join(others[:-1]), f"_{others[-1]}"
    room = LONGEST_NAME - len(end) - bool(between)
    kept = min(len(first), max(room // 2 + room % 2, room - len(between)))
    cut = (first[:kept], between[: room - kept]) if between else (first[:room],)
    return quoted("_".join(cut) + end)


def relation(statement: Parsed) -> str:
    """The name of a statement's relation."""
    named = statement.relation
    return ".".join(quoted(name) for name in (named.schemaname, named.relname) if name)


def fact_named(catalog: Catalog, kind: str, *parts: str) -> Fact | None:
    """The fact with this name; its parts are quoted by `quoted`."""
    spelled = map(".".join, product(*map(spellings, parts)))
    found = (catalog.facts.get((kind, name)) for name in spelled)
    return next((fact for fact in found if fact), None)
