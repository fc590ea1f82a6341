"""What holds for all tenants of a run, and how the journal is told that it begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event

from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.catalog.strangers import creatable
from diffapply.database.connection import Server, read_server
from diffapply.database.timeouts import statement_limit
from diffapply.hazards.foreign_code import guarded_schemas
from diffapply.model.consent import NONE, Consent
from diffapply.model.plan import Plan
from diffapply.model.run import NewRun, Purpose, RunTransition
from diffapply.planning.files.plan_file import digest
from diffapply.planning.new_owners import owners_of_what_is_new
from diffapply.rollout.transaction.table_locks import NOBODY_CREATES

NOT_BEGUN = 0
"""The id of a run that has none yet."""


@dataclass(frozen=True)
class Terms:
    """What holds for all tenants of a run.

    Attributes:
        run: its id in the journal.
        plan: what is applied; its tokens are empty to read what every tenant is.
        server: the server of the run's connections.
        lock_timeout: seconds to wait for locks before the tenant is tried again later.
        consent: to what statements lose.
        stop: set when the run has to end; then no tenant is tried again.
        guarded: source of a transition → the schemas that its tenants refer to, to check for
            strangers' code. Empty if such code may run.
        creatable: schemas in which strangers may create objects, if that matters.
        owners: tenant → the oid of the role that gets what is new in it, if that is another one.
        statement_timeout: seconds that a statement may take, as an administrator has set it; 0: no
            limit.
        moved: tenant → change token after its change, if known; filled as tenants are done.
    """

    run: int
    plan: Plan
    server: Server
    lock_timeout: float
    consent: Consent
    stop: Event = field(default_factory=Event)
    guarded: Mapping[str, Sequence[str]] = field(default_factory=dict)
    creatable: frozenset[str] = frozenset()
    owners: Mapping[str, int] = field(default_factory=dict)
    statement_timeout: float = 0.0
    moved: dict[str, str] = field(default_factory=dict)

    def against_strangers(self, tenants: Sequence[str], source: str) -> list[str]:
        """Statements that keep strangers from creating what the tenants' statements could mean."""
        schemas = {*tenants, *self.guarded.get(source, ())}
        return [NOBODY_CREATES] if self.guarded and schemas & self.creatable else []


def terms_of(  # noqa: PLR0913 - what it needs, by name
    connection: Connection,
    plan: Plan,
    tenants: Sequence[str],
    *,
    lock_timeout: float,
    consent: Consent = NONE,
    trust_tenants: bool = False,
) -> Terms:
    """The terms of a run that is yet to begin, in these tenants of the plan."""
    guarded = {} if trust_tenants else guarded_schemas(connection, plan)
    owners = owners_of_what_is_new(connection, plan, {*tenants})
    limit = statement_limit(connection)
    shared = {name for names in guarded.values() for name in names} - {*tenants}
    return Terms(
        run=NOT_BEGUN,
        plan=plan,
        server=read_server(connection),
        # A lock is given up well before that limit ends the statement that waits for it.
        lock_timeout=min(lock_timeout, limit / 2) if limit else lock_timeout,
        consent=consent,
        guarded=guarded,
        creatable=creatable(connection, tenants, shared) if guarded else frozenset(),
        owners={its: one.oid for its, one in owners.items() if one.gets},
        statement_timeout=limit,
    )


def begin_run(connection: Connection, plan: Plan, message: str | None) -> int:
    """Record that a run of the plan begins; returns its id. Raises as `journal.begin_run`."""
    run = NewRun(
        plan.direction,
        digest(plan),
        Purpose(plan.desired, message, plan.git_commit),
        renames=plan.renames,
        transitions=[
            RunTransition(its.source, its.goal, tuple(one.sql for one in its.statements))
            for its in plan.transitions
            if its.statements
        ],
        ignoring=plan.ignoring,
        ignoring_in=plan.ignoring_in,
    )
    return journal.begin_run(connection, run)
