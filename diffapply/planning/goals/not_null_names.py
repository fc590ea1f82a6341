"""The names of NOT NULLs that nobody has chosen, most of all where models are desired.

From PostgreSQL 18 on, a NOT NULL is a constraint with a name, which keeps what its table and column
were called at first. Any table that was renamed by hand or by Alembic has such names. Models cannot
ask for one, nor for another one, so those of this form stay as they are. A name of another form was
given by somebody, and is told.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from psycopg2.extensions import connection as Connection

from diffapply.ddl.structure.ancestry import ancestors_of, parents_of
from diffapply.desired import Desired
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.values import Column, Constraint, Key, NotNull, not_null_name
from diffapply.values.grammar import bare

_NAMED_SINCE = 180_000
_GIVEN_BY_POSTGRESQL = re.compile(r".+_.+_not_null\d*", re.DOTALL)

_Names = Callable[[str], Mapping[FactKey, str]]
"""Table → the names of its NOT NULLs."""


def cannot_name(desired: Desired, connection: Connection) -> bool:
    """Whether NOT NULLs have names there that the desired state, with models in it, cannot say."""
    return desired.has_models and connection.server_version >= _NAMED_SINCE


def named_as_now(ends: Ends) -> Catalog:
    """The goal, in which NOT NULLs have the names that they have, or will get from their parents'.

    Args:
        ends: on a server that has such names.
    """

    @cache
    def names(table: str) -> Mapping[FactKey, str]:
        return _names(table, ends, names)

    named = {
        fact.key: spoken
        for fact in ends.goal.by_kind.get("not null", ())
        if (spoken := _named(fact, names(fact.object)[fact.key])) != fact
    }
    return _with(named, ends.goal)


def named_as_in_children(ends: Ends) -> Catalog:
    """The goal, in which NOT NULLs of partitions and children have the names that they have.

    PostgreSQL gives them one of their own, or that of the table above: it depends on whether they
    were made as its partition or child, or attached, as a restore does, and on whether they had a
    key by then.
    """

    def unasked(fact: Fact, catalog: Catalog) -> bool:
        above = _above(fact, catalog)
        return NotNull.of(fact).name in (None, *map(not_null_name, above))

    def tops(fact: Fact, catalog: Catalog) -> set[str]:
        above = _above(fact, catalog)
        return {not_null_name(its) for its in above if not _above(its, catalog)}

    named = {
        fact.key: _named(fact, not_null_name(had))
        for fact in ends.goal.by_kind.get("not null", ())
        if (had := ends.live.facts.get(fact.key))
        and not_null_name(had) != not_null_name(fact)
        and NotNull.of(had).inherited >= NotNull.of(fact).inherited
        and _above(fact, ends.goal)
        and unasked(fact, ends.goal)
        and unasked(had, ends.live)
        and tops(had, ends.live) <= tops(fact, ends.goal)
    }
    return _with(named, ends.goal)


def own_as_now(ends: Ends) -> Catalog:
    """The goal, in which NOT NULLs of children's keys are their own, or are not, as they are now.

    The key demands them anyway: they are only the parents' if these had them before it was added.
    While it stands, they cannot be given back to the parents. What is the parents' becomes the
    child's own only where none of them keeps it.
    """
    named = {
        fact.key: replace(fact, definition=str(replace(wants, inherited=had.inherited)))
        for fact in ends.goal.by_kind.get("not null", ())
        if (old := ends.live.facts.get(fact.key))
        and (had := NotNull.of(old)).inherited != (wants := NotNull.of(fact)).inherited
        and all(_is_keyed(fact, end) for end in (ends.live, ends.goal))
        and (not had.inherited or _stays_above(fact, ends))
    }
    return _with(named, ends.goal)


def _is_keyed(fact: Fact, catalog: Catalog) -> bool:
    """Whether it is of a column that the table inherits, and of its primary key."""
    column = catalog.facts.get(("column", fact.name))
    keys = map(Constraint.of, catalog.parts("constraint", fact.object))
    return (
        column is not None
        and Column.of(column).inherited
        and any(
            isinstance(its, Key) and its.word == "PRIMARY KEY" and fact.part in its.columns
            for its in keys
        )
    )


def _stays_above(fact: Fact, ends: Ends) -> bool:
    """Whether a table that it inherits from has this NOT NULL, and keeps it."""
    now, then = ({its.key for its in _above(fact, end)} for end in (ends.live, ends.goal))
    return not now.isdisjoint(then)


def _above(fact: Fact, catalog: Catalog) -> list[Fact]:
    """The NOT NULLs of this column in the tables that its table inherits from, or is a part of."""
    above = ancestors_of(fact.object, catalog)
    found = (catalog.facts.get(("not null", f"{table}.{fact.part}")) for table in above)
    return [its for its in found if its]


def _with(named: Mapping[FactKey, Fact], goal: Catalog) -> Catalog:
    """The goal with these facts; itself, if there are none."""
    if not named:
        return goal
    return Catalog.of((named.get(key, its) for key, its in goal.facts.items()), goal.strangers)


def _names(table: str, ends: Ends, others: _Names) -> Mapping[FactKey, str]:
    """The names that the NOT NULLs of a table should have.

    One keeps its name unless another one of the table needs it.
    """
    wanted: dict[FactKey, str] = {}
    kept: dict[FactKey, str] = {}
    for fact in ends.goal.parts("not null", table):
        had, wanted[fact.key] = ends.live.facts.get(fact.key), not_null_name(fact)
        if not _is_given_by_postgresql(fact):
            continue
        if followed := _from_parent(fact, ends, others):
            wanted[fact.key] = followed
        elif had and _is_given_by_postgresql(had):
            kept[fact.key] = not_null_name(had)
    constraints = {its.part for its in ends.goal.parts("constraint", table)}

    def needed() -> Sequence[FactKey]:
        needs = constraints | {name for key, name in wanted.items() if key not in kept}
        return [key for key, name in kept.items() if name in needs]

    while keys := needed():  # these get other names, which may be needed in turn
        for key in keys:
            del kept[key]
    return wanted | kept


def _from_parent(fact: Fact, ends: Ends, others: _Names) -> str:
    """The name that it gets with its parent's, if that comes or is renamed; else empty.

    In a new table it gets that name at once, if it has the parent's in the goal.
    """
    had, is_new = ends.live.facts.get(fact.key), not ends.live.parts("column", fact.object)
    follows = parents_of(fact.object, ends.live) and (had is None or NotNull.of(had).name)
    for parent in parents_of(fact.object, ends.goal):
        above = ends.goal.facts.get(("not null", f"{parent}.{fact.part}"))
        if above is None:
            continue
        name, was = others(parent)[above.key], ends.live.facts.get(above.key)
        if is_new and not_null_name(fact) == not_null_name(above):
            return name
        if follows and (was is None or not_null_name(was) != name):
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
