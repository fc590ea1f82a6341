"""Whether a child's columns are its own, or only its parents': no statement alters that.

A table that leaves its parents keeps their columns as its own. When it comes back to them, those
stay its own that it had from nobody else meanwhile: a helper without rows is a parent for that
long, and gives the table what it is only to inherit. For that, a column that is the table's own
must be made anew; its values are written over before it goes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from diffapply.ddl.columns import (
    COLUMN,
    DEFAULT,
    IDENTITY,
    NOT_NULL,
    is_inherited,
    not_null_name,
    own_definition,
    set_not_null,
)
from diffapply.ddl.inheritance import checks_of, parents_of
from diffapply.ddl.statements import Options, aside, helper, one, part
from diffapply.model.catalog import Catalog, Fact


def _return(_old: Fact, new: Fact, goal: Catalog, live: Catalog) -> Options:
    """The table leaves its parents and comes back, with what is then to be its own."""
    parents = parents_of(new.object, goal)
    if ("inherits", new.object) not in goal.facts or parents_of(new.object, live) != parents:
        return ()
    child = _Child(new.object, parents, goal, live)
    if not child.can_be_copied:
        return ()
    return one(*(child.with_helper() if child.needs_helper else child.alone()))


@dataclass(frozen=True, slots=True)
class _Child:
    table: str
    parents: Sequence[str]
    goal: Catalog
    live: Catalog

    @property
    def can_be_copied(self) -> bool:
        """Whether whatever is to be made anew is a plain column."""
        return not any(
            " GENERATED ALWAYS AS " in column.definition
            or ("identity", column.name) in self.live.facts
            for column in self.given_up
        )

    @property
    def given_up(self) -> list[Fact]:
        """The columns of its own that it is only to inherit."""
        return [c for c in self._inherited(self.goal) if self._had(c) == own_definition(c)]

    @property
    def staying(self) -> list[Fact]:
        """The columns that it inherits, and is only to inherit."""
        return [c for c in self._inherited(self.goal) if self._had(c) == c.definition]

    def _inherited(self, catalog: Catalog) -> list[Fact]:
        return [column for column in catalog.parts("column", self.table) if is_inherited(column)]

    def _had(self, column: Fact) -> str | None:
        had = self.live.facts.get(column.key)
        return had.definition if had else None

    @property
    def needs_helper(self) -> bool:
        """Whether there is anything that it is only to inherit."""
        return bool(self._inherited(self.goal) or checks_of(self.parents, self.goal))

    def alone(self) -> Iterator[str]:
        """All that it has becomes its own."""
        for verb in ("NO INHERIT", "INHERIT"):
            yield from (f"ALTER TABLE {self.table} {verb} {parent}" for parent in self.parents)

    def with_helper(self) -> Iterator[str]:
        """What the helper gives it does not."""
        alter, alter_helper = f"ALTER TABLE {self.table}", f"ALTER TABLE {helper(self.table)}"
        checks = checks_of(self.parents, self.goal)
        moved = [check for check in checks if self._names_its_own(check)]

        yield f"CREATE TABLE {helper(self.table)} ()"
        yield f"{alter} INHERIT {helper(self.table)}"
        for column in self.staying:
            yield f"{alter_helper} ADD COLUMN {part(column)} {own_definition(column)}"
        yield from self._not_nulls_that_stay()
        for check in checks:
            if check not in moved:
                yield f"{alter_helper} ADD CONSTRAINT {part(check)} {check.definition}"
        yield from self._copies()
        yield from (f"{alter} NO INHERIT {parent}" for parent in self.parents)
        yield from (f"{alter} DROP CONSTRAINT IF EXISTS {part(check)}" for check in moved)
        yield from self._exchanges()
        for column in self._own if moved else ():
            yield f"{alter_helper} ADD COLUMN {part(column)} {column.definition}"
        for check in moved:
            yield f"{alter_helper} ADD CONSTRAINT {part(check)} {check.definition}"
        yield from self._not_nulls_that_change()
        yield from (f"{alter} INHERIT {parent}" for parent in self.parents)
        yield f"{alter} NO INHERIT {helper(self.table)}"
        yield f"DROP TABLE {helper(self.table)}"

    @property
    def _own(self) -> list[Fact]:
        """The columns of its parents that are to be its own as well."""
        names = {part(its) for parent in self.parents for its in self.goal.parts("column", parent)}
        columns = self.goal.parts("column", self.table)
        return [c for c in columns if part(c) in names and not is_inherited(c)]

    def _names_its_own(self, check: Fact) -> bool:
        """Whether a check is on columns that the helper cannot have at first."""
        columns = (*self.given_up, *self._own)
        names = "|".join(re.escape(part(column)) for column in columns)
        return bool(names and re.search(rf'(?<![\w"])(?:{names})(?![\w"])', check.definition))

    def _copies(self) -> Iterator[str]:
        """Both columns are the helper's for that long, so that no trigger sees the rows."""
        alter = f"ALTER TABLE {helper(self.table)}"
        for column in self.given_up:
            new, type_ = helper(column.name), own_definition(column)
            yield f"{alter} ADD COLUMN {part(column)} {type_}, ADD COLUMN {new} {type_}"
        if self.given_up:
            yield f"{alter} " + ", ".join(
                f"ALTER COLUMN {helper(c.name)} SET DATA TYPE {own_definition(c)} USING {part(c)}"
                for c in self.given_up
            )
        for column in self.given_up:
            yield f"{alter} DROP COLUMN {part(column)}"

    def _exchanges(self) -> Iterator[str]:
        alter = f"ALTER TABLE {self.table}"
        for column in self.given_up:
            for owner in self.live.by_kind.get("sequence owner", ()):
                if owner.definition == column.name:
                    yield f"ALTER SEQUENCE {owner.name} OWNED BY NONE"
            yield f"{alter} RENAME COLUMN {part(column)} TO {aside(column.name)}"
            new = helper(column.name)
            yield f"ALTER TABLE {helper(self.table)} RENAME COLUMN {new} TO {part(column)}"
            yield f"{alter} DROP COLUMN {aside(column.name)}"

    def _not_nulls_that_stay(self) -> Iterator[str]:
        for column in self.staying:
            had, wants = self._not_nulls(column)
            if had and wants and is_inherited(had) and is_inherited(wants):
                yield self._on_helper(wants)

    def _not_nulls_that_change(self) -> Iterator[str]:
        alter, given_up = f"ALTER TABLE {self.table}", self.given_up
        for column in self.goal.parts("column", self.table):
            had, wants = self._not_nulls(column)
            if wants is None:
                continue
            if column in given_up:
                yield self._on_helper(wants) if is_inherited(wants) else set_not_null(wants)
            elif had and is_inherited(wants) and not is_inherited(had):
                yield f"{alter} ALTER COLUMN {part(column)} DROP NOT NULL"
                yield self._on_helper(wants)
            elif had and not is_inherited(wants) and not_null_name(had) != not_null_name(wants):
                yield f"{alter} RENAME CONSTRAINT {not_null_name(had)} TO {not_null_name(wants)}"

    def _not_nulls(self, column: Fact) -> tuple[Fact | None, Fact | None]:
        key = ("not null", column.name)
        return self.live.facts.get(key), self.goal.facts.get(key)

    def _on_helper(self, wants: Fact) -> str:
        """From PostgreSQL 18 on, where it has a name."""
        add = f"ADD CONSTRAINT {not_null_name(wants)} NOT NULL {part(wants)}"
        return f"ALTER TABLE {helper(self.table)} {add}"


def _leave_to_children(fact: Fact, goal: Catalog, live: Catalog) -> Options:
    """Drop a column that a child is to have as its own from then on."""
    drop = f"ALTER TABLE ONLY {fact.object} DROP COLUMN {part(fact)}"
    return one(drop) if is_kept_by_child(fact.object, part(fact), goal, live) else ()


def is_kept_by_child(table: str, column: str, goal: Catalog, live: Catalog) -> bool:
    """Whether a child that only inherits this column, or a child of that, is to have it itself."""
    for child in live.by_kind.get("inherits", ()):
        had = live.facts.get(("column", f"{child.name}.{column}"))
        if had is None or not is_inherited(had) or table not in parents_of(child.name, live):
            continue
        wants = goal.facts.get(had.key)
        if not is_inherited(wants) if wants else is_kept_by_child(child.name, column, goal, live):
            return True
    return False


COLUMNS = (
    replace(COLUMN, alter_last=_return, drop_only=_leave_to_children),
    DEFAULT,
    replace(NOT_NULL, alter_last=_return),
    IDENTITY,
)
