"""Brings one tenant to its shape in the caller's transaction, or says why that cannot be.

A tenant whose change token is the one that it had when it was found to be current costs one round
trip. Otherwise its fingerprint is read; and if a proved way leads from there, on which others only
wait for locks, its statements run between two gates, as in an apply.
"""

from collections import OrderedDict
from dataclasses import replace
from functools import partial
from threading import Lock

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.catalog.strangers import would_run
from diffapply.database.blockers import find_blockers_within
from diffapply.database.limits import bounded_lock_timeout, milliseconds
from diffapply.database.session import working
from diffapply.database.transaction import in_transaction
from diffapply.errors import TenantNotCurrentError, UsageError
from diffapply.model.own_name import reads_otherwise
from diffapply.model.plan import Plan, Transition
from diffapply.model.scope import Scope
from diffapply.planning.desired_shape import DesiredShape, hindrance
from diffapply.rollout.explanation import sentence
from diffapply.rollout.in_application.in_turn import StillBusyError, do_in_turn
from diffapply.rollout.lifecycle.creation import (
    as_it_reads,
    require_server,
    require_valid,
    settings_given_back,
    undone_on_error,
)
from diffapply.rollout.retry import TenantBusyError
from diffapply.rollout.terms import begin_run, terms_of
from diffapply.rollout.transaction.attempt import in_time
from diffapply.rollout.transaction.gate import Gate, UnlikeError
from diffapply.rollout.transaction.job import Job, StrangersError
from diffapply.rollout.transaction.table_locks import paced, wanted_locks
from diffapply.tenants.own_token import OwnToken, read_own_token

_REMEMBERED = 50_000
"""Tenants that a process remembers to be current."""

_BUSY = "another session is changing it"


class _Current:
    """What this process has found: tokens of tenants, with the shapes that these have."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[OwnToken, Scope], str] = OrderedDict()
        self._lock = Lock()

    def shape(self, token: OwnToken, scope: Scope) -> str | None:
        """The fingerprint of what counts in the tenant with this token, if it is remembered."""
        return self._found.get((token, scope))

    def learn(self, token: OwnToken, scope: Scope, fingerprint: str) -> None:
        """Remember it, and forget the oldest."""
        with self._lock:
            self._found[token, scope] = fingerprint
            while len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)


_current = _Current()


def ensure(
    connection: Connection,
    tenant: str,
    shape: DesiredShape,
    *,
    message: str | None,
    lock_timeout: float,
) -> bool:
    """See `diffapply.rollout.in_application.provisioning.ensure_in`."""
    require_valid(tenant)
    if not in_transaction(connection):
        raise UsageError(
            "A tenant can only be ensured within a transaction, and none is open.",
            "Begin one, or turn autocommit off.",
        )
    shape = shape.for_tenant(tenant)
    scope = Scope(privileges=shape.catalog.has_privileges, ignoring=shape.ignoring)
    with Gate(connection, [tenant], scope) as work:
        token = read_own_token(work, tenant)
        ensuring = _Ensuring(work, tenant, shape, message)
        if token is not None and _current.shape(token, scope) in ensuring.wanted:
            return False
        require_server(connection, shape)
        bring = partial(ensuring.bring, lock_timeout)
        try:
            changed = do_in_turn(connection, bring, lock_timeout)
        except StillBusyError as busy:
            raise TenantNotCurrentError(
                f"The tenant {tenant!r} cannot be brought to its shape now: "
                f"{sentence(ensuring.explained(busy.error), busy.tries, 'it stays as it was')}",
                "Try again in a new transaction.",
            ) from busy.error
    if token is not None and not changed:
        _current.learn(token, scope, shape.fingerprint)
    return changed


def fingerprint_now(work: Gate, tenant: str, shape: DesiredShape) -> str:
    """The tenant's fingerprint now; that of the shape, if only its own name reads otherwise."""
    try:
        work.require(shape.fingerprint)
    except UnlikeError as unlike:
        if tenant not in unlike.live:
            raise TenantNotCurrentError(
                f"There is no schema {tenant!r}.", "Create it with provision_in."
            ) from None
        otherwise = reads_otherwise(tenant, shape.catalog.text)
        if otherwise and as_it_reads(work, tenant, shape) is not None:
            return shape.fingerprint
        return unlike.live[tenant]
    return shape.fingerprint


class _Ensuring:
    """A tenant that may have another shape than it should have."""

    def __init__(self, work: Gate, tenant: str, shape: DesiredShape, message: str | None) -> None:
        self._work = work
        self._tenant = tenant
        self._shape = shape
        self._message = message
        self._taken: Transition | None = None
        self.wanted = {shape.fingerprint, *shape.alike}

    def bring(self, lock_timeout: float) -> bool:
        """Bring it to the shape, between two gates, and record the step; or undo all of it.

        Returns:
            Whether that was necessary: another session may have been faster.
        """
        with undone_on_error(self._work), settings_given_back(self._work):
            source = fingerprint_now(self._work, self._tenant, self._shape)
            if source in self.wanted:
                return False
            way = self._taken = self._way(source)
            timeout = bounded_lock_timeout(self._work.connection, lock_timeout)
            journal.ensure(self._work.connection, self._shape.world, lock_timeout)
            if not self._locked(source, timeout):
                return False
            with in_time(timeout):
                self._run(way, timeout)
            return True

    def explained(self, error: Exception) -> Exception:
        """The error of others that are in the way, with who they are, if they still are."""
        connection, tenants = self._work.connection, [self._tenant]
        if found := journal.find_tenant_holders_within(connection, tenants):
            return TenantBusyError(f"{_BUSY}: {found[0].holder}")
        if self._taken and (wanted := wanted_locks(connection, tenants, self._taken)):
            for blocker in find_blockers_within(connection, wanted):
                return TenantBusyError(str(blocker))
        return error

    def _locked(self, source: str, timeout: float) -> bool:
        """Lock the tenant in the journal; whether it still is what it was, and not current."""
        work, shape = self._work, self._shape
        work.run(sql.SQL("set local lock_timeout = {}").format(sql.Literal(milliseconds(timeout))))
        journal.know_tenants(work.connection, [self._tenant])
        work.ask("select from diffapply.tenant where name = %s for update", [self._tenant])
        now = fingerprint_now(work, self._tenant, shape)
        if now in self.wanted:
            return False
        if now != source:
            raise TenantBusyError(_BUSY)
        return True

    def _run(self, way: Transition, timeout: float) -> None:
        work, tenant, plan = self._work, self._tenant, self._plan(way)
        journal.remember_shapes(work.connection, [plan.shapes[way.source], plan.shapes[way.goal]])
        run = begin_run(work.connection, plan, self._message)
        with work.looking():
            terms = terms_of(work.connection, plan, [tenant], lock_timeout=timeout)
        terms = replace(terms, run=run)
        job = Job([tenant], way.of(tenant), terms, {}, terms.lock_timeout)
        work.run(working(job.world))
        try:
            job.lock(work)
        except StrangersError as strangers:
            why = f"its statements {would_run(strangers.found[tenant])}"
            raise self._refused(why) from strangers
        had = job.belongings(work)
        work.run(job.entering(tenant))
        for statement, afterwards in paced(job.transition.statements, timeout):
            work.run(job.written(statement), *([afterwards] if afterwards else []))
        work.run(*(each.sql for each in job.to_return(work, had)))
        try:
            work.require(way.goal)
        except UnlikeError as error:
            raise self._refused(
                "its statements did not lead to its shape; something else in the database changes "
                "the result, such as an event trigger or a partition that is not declared"
            ) from error
        work.record(run, [journal.Step(tenant, way.source, way.goal, "applied")], undoes={})
        work.run(*had.remembering(work.cursor, run))
        journal.finish_run(work.connection, run, complete=True)

    def _plan(self, way: Transition) -> Plan:
        """A way as a plan for the tenant alone: so it is recorded, and has terms, as any run."""
        return Plan(
            direction="forward",
            database="",
            desired=self._shape.desired,
            in_sync=(),
            transitions=(replace(way, tenants=(self._tenant,)),),
            shapes=self._shape.ends,
            world=self._shape.world,
            privileges=self._work.scope.privileges,
            ignoring=self._shape.ignoring,
            git_commit=self._shape.git_commit,
        )

    def _way(self, source: str) -> Transition:
        """The way from what it is. Raises `TenantNotCurrentError` if there is none to take here."""
        way = self._shape.way_from(source)
        if way is None:
            raise self._refused(
                f"it has shape {source[:12]}, and no proved way leads from there"
                if self._shape.ways
                else f"it has shape {source[:12]}, and the given shape has no ways"
            )
        if why := hindrance(way):
            raise self._refused(why)
        if way.anew and self._shape.ignoring.explicit:
            raise self._refused(
                f"the way makes {way.anew[0].kind} {way.anew[0].old} anew, to which something "
                "that is ignored may belong"
            )
        return way

    def _refused(self, why: str) -> TenantNotCurrentError:
        return TenantNotCurrentError(
            f"The tenant {self._tenant!r} is not current: {why}.",
            "Bring it to its shape with diffapply apply.",
        )
