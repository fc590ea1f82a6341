"""One way from a structure to another: how it begins, and what it costs."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pglast import ast, parser
from pglast.enums import AlterTableType

from diffapply.ddl.constraints import drop_constraint
from diffapply.ddl.locks import locks_of
from diffapply.ddl.positions import outliving, waiting, with_carries
from diffapply.ddl.risk import Risks, told
from diffapply.ddl.statements import Alteration, Way
from diffapply.hazards.statements import data_hazards, printed
from diffapply.model.catalog import Catalog
from diffapply.model.hazards import Hazard
from diffapply.model.plan import Rename, Shape
from diffapply.proposal.composition import joined
from diffapply.proposal.stored import as_stored
from diffapply.rehearsal.renames import (
    displaced,
    nameless,
    references_to_repartitioned,
    repartitioned,
)
from diffapply.rehearsal.renaming import rename_declared, run_each
from diffapply.rehearsal.search import Found
from diffapply.scratch.sandbox import Sandbox


@dataclass(frozen=True)
class Leg:
    """Where a transition begins and ends."""

    source: Shape
    goal: Shape
    renames: tuple[Rename, ...]

    @property
    def routines(self) -> tuple[dict[str, str], dict[str, str]]:
        """Name → definition, at the beginning and at the end."""
        source, goal = (
            {fact.name: fact.definition for fact in end.catalog.by_kind.get("routine", ())}
            for end in (self.source, self.goal)
        )
        return source, goal

    def begin(self, sandbox: Sandbox) -> "Beginning":
        """Do the renames, and drop what keeps them from being done."""
        goal = self.goal.catalog
        ran, catalog = rename_declared(sandbox, self.renames, self.source.catalog, goal)
        freed = references_to_repartitioned(catalog, goal)
        drops = [drop.sql for key in freed for drop in drop_constraint(key, catalog)[0]]
        moved = run_each(sandbox, (*drops, *repartitioned(catalog, goal)))
        moved += run_each(sandbox, displaced(catalog, goal, _built_in(sandbox)))
        if moved:
            catalog = sandbox.catalog()
        more = run_each(sandbox, nameless(catalog, goal))
        if more:
            catalog = sandbox.catalog()
        if kept := run_each(sandbox, outliving(catalog, goal)):
            catalog = sandbox.catalog()
        before = Catalog.of(
            (*catalog.facts.values(), *(its for its in freed if its.key not in goal.facts))
        )
        return Beginning((*ran, *moved, *more, *kept), catalog, before)


@dataclass(frozen=True)
class Beginning:
    """How a way to the goal begins.

    Attributes:
        statements: those that ran.
        stands: what stands after them.
        before: the same, with what they dropped for good: what the way starts from.
    """

    statements: tuple[str, ...]
    stands: Catalog
    before: Catalog


@dataclass(frozen=True)
class Candidate:
    """One way to the goal.

    Attributes:
        renamed: the statements that it begins with.
        before: what stood there after those.
        goal: what is to stand at the end.
        ordered: all statements, where they are to run in another order.
        composed: whether several changes of one table are one statement.
        apart: what stands before the actions that are nevertheless statements of their own, such as
            ``ALTER TABLE t``.
    """

    renamed: tuple[str, ...]
    before: Catalog
    goal: Catalog
    found: Found
    ordered: tuple[str, ...] = ()
    composed: bool = True
    apart: frozenset[str] = frozenset()

    @cached_property
    def statements(self) -> tuple[str, ...]:
        """All of them, in the order in which they run."""
        statements = (*self.renamed, *(draft.sql for draft in self._drafts))
        return self.ordered or with_carries(statements, self._waiting)

    @cached_property
    def _drafts(self) -> Way:
        return joined(self.found.drafts, self.apart) if self.composed else self.found.drafts

    def head_of(self, sql: str) -> str | None:
        """What stands before the actions, if this is one statement made of several."""
        return next(
            (
                its.head
                for its in {*self._drafts} - {*self.found.drafts}
                if isinstance(its, Alteration) and its.sql == sql
            ),
            None,
        )

    @property
    def remaining(self) -> bool:
        """Whether it misses the goal."""
        return bool(self.found.remaining)

    @property
    def may_be_improved(self) -> bool:
        """Whether another way may reach the goal, or do so without creating anything again."""
        return self.remaining or any(draft.anew for draft in self.found.drafts)

    @cached_property
    def cost(self) -> tuple[int, int, int]:
        """What may lose data, which may be several things in a statement; drops; statements."""
        losses = dropping = 0
        for sql in self.statements:
            losses += sum(hazard.kind == "data" for hazard in self.risks(sql))
            dropping += _drops(sql)
        return losses, dropping, len(self.statements)

    def risks(self, sql: str) -> tuple[Hazard, ...]:
        """The risks of one of its statements. A sequence that waits aside loses no position.

        Those that the table of kinds made say it themselves; others are parsed.
        """
        if sql.removeprefix("DROP SEQUENCE ") in self._waiting:
            return ()
        risks = self._said.get(sql)
        if risks is None:
            return data_hazards(sql, self.before, self.goal)
        return told(risks, self.before, self.goal)

    def locks(self, sql: str) -> dict[str, str]:
        """Table → the strongest lock that a statement takes by itself."""
        if sql not in self._said:
            return locks_of(printed(sql), self.before)
        return locks_of(sql, self.before)

    @cached_property
    def _said(self) -> Mapping[str, Risks]:
        return {draft.sql: draft.risks for draft in self._drafts if draft.risks is not None}

    @cached_property
    def _waiting(self) -> dict[str, str]:
        return waiting(self.renamed)

    def rank(self) -> tuple[bool, tuple[int, int, int]]:
        """The better one is the smaller one."""
        return self.remaining, self.cost

    def spares(self, other: "Candidate", supplied: Iterable[str]) -> bool:
        """Whether supplied statements reach the goal with fewer of ours than another way.

        Else they only come in addition, and that is not what they are for.
        """
        theirs = set(map(as_stored, supplied))
        ours = sum(draft.sql not in theirs for draft in self.found.drafts)
        return not self.remaining and (other.remaining or ours < len(other.found.drafts))


def _drops(sql: str) -> bool:
    if not re.search(r"\bdrop\b|\btype\b", sql, re.IGNORECASE):
        return False  # spares the parser; what it says is what counts
    try:
        parsed = parser.parse_sql(sql)
    except parser.ParseError:
        return True
    return any(
        isinstance(raw.stmt, ast.DropStmt)
        or (
            isinstance(raw.stmt, ast.AlterTableStmt)
            and any(
                command.subtype
                in (
                    AlterTableType.AT_DropColumn,
                    AlterTableType.AT_DropConstraint,
                    AlterTableType.AT_AlterColumnType,
                )
                for command in raw.stmt.cmds or ()
            )
        )
        for raw in parsed
    )


def _built_in(sandbox: Sandbox) -> set[str]:
    """The names of PostgreSQL's own types."""
    found = sandbox.rows(
        "select quote_ident(typname) from pg_type "
        "where typnamespace = 'pg_catalog'::regnamespace and typelem = 0",
        {},
    )
    return {name for (name,) in found}
