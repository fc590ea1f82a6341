"""Reads what is to be undone: needs only SELECT, and works if there is no journal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby, takewhile
from operator import itemgetter

from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral
from diffapply.journal.begun import require_run
from diffapply.journal.payload import as_written
from diffapply.journal.structure import permitted, readable_version, statement, version
from diffapply.model.undone import UndoneRun


@dataclass(frozen=True, slots=True)
class UndoneSteps:
    """What it means to undo a tenant's steps.

    Attributes:
        goal_fingerprint: the shape before the earliest of the steps.
        managed: for a template, the names that the earliest step managed; otherwise None.
        runs: the runs whose steps are undone, oldest first.
        also: for a template, if later steps managed more names: the shape before such a step, and
            the names that it was the first to manage. They belong to the goal, too.
    """

    tenant: str
    goal_fingerprint: str
    managed: frozenset[str] | None
    runs: tuple[int, ...]
    also: tuple[tuple[str, frozenset[str]], ...] = ()


def steps_to_undo(
    connection: Connection,
    tenants: Sequence[str],
    to: int | None = None,
    *,
    provisioned: bool = False,
    there: bool = True,
) -> dict[str, UndoneSteps]:
    """Tenant → what to undo, for those that have something to undo.

    Args:
        connection: needs only to read.
        tenants: names of schemas, templates included.
        to: undo this run and all later ones; None: the newest run that changed any of these tenants
            and is not undone in all of them. Only what a run did to these tenants is undone.
        provisioned: undo provisioning, too; its tenants become empty.
        there: whether the caller found a journal that may be read.

    Raises:
        UsageError: there is no run `to`.
        JournalError: the journal is newer than this diffapply, or a step in it was changed.
        PermissionDeniedError: the role may not read it.
    """
    there = there and version(connection) > 0
    if to is not None:
        require_run(connection, to, there=there)
    if not there:
        return {}
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(
            statement("steps_to_undo"),
            {"tenants": list(tenants), "to": to, "provisioned": provisioned},
        )
        rows = cursor.fetchall()
    return {
        tenant: _undo(
            tenant,
            [(run, source, _managed(tenant, run, owners)) for _, run, source, owners in steps],
        )
        for tenant, steps in groupby(rows, itemgetter(0))
    }


def runs_taken_back(connection: Connection, goals: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """Tenant → the forward runs, oldest first, that a way forward to its goal takes back.

    Those since which it is no longer what its goal is. A run that set drift right is none of them,
    nor is one that was taken back already; and tenants without any are left out.

    Args:
        goals: tenant or template → the fingerprint of its goal.

    Raises:
        JournalError: the journal is newer than this diffapply.
    """
    if not goals or not readable_version(connection):
        return {}
    with neutral(connection, read_only=True) as cursor:
        asked = {"tenants": list(goals), "goals": list(goals.values())}
        cursor.execute(statement("left_goal"), {**asked, "sources": sorted({*goals.values()})})
        if not (left := cursor.fetchall()):
            return {}
        columns = map(list, zip(*left, strict=True))
        named = dict(zip(("tenants", "goals", "since"), columns, strict=True))
        cursor.execute(statement("steps_since_left"), named)
        rows = cursor.fetchall()
    return {
        tenant: since
        for goal, runs, sources, reached, tenants in rows
        if (since := _since_left(goal, zip(runs, sources, reached, strict=True)))
        for tenant in tenants
    }


def named_runs(connection: Connection, tenants: Mapping[int, int]) -> tuple[UndoneRun, ...]:
    """These runs, oldest first.

    Args:
        tenants: run → the number of tenants in which it is taken back.

    Raises:
        PermissionDeniedError: the role may not read the journal.
    """
    with permitted("read"), neutral(connection, read_only=True) as cursor:
        # As JSON, because journals of older versions have no message.
        cursor.execute(
            "select id, started_at, desired, coalesce(to_jsonb(r) ->> 'message', '') "
            "from diffapply.run r where id = any (%s) order by id",
            [list(tenants)],
        )
        return tuple(
            UndoneRun(run, started.astimezone(UTC).isoformat(), desired, tenants[run], message)
            for run, started, desired, message in cursor.fetchall()
        )


def _since_left(goal: str, steps: Iterable[tuple[int, str, str]]) -> tuple[int, ...]:
    """The runs that lead from the goal to what a tenant is now; none if it did not have it.

    Args:
        steps: a tenant's (run, source, goal), oldest first.
    """
    way: dict[str, int] = {}  # source → the run that led on from it
    now = ""
    for run, source, reached in steps:
        if source in way:  # somebody went back by hand
            way, now = _before(way, source), source
        if reached in way:
            way = _before(way, reached)
        elif reached != now:  # else it set drift right
            way[source] = run
        now = reached
    return tuple(way.values())[list(way).index(goal) :] if goal in way else ()


def _before(way: Mapping[str, int], shape: str) -> dict[str, int]:
    return dict(takewhile(lambda its: its[0] != shape, way.items()))


@dataclass(frozen=True, slots=True)
class _StepRow:
    owners: frozenset[str]


def _managed(tenant: str, run: int, owners: object) -> frozenset[str] | None:
    if owners is None:
        return None
    what, remedy = f"step of {tenant!r} in run {run}", "It cannot be taken back."
    return as_written({"owners": owners}, _StepRow, what, remedy).owners


def _undo(tenant: str, steps: Sequence[tuple[int, str, frozenset[str] | None]]) -> UndoneSteps:
    """What to undo, from the tenant's steps (run, source, managed), oldest first."""
    (_, goal, first_managed), *later = steps
    covered = first_managed or frozenset()
    also = []
    for _, source, managed in later:
        if new := (managed or frozenset()) - covered:
            also.append((source, new))
            covered |= new
    return UndoneSteps(
        tenant=tenant,
        goal_fingerprint=goal,
        managed=first_managed,
        runs=tuple(run for run, *_ in steps),
        also=tuple(also),
    )
