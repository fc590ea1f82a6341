"""The queries that read facts: one a kind, in `sql/`, of its name, spaces being underscores."""

import re
from functools import cache

from diffapply.catalog.naming import says_it, with_names
from diffapply.ddl import KINDS, Kind
from diffapply.model.own_name import Naming
from diffapply.queries import query

_NEEDS = re.compile(r"-- needs (.*)\n")


@cache
def _parts(kind: Kind) -> tuple[tuple[frozenset[str], str], ...]:
    """The parts of a kind's union, each with what it needs."""
    text = query("catalog/sql", kind.name.replace(" ", "_"))
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


def facts_query(kind: Kind, present: frozenset[str], naming: Naming) -> str:
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
    once = "\noffset 0" if kind.reads.says_own_name else ""
    return (
        f"select k.schema, '{kind.name}'::text as kind, k.name, k.owner, k.definition, k.position, "
        f"{says_it(kind.reads, naming)} as says\nfrom (\n{query}{once}\n) k"
    )


@cache
def needed() -> frozenset[str]:
    """All that the parts of some kind need."""
    return frozenset(word for kind in KINDS.values() for words, _ in _parts(kind) for word in words)
