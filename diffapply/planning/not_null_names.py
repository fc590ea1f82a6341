"""The names of NOT NULLs where models are desired, which cannot name them.

From PostgreSQL 18 on, a NOT NULL is a constraint with a name, which keeps what its table and column
were called at first. Any table that was renamed by hand or by Alembic has such names. Models cannot
ask for one, nor for another one, so those of this form stay as they are. A name of another form was
given by somebody, and is told.
"""

import re
from dataclasses import replace

from psycopg2.extensions import connection as Connection

from diffapply.ddl.inheritance import parents_of
from diffapply.desired import Desired
from diffapply.model.catalog import Catalog, Fact
from diffapply.values import NotNull, not_null_name
from diffapply.values.grammar import bare

_NAMED_SINCE = 180_000
_GIVEN_BY_POSTGRESQL = re.compile(r".+_.+_not_null\d*", re.DOTALL)


def cannot_name(desired: Desired, connection: Connection) -> bool:
    """Whether NOT NULLs have names there that the desired state, with models in it, cannot say."""
    return desired.has_models and connection.server_version >= _NAMED_SINCE


def named_as_now(goal: Catalog, live: Catalog) -> Catalog:
    """The goal, in which NOT NULLs have the names that they have, or will get from their parents'.

    Args:
        live: of a server that has such names.
    """
    named = {
        fact.key: its
        for fact in goal.by_kind.get("not null", ())
        if (its := _named(fact, _name(fact, goal, live))) != fact
    }
    if not named:
        return goal
    return Catalog.of((named.get(key, its) for key, its in goal.facts.items()), goal.strangers)


def _name(fact: Fact, goal: Catalog, live: Catalog) -> str:
    """The name that a NOT NULL of the goal should have."""
    wanted, had = not_null_name(fact), live.facts.get(fact.key)
    if not _is_given_by_postgresql(fact):
        return wanted
    if (
        parents_of(fact.object, live)
        and (had is None or NotNull.of(had).name)
        and (followed := _from_parent(fact, goal, live))
    ):
        return followed
    if had and _is_given_by_postgresql(had) and not_null_name(had) not in _names(fact.object, goal):
        return not_null_name(had)
    return wanted


def _from_parent(fact: Fact, goal: Catalog, live: Catalog) -> str:
    """The name that it gets with its parent's, if that comes or is renamed; else empty."""
    for parent in parents_of(fact.object, goal):
        above = goal.facts.get(("not null", f"{parent}.{fact.part}"))
        if above:
            name, was = _name(above, goal, live), live.facts.get(above.key)
            if was is None or not_null_name(was) != name:
                return name
    return ""


def _named(fact: Fact, name: str) -> Fact:
    """The fact with this name, which is not said if PostgreSQL gives it."""
    plain = replace(fact, definition=str(replace(NotNull.of(fact), name=None)))
    if not_null_name(plain) == name:
        return plain
    return replace(fact, definition=str(replace(NotNull.of(fact), name=name)))


def _is_given_by_postgresql(fact: Fact) -> bool:
    return _GIVEN_BY_POSTGRESQL.fullmatch(bare(not_null_name(fact))) is not None


def _names(table: str, catalog: Catalog) -> set[str]:
    """The names of a table's constraints."""
    named = (its.part for its in catalog.parts("constraint", table))
    return {*named, *map(not_null_name, catalog.parts("not null", table))}
