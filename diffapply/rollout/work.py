"""What is done to tenants in one transaction, be it one alone or a batch of them.

It begins with the tenants' locks; then come the gate that says what they are, the locks on their
own tables, the statements, the gate that says what they have become, and the journal's steps.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

from diffapply import journal
from diffapply.catalog.reader import read_catalogs, read_fingerprints
from diffapply.catalog.strangers import Strange, strangers_in
from diffapply.database.connection import Server
from diffapply.database.limits import milliseconds
from diffapply.database.session import as_written, search_path, shared_path, working
from diffapply.database.transaction import beginning
from diffapply.model.plan import Statement, Transition
from diffapply.model.run import StepStatus
from diffapply.model.world import PLAIN, World
from diffapply.rollout.belongings import Belongings, read_belongings
from diffapply.rollout.guard import run_name
from diffapply.rollout.table_locks import NOBODY_CREATES, WAITED, lock_own

CLEAN = "rollback to savepoint gate"
"""Takes back what reading the catalogs has set and locked."""


@dataclass(frozen=True)
class Terms:
    """What holds for all tenants of a run.

    Attributes:
        run: its id in the journal.
        server: what the run's connections lead to.
        lock_timeout: seconds to wait for locks before the tenant is put off.
        allow_destructive: whether statements may lose data.
        privileges: whether owners and grants count.
        stop: set when the run is to end; then no tenant is tried again.
        tokens: tenant → change token; see `Plan`. Empty to read what every tenant is.
        guarded: where code of others must not run unsaid: source of a transition → the schemas
            that its tenants refer to. Empty where it may.
        world: the path and the settings under which statements were proved, and run.
        creatable: schemas in which others may make something at any moment; where it matters.
    """

    run: int
    server: Server
    lock_timeout: float
    allow_destructive: bool
    privileges: bool = False
    stop: Event = field(default_factory=Event)
    tokens: Mapping[str, str] = field(default_factory=dict)
    guarded: Mapping[str, Sequence[str]] = field(default_factory=dict)
    world: World = PLAIN
    creatable: frozenset[str] = frozenset()

    def against_strangers(self, tenants: Sequence[str], source: str) -> list[str]:
        """Statements that keep others from making what the tenants' statements could mean."""
        schemas = {*tenants, *self.guarded.get(source, ())}
        return [NOBODY_CREATES] if self.guarded and schemas & self.creatable else []


@dataclass(frozen=True, slots=True)
class Work:
    """Tenants that are brought to their goal in one transaction.

    Attributes:
        tenants: of the transition.
        transition: what to do; not blocked.
        terms: of the run.
        undoes: tenant → runs whose steps of it are taken back.
        lock_timeout: seconds to wait for locks.
        started: when, by `time.monotonic`.
    """

    tenants: Sequence[str]
    transition: Transition
    terms: Terms
    undoes: Mapping[str, Sequence[int]]
    lock_timeout: float
    started: float = field(default_factory=time.monotonic)

    @property
    def world(self) -> World:
        """The path and the settings under which the statements run."""
        return self.terms.world.alone if self.transition.alone else self.terms.world

    def begin(self, cursor: Cursor) -> bool:
        """Begin the transaction, with settings and locks; whether the tenants' locks were had."""
        before = sql.SQL(
            "{}{} set local lock_timeout = {}; set local application_name = {};"
        ).format(
            sql.SQL(beginning()),
            working(self.world),
            sql.Literal(milliseconds(self.lock_timeout)),
            sql.Literal(run_name(self.terms.run)),
        )
        # To the savepoint is gone back before the statements run.
        return journal.try_tenant_locks(
            cursor, self.tenants, before=before, after=sql.SQL("savepoint gate;")
        )

    def live(self, cursor: Cursor, before: str = "") -> Mapping[str, str]:
        """Tenant → the fingerprint of what it is now, for those that exist.

        Args:
            cursor: inside the transaction; its search path is not what it was afterwards.
            before: statements, each ended, that run first.
        """
        connection, managed = cursor.connection, self.transition.managed
        privileges = self.terms.privileges
        if managed is None:
            return read_fingerprints(connection, self.tenants, privileges=privileges, before=before)
        if before:
            cursor.execute(before)
        found = read_catalogs(connection, self.tenants, privileges=privileges)
        return {name: its.restricted_to(managed).fingerprint for name, its in found.items()}

    def are_at(self, cursor: Cursor, shape: str, before: str = "") -> bool:
        """Whether all are of this shape now; see `live`."""
        live = self.live(cursor, before)
        return all(live.get(tenant) == shape for tenant in self.tenants)

    def strangers(self, cursor: Cursor) -> Mapping[str, Sequence[Strange]]:
        """Tenant → whose code would run in it, if that is not allowed."""
        guarded = self.terms.guarded
        if not guarded:
            return {}
        return strangers_in(cursor.connection, self.tenants, guarded[self.transition.source])

    def lock(self, cursor: Cursor) -> str | None:
        """Lock the tenants' own tables, and see that nobody has used the wait to plant code.

        Returns:
            What is to run before the statements; None: somebody has used it.
        """
        source = self.transition.source
        locks = lock_own(cursor.connection, self.tenants, self.transition, self.lock_timeout)
        locks += self.terms.against_strangers(self.tenants, source)
        if locks:
            cursor.execute(joined([CLEAN, *locks, "savepoint locked", WAITED]))
            waited = cursor.fetchall() == [(True,)]
            if waited and not self.are_at(cursor, source):
                return None
        if self.strangers(cursor):
            return None
        return "rollback to savepoint locked" if locks else CLEAN

    def entering(self, cursor: Cursor, tenant: str) -> str:
        """What is to run before the statements of a tenant."""
        return search_path(tenant, self.world.behind).as_string(cursor)

    def written(self, statement: Statement) -> str:
        """A statement as it is to run."""
        return as_written(statement.sql, self.world)

    def leaving(self, cursor: Cursor) -> str:
        """What is to run before what gives back to objects what they had."""
        return shared_path(self.terms.world.behind).as_string(cursor)

    def belongings(self, cursor: Cursor) -> Belongings:
        """What is to be given back to what is made anew, or remembered of what is dropped."""
        return read_belongings(
            cursor, self.tenants, self.transition, self.undoes, privileges=self.terms.privileges
        )

    def recording(
        self,
        cursor: Cursor,
        status: StepStatus,
        had: Belongings = Belongings(),  # noqa: B008 - it never changes
        *,
        error: str | None = None,
    ) -> bytes:
        """The statements that record what became of the tenants, and commit.

        Args:
            had: what the tenants had before.
        """
        transition = self.transition
        seconds = (time.monotonic() - self.started) / len(self.tenants)
        steps = [
            journal.step_statements(
                cursor,
                self.terms.run,
                journal.Step(
                    tenant,
                    transition.source,
                    transition.goal,
                    status,
                    error,
                    transition.managed,
                    seconds,
                ),
                () if error else self.undoes.get(tenant, ()),
            )
            for tenant in self.tenants
        ]
        remembering = had.remembering(cursor, self.terms.run)
        return b";\n".join([*steps, *remembering, b"commit"])


def joined(statements: Sequence[str]) -> str:
    """Statements as one text, each ended."""
    # The line's end also ends a comment at the end of a statement.
    return "".join(f"{statement}\n;" for statement in statements)
