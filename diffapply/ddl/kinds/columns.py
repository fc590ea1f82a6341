"""Columns, and what hangs on a single column."""

from collections.abc import Sequence
from dataclasses import replace

from diffapply.ddl.conversion.casts import by_text, by_text_of_json, values_as
from diffapply.ddl.kind import Kind, Text, Turn, its_column, its_column_or_view, its_table, set_anew
from diffapply.ddl.kinds.clauses import Clause, clause, comes_with_sequence, in_line
from diffapply.ddl.kinds.not_null import set_not_null
from diffapply.ddl.risk import Risks, goes
from diffapply.ddl.risks.losses import drops_column
from diffapply.ddl.risks.retyping import retypes
from diffapply.ddl.risks.samples import is_too_short, trials, trials_of_json
from diffapply.ddl.risks.work import adds_column, fills, rewrites
from diffapply.ddl.statements import (
    Alteration,
    Filling,
    Retyping,
    Ways,
    alter_column,
    alter_table,
    one,
)
from diffapply.ddl.structure.belonging import nothing
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Column, Default, NotNull


def _add(fact: Fact, goal: Catalog) -> Ways:
    if Column.of(fact).inherited:
        return ()  # it comes with the parent's
    at_once = one(_adding(fact, clause(fact, goal)))
    if ("default", fact.name) in goal.facts:
        return (*at_once, *_filling(fact, goal))
    # Where there are children, an identity cannot come with it.
    return tuple(dict.fromkeys((*at_once, *_bare(fact, goal))))


def _add_without_default(fact: Fact, ends: Ends) -> Ways:
    """Rows that are there do not get the default then. So that is the last resort."""
    if Column.of(fact).inherited or ("default", fact.name) not in ends.goal.facts:
        return ()
    return _bare(fact, ends.goal)


def _bare(fact: Fact, goal: Catalog) -> Ways:
    return one(_adding(fact, clause(fact, goal, with_default=False, with_identity=False)))


def _filling(column: Fact, goal: Catalog) -> Ways:
    """A column is added without its default, and filled with it afterwards.

    Where a column has the table's rows as its values, PostgreSQL adds none with a default.
    """
    default = goal.facts.get(("default", column.name))
    if default is None:
        return ()
    not_null = goal.facts.get(("not null", column.name))
    last = (set_not_null(not_null),) if not_null and in_line(NotNull.of(not_null)) else ()
    first = (
        _adding(column, Clause(f"{column.part} {column.definition}")),
        alter_column(column, f"SET DEFAULT {default.definition}"),
    )
    filling = Filling.of(column.object, (column.part,), (fills(column),), first, last)
    return ((*first, filling, *last),)


def _adding(column: Fact, said: Clause) -> Alteration:
    """The action that adds a column as a clause says it, and what that risks."""
    its = Column.of(column)
    needs = adds_column(
        column.object,
        column.part,
        its.type,
        not_null=said.not_null,
        filled=said.filled or said.numbered,
        computed=its.kept is not None,
    )
    written = its.kept == "STORED" or said.numbered
    risks = (needs, rewrites(column.object)) if written else (needs,)
    return alter_table(column.object, f"ADD COLUMN {said.text}", *risks)


def _add_serial(fact: Fact, ends: Ends) -> Ways:
    """Its sequence comes with it, unless there is one already."""
    if Column.of(fact).inherited or not comes_with_sequence(fact, ends):
        return ()
    return one(_adding(fact, clause(fact, ends.goal, live=ends.live)))


def _drop(fact: Fact, _: Catalog) -> Ways:
    if Column.of(fact).inherited:
        return ()  # it goes with the parent's
    return one(drop_column(fact))


def drop_column(fact: Fact, *, only: bool = False) -> Alteration:
    """The action that drops a column; with `only`, the table's children keep theirs."""
    risk = drops_column(fact.object, fact.part, only=only, proposed=True)
    return alter_table(fact.object, f"DROP COLUMN {fact.part}", risk, only=only)


def _alter(old: Fact, new: Fact, ends: Ends) -> Ways:
    had, wants = Column.of(old).own, Column.of(new).own
    if had == wants:
        return ()  # whether it is the table's own cannot be altered
    if not wants.kept:
        return _keep_values(old, new) if had.kept else _retype(new, had, wants, ends)
    if not had.kept:
        return ()  # a column that holds values becomes one that is computed
    adds = _add(new, ends.goal)[:1]
    again = tuple((*drop, *add) for drop in _drop(old, ends.live) for add in adds)
    if had.kept != wants.kept:
        return again
    # From PostgreSQL 17 the expression can be set in place.
    actions = [f"TYPE {wants.plain}"] if had.plain != wants.plain else []
    actions.append(f"SET EXPRESSION AS ({wants.generated})")
    said = ", ".join(f"ALTER COLUMN {new.part} {action}" for action in actions)
    risks = [rewrites(new.object)] if wants.kept == "STORED" else []
    risks += [goes(*new.key)] if had.plain != wants.plain else []
    alter = replace(alter_table(new.object, said, *risks), recomputes=True)
    return ((alter,), *again)


def kept_values(fact: Fact, goal: Catalog) -> Ways:
    """Ways to keep the values of a computed column that is in the way; none unless the goal does.

    As a plain column it is in nobody's way.
    """
    wanted = goal.facts.get(fact.key)
    if fact.kind != "column" or wanted is None or Column.of(wanted).kept:
        return ()
    return _keep_values(fact, wanted) if Column.of(fact).kept else ()


def _keep_values(old: Fact, new: Fact) -> Ways:
    """A computed column becomes a plain one, and keeps the values."""
    keep = alter_column(new, "DROP EXPRESSION")
    if Column.of(old).kept == "STORED":
        return one(keep)
    stored = f"{old.part} {replace(Column.of(old).own, kept='STORED')}"
    again = goes(*old.key)  # it is computed again
    drop = alter_table(old.object, f"DROP COLUMN {old.part}", again)
    add = alter_table(new.object, f"ADD COLUMN {stored}", rewrites(new.object))
    return one(drop, add, keep)


def _retype(new: Fact, had: Column, wants: Column, ends: Ends) -> Ways:
    """Ways to another type, with the default and without."""
    # The old default may have no cast; the new one is set by itself.
    no_default = alter_column(new, "DROP DEFAULT")
    ways = retyped(new, had, wants, ends)
    return tuple(statements for way in ways for statements in ((way,), (no_default, way)))


def retyped(new: Fact, had: Column, wants: Column, ends: Ends) -> list[Retyping]:
    """The actions that give it another type: one for each way to convert the values."""
    values = values_as(new.part, had, wants, ends)
    if is_too_short(had.type, wants.type, ends):
        values = [its for its in values if its]  # to assign one would always fail
    return [_retyping(new, had, wants, value, ends) for value in values]


def _retyping(column: Fact, had: Column, wants: Column, using: str, ends: Ends) -> Retyping:
    alter = alter_column(column, f"TYPE {wants}")

    def risks(using: str) -> Risks:
        return (retypes(column.object, column.part, wants.type, using),)

    tried = _tried(column.part, (had.type, wants.type), using, ends)
    return Retyping(
        alter.text, alter.head, using=using, trials=tried, told=risks, risks=risks(using)
    )


def _tried(column: str, types: tuple[str, str], using: str, ends: Ends) -> Sequence[str]:
    old, new = types
    if using == by_text(column, new):
        return trials(old, new, ends)
    return trials_of_json(old, new, ends) if using == by_text_of_json(column, old, new) else ()


def _set_default(fact: Fact, _: Catalog) -> Ways:
    return one(alter_column(fact, f"SET DEFAULT {fact.definition}"))


COLUMN = Kind(
    "column",
    _add,
    _drop,
    _alter,
    create_from=_add_serial,
    create_last=_add_without_default,
    value=Column,
    text=Text.EXPRESSIONS,
    holds_data=True,
    shown_whole=True,
    comes_with=its_table,
    comes_down=True,
    rename="ALTER TABLE {table} RENAME COLUMN {old} TO {new}",
    is_action=True,
    turn=Turn.ALTER,
    turn_to_go=Turn.DROP,
    is_part=True,
    ignored_with=nothing,
)

DEFAULT = Kind(
    "default",
    _set_default,
    lambda fact, _: one(alter_column(fact, "DROP DEFAULT")),
    set_anew(_set_default),
    value=Default,
    text=Text.EXPRESSIONS,
    comes_with=its_column_or_view,
    goes_with=its_column,
    comes_down=True,
    is_action=True,
    turn=Turn.ALTER,
    is_light=True,
)
