"""The kinds of fact, in the order in which their objects are created.

Adding a kind is one line here, one file in `sql/` of the same name (spaces become underscores)
that says how the fact is read, and one entry in `diffapply.ddl` that says how it is
created, altered and dropped.
"""

import re
from functools import cache

from diffapply.catalog.naming import TEXTS, says_it, with_names
from diffapply.model.own_name import Naming
from diffapply.queries import query

KINDS: tuple[str, ...] = (
    "collation",
    "enum",
    "composite type",
    "domain",
    "domain default",
    "domain not null",
    "domain constraint",
    "range type",
    "sequence",
    "routine",
    "base type",
    "aggregate",
    "operator",
    "operator family",
    "operator class",
    "operator family member",
    "cast",
    "transform",
    "conversion",
    "text search parser",
    "text search template",
    "text search dictionary",
    "text search configuration",
    "text search mapping",
    "table",
    "column",
    "default",
    "not null",
    "identity",
    "of type",
    "sequence owner",
    "column storage",
    "column compression",
    "column statistics",
    "column options",
    "foreign column options",
    "storage parameters",
    "partition",
    "constraint",
    "validated check",
    "inherits",
    "view",
    "materialized view",
    "unpopulated",
    "index",
    "index attachment",
    "index validity",
    "index statistics",
    "tablespace",
    "cluster",
    "replica identity",
    "extended statistics",
    "extended statistics target",
    "rule",
    "rule state",
    "trigger",
    "trigger state",
    "row security",
    "forced row security",
    "policy",
    "extension dependency",
    "comment",
    "other",
)

PRIVILEGES: tuple[str, ...] = ("owner", "privilege", "column privilege", "default privilege")
"""The kinds that are read only where owners and grants count."""

RANK = {kind: rank for rank, kind in enumerate(KINDS + PRIVILEGES)}
"""Kind → its place in the order of creation."""

_NEEDS = re.compile(r"-- needs (.*)\n")


@cache
def _parts(kind: str) -> tuple[tuple[frozenset[str], str], ...]:
    """The parts of a kind's union, each with what it needs."""
    text = query("catalog/sql", kind.replace(" ", "_"))
    parts = []
    for part in re.split(r"^union all\n", text, flags=re.MULTILINE):
        needs = _NEEDS.match(part)
        parts.append((frozenset(needs[1].split() if needs else ()), part))
    return tuple(parts)


def members_query(naming: Naming) -> str:
    """The common table expressions that every kind's query starts from."""
    return with_names(query("catalog/sql", "_members"), naming)


def strangers_query() -> str:
    """The query of who else owns members: rows as a kind's, preceded by the kind ``stranger``."""
    text = query("catalog/sql", "_strangers")
    return text.replace("{stranger}", stranger_condition())


def stranger_condition() -> str:
    """The condition that a row `r` of pg_roles is a stranger."""
    return query("catalog/sql", "_stranger")


def facts_query(kind: str, present: frozenset[str], naming: Naming) -> str:
    """The query of a kind: rows of (schema oid, kind, name, owner, definition, position, says).

    The last one tells where the definition is to be searched for the schema's own name.

    Of the parts of a union, one that begins with a line such as ``-- needs pg_proc pg_type`` is
    left out when none of these is present: to execute a part takes time even if it has no rows,
    and most tenants have no operators, conversions or text search parsers.

    Args:
        present: what the schemas have: names of the catalogs of their members, and for relations
            such words as ``v`` too, their relkind.
        naming: what becomes of the schema's own name.

    Returns:
        The query; empty if it would have no rows.
    """
    parts = [part for needed, part in _parts(kind) if not needed or needed & present]
    if not parts:
        return ""
    query = with_names("union all\n".join(parts), naming)
    # OFFSET 0 lets the definition be written once, although it is looked at twice.
    once = "\noffset 0" if kind in TEXTS else ""
    return (
        f"select k.schema, '{kind}'::text as kind, k.name, k.owner, k.definition, k.position, "
        f"{says_it(kind, naming)} as says\nfrom (\n{query}{once}\n) k"
    )


@cache
def needed() -> frozenset[str]:
    """All that the parts of some kind need."""
    return frozenset(
        word for kind in KINDS + PRIVILEGES for words, _ in _parts(kind) for word in words
    )
