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
    """The name that PostgreSQL makes of these, quoted; empty if it had to cut it.

    It cuts long names in a way of its own; see `makeObjectName` in indexcmds.c.

    Args:
        parts: words, and quoted names.
    """
    name = "_".join(map(bare, parts))
    return quoted(name) if len(name.encode()) <= LONGEST_NAME else ""


def relation(statement: Parsed) -> str:
    """The name of a statement's relation."""
    named = statement.relation
    return ".".join(quoted(name) for name in (named.schemaname, named.relname) if name)


def fact_named(catalog: Catalog, kind: str, *parts: str) -> Fact | None:
    """The fact with this name; its parts are quoted by `quoted`."""
    spelled = map(".".join, product(*map(spellings, parts)))
    found = (catalog.facts.get((kind, name)) for name in spelled)
    return next((fact for fact in found if fact), None)
