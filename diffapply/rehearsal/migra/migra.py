"""migra, the second proposer: called only here, and only on scratch.

migra reads a whole database and then filters in Python; here, each of its queries is limited to the
schemas that matter. It compares two structures that had, one after the other, the same schema name:
with two names, it would report differences that do not exist.
"""

import copy
from collections.abc import Sequence
from typing import Any

import psycopg2
from psycopg2.extras import NamedTupleCursor

from diffapply.model.catalog import Catalog
from diffapply.proposal.rewriting import in_full, rewrite
from diffapply.rehearsal.migra.migra_imports import Migration, PostgreSQL
from diffapply.scratch.sandbox import NOT_ITS_FAULT, Sandbox


class _ScopedCursor:
    """Limits migra's queries, which all have a column `schema`, to some schemas."""

    def __init__(self, cursor: NamedTupleCursor, schemas: Sequence[str]) -> None:
        self._cursor: Any = cursor
        self._schemas = list(schemas)
        self.connection = cursor.connection  # migra asks it for the server's version

    def execute(self, query: str) -> None:
        inner = query.strip().rstrip(";").replace("%", "%%")
        self._cursor.execute(
            f"select * from ({inner}) q_ where q_.schema = any (%s)", [self._schemas]
        )

    def fetchall(self) -> Any:  # noqa: ANN401 - rows of whatever shape migra asked for
        return self._cursor.fetchall()


class _Inspector(PostgreSQL):  # type: ignore[misc]  # schemainspect has no types
    """migra's inspector, without a step that takes exponential time if views share views."""

    def load_deps_all(self) -> None:
        for item in self.selectables.values():
            item.dependent_on_all = self._closure(item, "dependent_on")
            item.dependents_all = self._closure(item, "dependents")

    def _closure(self, item: Any, attribute: str) -> list[str]:  # noqa: ANN401
        found: set[str] = set()
        waiting = list(getattr(item, attribute))
        while waiting:
            signature = waiting.pop()
            if signature not in found:
                found.add(signature)
                related = self.get_dependency_by_signature(signature)
                waiting += getattr(related, attribute, ())
        return sorted(found)


def inspect(sandbox: Sandbox, shared: Sequence[str]) -> Any | None:  # noqa: ANN401 - migra has no types
    """What migra reads from a sandbox, or None if it crashes.

    Args:
        shared: names of the other schemas that the structure may refer to.

    Raises:
        psycopg2.errors.OutOfMemory, psycopg2.errors.QueryCanceled: as `Sandbox.try_run`.
        psycopg2.Error: the connection is lost.
    """
    with sandbox.connection.cursor() as guard:
        guard.execute("savepoint inspect")
        try:
            with (
                sandbox.neutral(),
                sandbox.connection.cursor(cursor_factory=NamedTupleCursor) as cursor,
            ):
                inspector = _Inspector(_ScopedCursor(cursor, (sandbox.scope.schema, *shared)))
        except NOT_ITS_FAULT:
            raise
        except Exception:  # it crashes in many ways; the facts propose, too
            if sandbox.connection.closed:
                raise
            guard.execute("rollback to savepoint inspect; release savepoint inspect")
            return None
        guard.execute("release savepoint inspect")
    inspector.c = None
    inspector.one_schema(sandbox.scope.schema)
    return inspector


def propose(
    source: Any | None,  # noqa: ANN401 - migra has no types
    goal: Any | None,  # noqa: ANN401
    schema: str,
    goal_catalog: Catalog,
) -> list[str]:
    """The statements that migra proposes, changed so that they run in any tenant.

    Unsafe statements are left out; the facts propose others for the same change.
    """
    if source is None or goal is None:
        return []
    try:
        # migra changes what it compares.
        migration = Migration(copy.deepcopy(source), copy.deepcopy(goal))
        migration.set_safety(False)
        migration.add_all_changes(privileges=False)
        statements = list(migration.statements)
    except psycopg2.Error:
        raise
    except Exception:  # noqa: BLE001 - as above
        return []
    rewritten = (rewrite(statement, schema, goal_catalog) for statement in statements)
    return [in_full(statement, goal_catalog) for statement in rewritten if statement is not None]
