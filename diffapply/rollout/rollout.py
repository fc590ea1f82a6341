"""The rollout of a plan over many tenants, in parallel, alone or in small batches."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from threading import Lock

from diffapply import journal
from diffapply.config import Settings
from diffapply.database.interruption import heed
from diffapply.database.limits import bounded_lock_timeout
from diffapply.database.pool import Pool
from diffapply.errors import ConnectionFailedError
from diffapply.model.consent import NONE, Consent
from diffapply.model.listing import in_one_line
from diffapply.model.order import natural
from diffapply.model.plan import Plan, Transition
from diffapply.model.run import REACHED, RunResult, StepResult, StepStatus
from diffapply.progress import Progress, silent
from diffapply.rollout import ending
from diffapply.rollout.connection import RunConnection
from diffapply.rollout.explanation import NOT_KNOWN, ROLLED_BACK
from diffapply.rollout.guard import Guard, GuardLostError, await_turn
from diffapply.rollout.queue import Queue
from diffapply.rollout.remembering import remember
from diffapply.rollout.task import Task
from diffapply.rollout.terms import Terms, begin_run, terms_of
from diffapply.rollout.transaction.batch import LARGEST, apply_batch
from diffapply.rollout.transaction.tenant import apply_tenant
from diffapply.tenants.own_token import create_function

_GUARD_SECONDS = 0.5
"""Between two looks whether the run's guard still stands; a look asks nothing of the server."""

_CONNECTING_SECONDS = 3.0
"""How long a worker asks for a connection while no other one has any: those that were just closed
still count for the server."""

_PAUSE_SECONDS = 0.1

_GRACE_SECONDS = 2.0
"""How long tenants in flight may go on after the run was stopped, before they are cancelled."""


def roll_out(  # noqa: PLR0913 - what it needs, by name
    url: str,
    plan: Plan,
    settings: Settings,
    *,
    consent: Consent = NONE,
    wait: bool = False,
    progress: Progress = silent,
) -> RunResult:
    """Bring every tenant of the plan to its goal, and record it as one run.

    A tenant that fails or is refused does not keep the others from their goals. When the run is
    stopped, by Ctrl-C say, tenants in flight end soon, done or rolled back, the rest are recorded
    as skipped, and what stopped it is raised again. A run that can no longer be guarded against
    others ends in the same way, but returns what became of the tenants.

    Args:
        url: libpq or SQLAlchemy URL of the database that the plan was made for.
        plan: an empty one writes nothing at all. A tenant that is at its goal but has steps to
            take back belongs to a transition whose source is its goal.
        settings: how many tenants are worked on at once (each takes a connection, the run another);
            how long their statements wait for locks; how many may fail before no further one is
            begun; whether code of others may run with all rights that we have; whether every tenant
            is read, whatever the plan says that it was; and what the run is for.
        consent: to what statements lose.
        wait: wait for the end of another apply, instead of refusing.
        progress: told how many tenants are done.

    Raises:
        RefusedError: another apply is running in this database, or other roles can misuse the
            journal; nothing was done.
        RunInterrupted: Ctrl-C, or a signal, has stopped it; says what became of the tenants.
        ConnectionFailedError: the server cannot be reached to begin with.
        JournalError: the journal is of a newer version.
        PermissionDeniedError: the role may not write to the journal.
    """
    if plan.empty:
        return RunResult(None, _in_natural_order(_at_goal(plan)), len(plan.in_sync))
    heed()
    with closing(Guard(url)) as guard:
        await_turn(guard.connection, wait=wait)
        # All that is asked is asked before: the guard's transaction is to stay as it is.
        terms = terms_of(
            guard.connection,
            replace(plan, tokens={}) if settings.full else plan,
            [name for name, _ in _tenants(plan.transitions)],
            lock_timeout=bounded_lock_timeout(guard.connection, settings.lock_timeout),
            consent=consent,
            trust_tenants=settings.trust_tenants,
        )
        if not settings.trust_tenants:
            journal.claim(guard.connection, plan.world)
        terms = replace(terms, run=_begin(guard, plan, settings.message, wait=wait))
        rollout = _Rollout(url, terms, progress, guard, max_failures=settings.max_failures)
        return ending.carry_out(partial(rollout.work, settings.jobs), rollout.close)


class _Rollout:
    """The tenants still to be worked on, and what became of the others."""

    def __init__(
        self,
        url: str,
        terms: Terms,
        progress: Progress,
        guard: Guard,
        *,
        max_failures: int | None,
    ) -> None:
        self._url = url
        self._plan = terms.plan
        self._terms = terms
        self._progress = progress
        self._guard = guard
        self._queue = Queue((t for t in terms.plan.transitions if not t.blocked), terms.consent)
        self._total = len(self._queue)
        self._jobs = 1
        self._sessions: Sequence[RunConnection] = ()
        self._done: dict[str, StepResult] = {}
        self._ended: Counter[StepStatus] = Counter()
        self._max_failures = max_failures
        self._lacking: StepResult | None = None
        self._lock = Lock()
        self._unreachable: ConnectionFailedError | None = None
        self._unguarded: GuardLostError | None = None

    def work(self, jobs: int) -> None:
        """Work on all tenants, with so many connections at most, as long as one can be had."""
        self._jobs = min(jobs, self._total)
        self._sessions = [RunConnection(self._url, self._terms.run) for _ in range(self._jobs)]
        with Pool(
            [partial(self._serve, session) for session in self._sessions],
            self._close,
            grace=_GRACE_SECONDS,
            interrupt=self._interrupt,
        ) as pool:
            try:
                while not pool.wait(_GUARD_SECONDS):
                    self._guard.keep()
            except GuardLostError as error:
                self._unguarded = error
                pool.end()

    def _close(self) -> None:
        """Begin no tenant any more, and try none again."""
        self._terms.stop.set()
        self._queue.close()

    def _interrupt(self, seconds: float) -> None:
        """Cancel tenants in flight; at last without asking, as code of others may catch that."""
        for session in self._sessions:
            session.cancel()
            if seconds > _GRACE_SECONDS:
                session.cut(self._guard.connection)

    def close(self) -> RunResult:
        """Have the journal say what became of the tenants."""
        results, run = self._results(), self._terms.run
        unreached = _unreached(self._plan, results)
        recorded = journal.close_run(self._url, self._guard.connection, run, unreached)
        remember(self._guard.connection, self._plan, self._terms.moved)
        done = ending.as_recorded(results, recorded)
        idle = _at_goal(self._plan)
        return RunResult(run, _in_natural_order([*idle, *done]), len(idle))

    def _results(self) -> dict[str, StepResult]:
        """Tenant → what became of it, for all of the plan's transitions."""
        why = f": {self._unguarded}" if self._unguarded else ""
        reason = f"The run was stopped before its turn{why}."
        if self._too_many_failed():
            reason = ending.too_many_failed(self._ended["failed"], self._max_failures)
        if self._lacking:
            reason = ending.short_of_resources(self._lacking)
        if self._unreachable:
            reason = f"Its turn never came. {self._unreachable.message}"
        results = {}
        left = self._queue.left()
        for tenant, transition in _tenants(self._plan.transitions):
            if transition.blocked:
                results[tenant] = StepResult(tenant, "refused", in_one_line(transition.blocked))
            elif tenant in self._done:
                results[tenant] = self._done[tenant]
            elif tenant in left and left[tenant].after_loss:
                said = "Not done again; {}.".format
                results[tenant] = StepResult(tenant, "failed", said(ROLLED_BACK), said(NOT_KNOWN))
            else:
                results[tenant] = StepResult(tenant, "skipped", reason)
        return results

    def _serve(self, session: RunConnection) -> None:
        """Take tasks while there are any and a connection can be had."""
        size = LARGEST
        lost = False
        with closing(session):
            while not self._terms.stop.is_set():
                try:
                    # After a loss the tenant's own tries are the pauses in which it may come back.
                    if not lost:
                        self._connect(session)
                except ConnectionFailedError as error:
                    # The others go on; what none of them gets to is skipped for this reason.
                    self._unreachable = error
                    return
                if not (tasks := self._queue.take(1 if lost else size, self._jobs)):
                    return
                try:
                    done = self._work_on_batch(session, tasks) if tasks[1:] else None
                    if done is None:
                        self._work_on(session, tasks[0])
                    lost = done is False and not session.connected
                finally:
                    self._queue.end()
                size = max(size // 2, 1) if done is False else min(size + 1, LARGEST)

    def _connect(self, session: RunConnection) -> None:
        deadline = time.monotonic() + _CONNECTING_SECONDS
        while True:
            try:
                session.connection()
            except ConnectionFailedError:
                others = any(its.connected for its in self._sessions)
                if others or time.monotonic() > deadline or self._terms.stop.wait(_PAUSE_SECONDS):
                    raise
            else:
                return

    def _work_on(self, session: RunConnection, task: Task) -> None:
        undoes = self._plan.undoes.get(task.tenant, ())
        result = apply_tenant(session, task, self._terms, undoes)
        if isinstance(result, Task):
            self._queue.put_off(result)
        else:
            self._note([result])

    def _work_on_batch(self, session: RunConnection, tasks: Sequence[Task]) -> bool:
        """Whether the tenants were done; else they are put back, most of them to be tried alone."""
        tenants = [task.tenant for task in tasks]
        transition = tasks[0].transition
        batch = apply_batch(session, tenants, transition, self._terms, self._plan.undoes)
        if batch.results:
            self._note(batch.results)
            self._queue.batch_done(transition)
            return True
        for task in tasks:
            if task.tenant in batch.busy:
                self._queue.put_off(replace(task, tries=1))
        left = [task for task in tasks if task.tenant not in batch.busy]
        after_loss, alone = not session.connected, not batch.busy
        self._queue.put_back(left, after_loss=after_loss, alone=alone, loses=batch.loses)
        return False

    def _note(self, results: Iterable[StepResult]) -> None:
        with self._lock:
            for result in results:
                self._done[result.name] = result
                self._ended[result.status] += 1
                self._lacking = self._lacking or (result if result.of_server else None)
                failed = self._ended["failed"] + self._ended["refused"]
                self._progress("apply", len(self._done), self._total, failed)
        if self._too_many_failed() or self._lacking:
            self._queue.close()

    def _too_many_failed(self) -> bool:
        return self._max_failures is not None and self._ended["failed"] >= self._max_failures


def _at_goal(plan: Plan) -> list[StepResult]:
    return [StepResult(tenant, "unchanged") for tenant in plan.in_sync]


def _tenants(transitions: Iterable[Transition]) -> Iterator[tuple[str, Transition]]:
    return ((tenant, transition) for transition in transitions for tenant in transition.tenants)


def _begin(guard: Guard, plan: Plan, message: str | None, *, wait: bool) -> int:
    journal.ensure(guard.connection, plan.world)
    journal.remember_shapes(guard.connection, plan.shapes.values())
    create_function(guard.connection, plan.world)
    journal.know_tenants(guard.connection, [name for name, _ in _tenants(plan.transitions)])
    return guard.begin(partial(begin_run, plan=plan, message=message), wait=wait)


def _unreached(plan: Plan, results: Mapping[str, StepResult]) -> list[journal.Step]:
    """The tenants that the journal has to be told of, because no transaction of theirs did."""
    return [
        journal.Step(tenant, t.source, t.goal, result.status, result.error, t.managed)
        for tenant, t in _tenants(plan.transitions)
        if (result := results[tenant]).status not in REACHED
    ]


def _in_natural_order(steps: Iterable[StepResult]) -> tuple[StepResult, ...]:
    return tuple(sorted(steps, key=lambda step: natural(step.name)))
