"""The queries that read facts: a file in `sql/` for each kind, with underscores for spaces."""

import re
from functools import cache

from diffapply.catalog.ignored_queries import ignored_members, leaf_condition, with_ignored
from diffapply.catalog.naming import says_it, with_names
from diffapply.ddl.kinds import KINDS, Kind
from diffapply.model.ignoring import NOTHING, Ignoring
from diffapply.model.own_name import Naming
from diffapply.queries import query

_NEEDS = re.compile(r"-- needs (.*)\n")


@cache
def _parts(kind: Kind) -> tuple[tuple[frozenset[str], str], ...]:
    """The parts of a kind's UNION, each with the catalogs that it needs."""
    text = query("catalog/sql", kind.name.replace(" ", "_"))
    parts = []
    for part in re.split(r"^union all\n", text, flags=re.MULTILINE):
        needs = _NEEDS.match(part)
        parts.append((frozenset(needs[1].split() if needs else ()), part))
    return tuple(parts)


def members_query(naming: Naming, ignoring: Ignoring = NOTHING) -> str:
    """The common table expressions that all queries use; they need WITH RECURSIVE.

    Args:
        ignoring: what is left out.
    """
    every, own = (query("catalog/sql", its) for its in ("_every_member", "_members"))
    text = every + ignored_members(ignoring) + with_ignored(own, ignoring)
    return with_names(text, naming)


def strangers_query() -> str:
    """The query for strangers that own members: rows like a kind's, with the kind ``stranger``."""
    text = query("catalog/sql", "_strangers")
    return text.replace("{stranger}", stranger_condition())


def stranger_condition() -> str:
    """The SQL condition that a row `r` of pg_roles is a stranger."""
    return query("catalog/sql", "_stranger")


def facts_query(
    kind: Kind, present: frozenset[str], naming: Naming, ignoring: Ignoring = NOTHING
) -> str:
    """The query of a kind: rows of (schema oid, kind, name, owner, definition, position, says).

    `says` tells where in the definition the schema's own name is replaced.

    A part of a UNION that begins with a line such as ``-- needs pg_proc pg_type`` is left out if
    the schemas have none of these. Even a part without rows takes time, and most tenants have no
    operators, conversions or text search parsers.

    Args:
        present: what the schemas have: the catalogs of their members, and for relations also
            their relkind, such as ``v``.
        naming: how the schema's own name is treated.

    Returns:
        The query; empty if it would have no rows.
    """
    parts = [part for needed, part in _parts(kind) if not needed or needed & present]
    if not parts:
        return ""
    query = with_names(with_ignored("union all\n".join(parts), ignoring), naming)
    # With OFFSET 0, the definition is computed once, although it is used twice.
    once = "\noffset 0" if kind.text.says_own_name else ""
    return (
        f"select k.schema, '{kind.name}'::text as kind, k.name, k.owner, k.definition, k.position, "
        f"{says_it(kind.text, naming)} as says\nfrom (\n{query}{once}\n) k"
        f"{leaf_condition(ignoring, kind.name)}"
    )


@cache
def needed() -> frozenset[str]:
    """Everything that a part of any kind needs."""
    return frozenset(word for kind in KINDS.values() for words, _ in _parts(kind) for word in words)
