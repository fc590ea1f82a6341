"""Foreign keys that cannot stand while only one end of them has its new type."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial

import psycopg2.errors

from diffapply.ddl.kind import Turn
from diffapply.ddl.structure.keys import is_reference
from diffapply.ddl.structure.order import build_order
from diffapply.model.catalog import Ends, Fact, FactKey
from diffapply.proposal.places import Section, place_of_change
from diffapply.proposal.room import retyped
from diffapply.rehearsal.search.change import Change
from diffapply.scratch.sandbox import Sandbox
from diffapply.values import Column, Constraint, ForeignKey

_Types = tuple[str, str]
"""The type of a column now, and in the goal."""


def torn(sandbox: Sandbox, ends: Ends) -> list[Fact]:
    """These foreign keys; as far as possible, tables that refer to others come before these."""
    columns = {*retyped(ends)}
    places = build_order(ends.live)
    compare = cache(partial(_compare, sandbox))
    found = (
        fact
        for fact in ends.live.by_kind.get("constraint", ())
        if is_reference(fact)
        and any(_is_torn(compare, *pair) for pair in _pairs(fact, columns, ends))
    )
    return sorted(found, key=lambda fact: (-places["table", fact.object], fact.name))


def _pairs(fact: Fact, columns: set[FactKey], ends: Ends) -> Iterator[tuple[_Types, _Types]]:
    """The types of those columns of a foreign key that get new ones on both sides."""
    key = Constraint.of(fact)
    if not isinstance(key, ForeignKey):
        return
    for own, other in zip(key.columns, key.referenced, strict=True):
        pair = ("column", f"{fact.object}.{own}"), ("column", f"{key.table}.{other}")
        if columns.issuperset(pair):
            yield _types(pair[0], ends), _types(pair[1], ends)


def _types(column: FactKey, ends: Ends) -> _Types:
    return Column.of(ends.live.facts[column]).type, Column.of(ends.goal.facts[column]).type


def _is_torn(compare: Callable[[str, str], bool], own: _Types, other: _Types) -> bool:
    """Whether neither of two columns can have its new type before the other one has."""
    orders = (own[0], other[1]), (own[1], other[0])
    return not any(compare(*types) for types in orders)


def _compare(sandbox: Sandbox, one: str, other: str) -> bool:
    """Whether values of two types can be equal; true if that is not known."""
    error = sandbox.try_run([f"select null::{one} = null::{other}"])
    return not isinstance(error, psycopg2.errors.UndefinedFunction)


def altering(table: str, changes: Iterable[Change], ends: Ends) -> list[Change]:
    """Those of changes that alter columns of a table, or add some that nothing fills.

    What fills a column may use what does not stand yet.
    """
    facts = ((its, ends.goal.facts.get(its.key)) for its in changes if its.key)
    return [its for its, fact in facts if fact and fact.object == table and _alters(fact, ends)]


def _alters(fact: Fact, ends: Ends) -> bool:
    section, _, turn, *_ = place_of_change(fact, ends)
    if section != Section.CHANGED:
        return False
    if turn == Turn.ADD and fact.kind == "column":
        domain = ("domain", Column.of(fact).type)
        return not {("default", fact.name), domain} & ends.goal.facts.keys()
    return turn == Turn.ALTER
