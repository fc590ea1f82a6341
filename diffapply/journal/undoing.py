"""Reads what is to be undone: needs only SELECT, and works if there is no journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral
from diffapply.journal.begun import require_run
from diffapply.journal.payload import as_written
from diffapply.journal.structure import statement, version


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
