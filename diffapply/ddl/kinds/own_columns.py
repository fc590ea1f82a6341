"""Whether a child's columns are its own, or only its parents': no statement alters that.

A table that leaves its parents keeps their columns as its own, and they stay so when it comes back.
To prevent that, a helper without rows is its parent meanwhile: a column that the table has from the
helper does not become its own. A column that is the table's own already must be made anew for that;
its values are copied first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from diffapply.ddl.kinds.columns import COLUMN, DEFAULT, drop_column
from diffapply.ddl.kinds.inheritance import checks_of
from diffapply.ddl.kinds.not_null import NOT_NULL, no_longer_valid, set_not_null
from diffapply.ddl.kinds.sequences import IDENTITY
from diffapply.ddl.kinds.shared_columns import retyped_together
from diffapply.ddl.risk import goes
from diffapply.ddl.risks.losses import drops
from diffapply.ddl.statements import Draft, Ways, aside, helper, one, risky
from diffapply.ddl.structure.ancestry import parents_of
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Check, Column, NotNull, not_null_name


def _return(_old: Fact, new: Fact, ends: Ends) -> Ways:
    """The table leaves its parents and comes back; then some columns are its own."""
    parents = parents_of(new.object, ends.goal)
    inherits = ("inherits", new.object) in ends.goal.facts
    if not inherits or parents_of(new.object, ends.live) != parents:
        return ()
    child = _Child(new.object, parents, ends)
    if not child.can_be_copied:
        return ()
    return one(*(child.with_helper() if child.needs_helper else child.alone()))


@dataclass(frozen=True, slots=True)
class _Child:
    table: str
    parents: Sequence[str]
    ends: Ends

    @property
    def can_be_copied(self) -> bool:
        """Whether all columns that must be made anew are plain ones."""
        return not any(
            Column.of(column).kept or ("identity", column.name) in self.ends.live.facts
            for column in self.given_up
        )

    @property
    def given_up(self) -> list[Fact]:
        """The columns that are its own, and that it only inherits in the goal."""
        return [c for c in self._inherited(self.ends.goal) if self._had(c) == Column.of(c).own]

    @property
    def staying(self) -> list[Fact]:
        """The columns that it only inherits, now and in the goal."""
        return [c for c in self._inherited(self.ends.goal) if self._had(c) == Column.of(c)]

    def _inherited(self, catalog: Catalog) -> list[Fact]:
        return [c for c in catalog.parts("column", self.table) if Column.of(c).inherited]

    def _had(self, column: Fact) -> Column | None:
        had = self.ends.live.facts.get(column.key)
        return Column.of(had) if had else None

    @property
    def needs_helper(self) -> bool:
        """Whether the goal has columns or checks that it only inherits."""
        return bool(self._inherited(self.ends.goal) or checks_of(self.parents, self.ends.goal))

    def alone(self) -> Iterator[str | Draft]:
        """Without a helper: all its columns become its own."""
        for verb in ("NO INHERIT", "INHERIT"):
            yield from (f"ALTER TABLE {self.table} {verb} {parent}" for parent in self.parents)

    def with_helper(self) -> Iterator[str | Draft]:
        """With a helper: what it has from the helper does not become its own."""
        alter, alter_helper = f"ALTER TABLE {self.table}", f"ALTER TABLE {helper(self.table)}"
        checks = checks_of(self.parents, self.ends.goal)
        moved = [check for check in checks if self._names_its_own(check)]

        yield f"CREATE TABLE {helper(self.table)} ()"
        yield f"{alter} INHERIT {helper(self.table)}"
        for column in self.staying:
            yield f"{alter_helper} ADD COLUMN {column.part} {Column.of(column).own}"
        yield from self._not_nulls_that_stay()
        for check in checks:
            if check not in moved:
                yield f"{alter_helper} ADD CONSTRAINT {check.part} {check.definition}"
        yield from self._copies()
        yield from (f"{alter} NO INHERIT {parent}" for parent in self.parents)
        for check in moved:
            gone = drops("constraint", self.table, check.part)
            yield risky(f"{alter} DROP CONSTRAINT IF EXISTS {check.part}", gone)
        yield from self._exchanges()
        for column in self._own if moved else ():
            yield f"{alter_helper} ADD COLUMN {column.part} {column.definition}"
        for check in moved:
            yield f"{alter_helper} ADD CONSTRAINT {check.part} {check.definition}"
        yield from self._not_nulls_that_change()
        yield from (f"{alter} INHERIT {parent}" for parent in self.parents)
        yield f"{alter} NO INHERIT {helper(self.table)}"
        yield risky(f"DROP TABLE {helper(self.table)}", goes("table", helper(self.table)))

    @property
    def _own(self) -> list[Fact]:
        """The columns of its parents that are its own in the goal, too."""
        names = {
            its.part for parent in self.parents for its in self.ends.goal.parts("column", parent)
        }
        columns = self.ends.goal.parts("column", self.table)
        return [c for c in columns if c.part in names and not Column.of(c).inherited]

    def _names_its_own(self, check: Fact) -> bool:
        """Whether a check is on columns that the helper cannot have at first."""
        columns = (*self.given_up, *self._own)
        return Check.of(check).names_any(column.part for column in columns)

    def _copies(self) -> Iterator[str | Draft]:
        """Meanwhile, the helper has both columns, so that no trigger sees the rows."""
        alter = f"ALTER TABLE {helper(self.table)}"
        for column in self.given_up:
            new, type_ = helper(column.name), Column.of(column).own
            yield f"{alter} ADD COLUMN {column.part} {type_}, ADD COLUMN {new} {type_}"
        if self.given_up:
            copied = (
                f"ALTER COLUMN {helper(c.name)} SET DATA TYPE {Column.of(c).own} USING {c.part}"
                for c in self.given_up
            )
            anew = (goes("column", f"{helper(self.table)}.{helper(c.name)}") for c in self.given_up)
            yield risky(f"{alter} {', '.join(copied)}", *anew)
        for column in self.given_up:
            gone = goes("column", f"{helper(self.table)}.{column.part}")
            yield risky(f"{alter} DROP COLUMN {column.part}", gone)

    def _exchanges(self) -> Iterator[str | Draft]:
        alter = f"ALTER TABLE {self.table}"
        for column in self.given_up:
            for owned in self.ends.live.by_kind.get("sequence owner", ()):
                if owned.definition == column.name:
                    yield f"ALTER SEQUENCE {owned.name} OWNED BY NONE"
            yield f"{alter} RENAME COLUMN {column.part} TO {aside(column.name)}"
            new = helper(column.name)
            yield f"ALTER TABLE {helper(self.table)} RENAME COLUMN {new} TO {column.part}"
            gone = goes("column", f"{self.table}.{aside(column.name)}")
            yield risky(f"{alter} DROP COLUMN {aside(column.name)}", gone)

    def _not_nulls_that_stay(self) -> Iterator[str | Draft]:
        for column in self.staying:
            had, wants = self._not_nulls(column)
            if had and wants and NotNull.of(had).inherited and NotNull.of(wants).inherited:
                yield self._on_helper(wants)

    def _not_nulls_that_change(self) -> Iterator[str | Draft]:
        alter, given_up = f"ALTER TABLE {self.table}", self.given_up
        for column in self.ends.goal.parts("column", self.table):
            had, wants = self._not_nulls(column)
            if wants is None:
                continue
            inherits = NotNull.of(wants).inherited
            if column in given_up:
                yield self._on_helper(wants) if inherits else set_not_null(wants)
            elif had and inherits and not NotNull.of(had).inherited:
                yield f"{alter} ALTER COLUMN {column.part} DROP NOT NULL"
                yield self._on_helper(wants)
            elif had and not inherits and not_null_name(had) != not_null_name(wants):
                yield f"{alter} RENAME CONSTRAINT {not_null_name(had)} TO {not_null_name(wants)}"

    def _not_nulls(self, column: Fact) -> tuple[Fact | None, Fact | None]:
        return self.ends.both(("not null", column.name))

    def _on_helper(self, wants: Fact) -> str:
        """From PostgreSQL 18 on, where it has a name."""
        add = f"ADD CONSTRAINT {not_null_name(wants)} NOT NULL {wants.part}"
        return f"ALTER TABLE {helper(self.table)} {add}"


def _together_or_own(old: Fact, new: Fact, ends: Ends) -> Ways:
    return retyped_together(old, new, ends) + _return(old, new, ends)


def _no_longer_valid_or_own(old: Fact, new: Fact, ends: Ends) -> Ways:
    return no_longer_valid(old, new, ends) + _return(old, new, ends)


def _leave_to_children(fact: Fact, ends: Ends) -> Ways:
    """Drop a column, but leave it to a child as its own."""
    drop = drop_column(fact, only=True)
    return one(drop) if is_kept_by_child(fact.object, fact.part, ends) else ()


def is_kept_by_child(table: str, column: str, ends: Ends) -> bool:
    """Whether a child that only inherits this column, or its child, owns it in the goal."""
    for child in ends.live.by_kind.get("inherits", ()):
        had, wants = ends.both(("column", f"{child.name}.{column}"))
        if had is None or not Column.of(had).inherited:
            continue
        if table not in parents_of(child.name, ends.live):
            continue
        if wants is None and is_kept_by_child(child.name, column, ends):
            return True
        if wants and not Column.of(wants).inherited:
            return True
    return False


COLUMNS = (
    replace(COLUMN, alter_last=_together_or_own, drop_only=_leave_to_children),
    DEFAULT,
    replace(NOT_NULL, alter_last=_no_longer_valid_or_own),
    IDENTITY,
)
