"""The parts of a tenant's transaction, for one tenant or a batch.

In order: the tenants' locks in the journal, the gate before, the locks on their own tables, for a
superuser the question whose code would run, the statements, the gate after, the journal's steps,
commit.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.catalog.strangers import Strange, strangers_in
from diffapply.database.limits import milliseconds
from diffapply.database.session import as_run, search_path, shared_path, working
from diffapply.database.transaction import beginning
from diffapply.model.ignoring import Ignoring
from diffapply.model.plan import Transition
from diffapply.model.run import StepStatus
from diffapply.model.scope import Scope
from diffapply.model.statement import Statement
from diffapply.model.world import World
from diffapply.rollout.guard import run_name
from diffapply.rollout.retry import TenantBusyError
from diffapply.rollout.terms import Terms
from diffapply.rollout.transaction.belongings import (
    Belongings,
    Return,
    read_belongings,
    to_give_back,
)
from diffapply.rollout.transaction.gate import Gate, UnlikeError
from diffapply.rollout.transaction.table_locks import WAITED, lock_own
from diffapply.tenants.tokens import OwnTokens, own_tokens


class StrangersError(Exception):
    """Other people's code would run in tenants, which is not allowed.

    Attributes:
        found: tenant → whose code, for the tenants with any.
    """

    def __init__(self, found: Mapping[str, Sequence[Strange]]) -> None:
        super().__init__()
        self.found = found


@dataclass(frozen=True, slots=True)
class Job:
    """Tenants that are brought to their goal in one transaction.

    Attributes:
        tenants: of the transition.
        transition: what to do; not blocked.
        terms: of the run.
        undoes: tenant → runs whose steps in it are undone.
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
        return self.transition.world_in(self.terms.plan.world)

    @property
    def ignoring(self) -> Ignoring:
        """What is left alone in them; all tenants of a transition have equal variants, or none."""
        return self.terms.plan.ignoring_in.get(self.tenants[0], self.terms.plan.ignoring)

    def gate(self, connection: Connection) -> Gate:
        """The gate for these tenants."""
        managed, privileges = self.transition.managed, self.terms.plan.privileges
        scope = Scope(managed=managed, privileges=privileges, ignoring=self.ignoring)
        return Gate(connection, self.tenants, scope)

    def own_tokens(self, work: Gate) -> OwnTokens | None:
        """To read the tenants' change tokens in the gate; None if the plan does not have them."""
        planned = {tenant: self.terms.plan.tokens.get(tenant, "") for tenant in self.tenants}
        if not all(planned.values()):
            return None
        with work.looking():
            return own_tokens(work.connection, self.terms.server, planned, work.scope.counting)

    def begin(self, work: Gate) -> None:
        """Begin the transaction: settings, then the locks of the tenants in the journal.

        Raises:
            TenantBusyError: another session has one of these locks.
        """
        name, timeout = run_name(self.terms.run), milliseconds(self.lock_timeout)
        work.run(
            beginning(),
            working(self.world),
            sql.SQL("set local lock_timeout = {}").format(sql.Literal(timeout)),
            sql.SQL("set local application_name = {}").format(sql.Literal(name)),
        )
        if not journal.try_tenant_locks(work.cursor, self.tenants):
            raise TenantBusyError("another session of diffapply is working on it")

    def lock(self, work: Gate) -> None:
        """Lock the tenants' own tables, then check whose code would run.

        Not before: somebody could plant code while the locks are waited for.

        Raises:
            TenantBusyError: somebody changed a tenant meanwhile.
            StrangersError: a stranger's code would run, and tenants are not trusted.
        """
        source, guarded = self.transition.source, self.terms.guarded
        locks = lock_own(work.connection, self.tenants, self.transition, self.lock_timeout)
        locks += self.terms.against_strangers(self.tenants, source)
        if locks:
            work.run(*locks)
            [(waited,)] = work.ask(WAITED)
            try:
                if waited:
                    work.require(source)
            except UnlikeError as error:
                busy = "it was changed while its tables were waited for"
                raise TenantBusyError(busy) from error
        if guarded:
            with work.looking():
                found = strangers_in(work.connection, self.tenants, guarded[source])
            if found:
                raise StrangersError(found)

    def entering(self, tenant: str) -> sql.Composable:
        """The statement to run before those of a tenant."""
        return search_path(tenant, self.world.behind)

    def written(self, statement: Statement) -> str:
        """A statement in the form in which it runs."""
        return as_run(statement.sql, self.world)

    def belongings(self, work: Gate) -> Belongings:
        """What to give to objects that are new or made anew, and to record for dropped ones."""
        owners, privileges = self.terms.owners, self.terms.plan.privileges
        return read_belongings(work, self.transition, self.undoes, owners, privileges=privileges)

    def to_return(self, work: Gate, had: Belongings) -> list[Return]:
        """Statements that give objects what they get; sets their search path."""
        if not had.to_give_back:
            return []
        found = to_give_back(work, had)
        work.run(shared_path(self.terms.plan.world.behind))
        return found

    def record(
        self,
        work: Gate,
        status: StepStatus,
        had: Belongings = Belongings(),  # noqa: B008 - it never changes
        *,
        error: str | None = None,
    ) -> None:
        """Write the steps to the journal, and commit.

        Args:
            had: what the tenants had before.
        """
        of, run = self.transition, self.terms.run
        seconds = (time.monotonic() - self.started) / len(self.tenants)
        steps = [
            journal.Step(tenant, of.source, of.goal, status, error, of.managed, seconds)
            for tenant in self.tenants
        ]
        work.record(run, steps, {} if error else self.undoes)
        work.run(*had.remembering(work.cursor, run), "commit")
        work.send()
