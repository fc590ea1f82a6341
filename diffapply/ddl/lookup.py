"""Finds facts by names from parse trees, which are not quoted."""

import re
from itertools import product
from typing import Any

from pglast.keywords import COL_NAME_KEYWORDS, RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS

from diffapply.model.catalog import Catalog, Fact

Parsed = Any
"""A node of pglast's. Its types let every field be None, which the parser does not."""

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_KEYWORDS = COL_NAME_KEYWORDS | RESERVED_KEYWORDS | TYPE_FUNC_NAME_KEYWORDS


def quoted(name: str) -> str:
    """An identifier as quote_ident of the newest PostgreSQL writes it."""
    if _PLAIN.fullmatch(name) and name not in _KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def relation(statement: Parsed) -> str:
    """The name of a statement's relation."""
    named = statement.relation
    return ".".join(quoted(name) for name in (named.schemaname, named.relname) if name)


def spellings(name: str) -> tuple[str, ...]:
    """The spellings of a quoted name: older servers quote fewer words."""
    bare = name[1:-1]
    return (name, bare) if name[:1] == '"' and _PLAIN.fullmatch(bare) else (name,)


def fact_named(catalog: Catalog, kind: str, *parts: str) -> Fact | None:
    """The fact with this name; its parts are quoted by `quoted`."""
    spelled = map(".".join, product(*map(spellings, parts)))
    found = (catalog.facts.get((kind, name)) for name in spelled)
    return next((fact for fact in found if fact), None)
