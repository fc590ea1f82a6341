"""Whether PostgreSQL may run code of users while tables change.

Such code may use whatever is dropped and created again, and scratch has no rows to show that.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from diffapply.ddl.statements import Draft, Retyping
from diffapply.hazards.given import Given
from diffapply.model.catalog import Catalog, Ends, FactKey
from diffapply.queries import query
from diffapply.scratch.sandbox import Sandbox
from diffapply.values.grammar import IDENTIFIER, before

_OWN_CODE = query("rehearsal/search", "own_code")

_CALLED = re.compile(rf"({IDENTIFIER})\(")

_COMPUTED = (
    *("column", "default", "domain default", "domain constraint", "constraint", "index"),
    *("table", "range type", "materialized view"),
)
"""Kinds whose expressions are evaluated when something is added to a table, rewritten or filled.

Not triggers, policies and rules: they run when rows are written, so all that writes some counts."""

_WITH_CODE = ("aggregate", "cast", "operator", "operator class", "operator family member")

_WRITING = ("INSERT ", "UPDATE ", "DELETE ", "MERGE ", "WITH ")

_STRUCTURE = re.compile(r"\s*(?:ALTER|CREATE|DROP|COMMENT|GRANT|REVOKE|SET)\s", re.IGNORECASE)
"""Of statements that others wrote, those that write no rows: another one may, as DO does."""


@dataclass(frozen=True, slots=True)
class OwnCode:
    """Code of users.

    Attributes:
        names: of routines.
        unnamed: whether something runs it that expressions do not name, such as a cast.
    """

    names: frozenset[str]
    unnamed: bool

    @classmethod
    def of(cls, sandbox: Sandbox, ends: Ends) -> "OwnCode":
        """What stands in a sandbox or beside it, and what is to come."""
        [(names, unnamed)] = sandbox.rows(_OWN_CODE, {"schema": sandbox.scope.schema})
        coming = (before(its.name, "(") for its in ends.goal.by_kind.get("routine", ()))
        known = any(catalog.by_kind.get(kind) for catalog in _both(ends) for kind in _WITH_CODE)
        return cls(frozenset((*names, *coming)), unnamed or known)

    def may_run(self, drafts: Iterable[Draft], ends: Ends, last: Collection[FactKey] = ()) -> bool:
        """Whether any of it may, while these statements lead from one structure to the other.

        Args:
            last: what goes first and comes again when all else is done.
        """
        drafts = [*drafts]
        return (
            self.unnamed
            or any(map(_may_write, drafts))
            or any(map(self._is_called, _evaluated(drafts, ends, last)))
        )

    def _is_called(self, text: str) -> bool:
        return not self.names.isdisjoint(_CALLED.findall(text))


def _may_write(draft: Draft) -> bool:
    """Whether it may write rows, which may fire triggers."""
    if isinstance(draft, Given):
        return not _STRUCTURE.match(draft.sql)
    return draft.sql.startswith(_WRITING)


def _both(ends: Ends) -> tuple[Catalog, Catalog]:
    return ends.live, ends.goal


def _evaluated(drafts: Iterable[Draft], ends: Ends, last: Collection[FactKey]) -> Iterator[str]:
    """Texts of which PostgreSQL evaluates some."""
    for catalog in _both(ends):
        # A view is evaluated where a materialized view reads it.
        views = ("view",) if catalog.by_kind.get("materialized view") else ()
        for kind in (*_COMPUTED, *views):
            facts = catalog.by_kind.get(kind, ())
            yield from (fact.definition for fact in facts if fact.key not in last)
    for draft in drafts:
        if isinstance(draft, Retyping):
            yield draft.using
        elif isinstance(draft, Given):
            yield draft.sql
