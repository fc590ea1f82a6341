"""Columns that a table inherits from several others: these get another type together.

PostgreSQL changes an inherited column only with all those that it comes from. So a helper without
rows is their parent for a moment, and its column gets the type.
"""

from dataclasses import replace
from itertools import chain

from diffapply.ddl.kinds.columns import retyped
from diffapply.ddl.risk import Risks, goes
from diffapply.ddl.statements import Drafts, Retyping, Ways, alter_column, drafts, helper, risky
from diffapply.ddl.structure.ancestry import ancestors_of, parents_of
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Column


def retyped_together(old: Fact, new: Fact, ends: Ends) -> Ways:
    """Ways to another type; none if it does not change so, or needs no helper."""
    had, wants = Column.of(old), Column.of(new)
    if had.kept or wants.kept or had.own == wants.own:
        return ()
    related = _related(old, ends.live)
    tops = [its for its in related if not _comes_from(its, related, ends.live)]
    pairs = {(its.definition, _definition(its, ends.goal)) for its in tops}
    if len(tops) < 2 or len(pairs) > 1:  # noqa: PLR2004 - one has no rival
        return ()
    without = tuple(
        alter_column(its, "DROP DEFAULT")
        for its in related
        if ("default", its.name) in ends.live.facts
    )
    return tuple(
        _by_helper(tops, no_defaults, _of_all(alike))
        for alike in zip(*(_retyped(its, ends) for its in tops), strict=True)
        for no_defaults in dict.fromkeys(((), without))
    )


def _related(column: Fact, catalog: Catalog) -> list[Fact]:
    """The columns of its name in tables that inherit it from each other, itself included."""
    named = [its for its in catalog.by_kind.get("column", ()) if its.part == column.part]
    has, related = {its.object for its in named}, {column.object}
    lines = [{its.object, *parents_of(its.object, catalog)} & has for its in named]
    while more := {*chain.from_iterable(line for line in lines if line & related)} - related:
        related |= more
    return [its for its in named if its.object in related]


def _comes_from(column: Fact, others: list[Fact], catalog: Catalog) -> bool:
    above = ancestors_of(column.object, catalog)
    return any(its.object in above for its in others)


def _definition(column: Fact, goal: Catalog) -> str:
    wanted = goal.facts.get(column.key)
    return wanted.definition if wanted else ""


def _retyped(column: Fact, ends: Ends) -> list[Retyping]:
    wanted = ends.goal.facts[column.key]
    return retyped(wanted, Column.of(column).own, Column.of(wanted).own, ends)


def _of_all(alike: tuple[Retyping, ...]) -> Retyping:
    def told(using: str) -> Risks:
        return tuple(risk for its in alike for risk in its.told(using))

    return replace(alike[0], told=told, risks=told(alike[0].using))


def _by_helper(tops: list[Fact], no_defaults: Drafts, alter: Retyping) -> Drafts:
    name, its_type = helper(tops[0].name), Column.of(tops[0]).own
    return drafts(
        f"CREATE TABLE {name} ({tops[0].part} {its_type})",
        *(f"ALTER TABLE {its.object} INHERIT {name}" for its in tops),
        *no_defaults,
        replace(alter, head=f"ALTER TABLE {name}"),
        *(f"ALTER TABLE {its.object} NO INHERIT {name}" for its in tops),
        risky(f"DROP TABLE {name}", goes("table", name)),
    )
