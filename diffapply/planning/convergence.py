"""Finds the statements that lead from one structure to another, by trying them in scratch.

Statements run each under a savepoint; one that fails is put off and tried again when others have
run. When nothing more runs, what still differs is proposed anew. What ran, in the order in which
it ran, is the result.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import psycopg2

from diffapply.catalog.comparison import compare
from diffapply.catalog.model import Catalog, Difference
from diffapply.planning import supplement
from diffapply.planning.ddl import Options
from diffapply.planning.proposal_rewrite import keep_in_lists
from diffapply.planning.scratch_seat import Seat

_DEPENDENTS = (files("diffapply.planning") / "dependents.sql").read_text(encoding="utf-8")

_ROUNDS = 8
"""Rounds of the supplement: each is one layer of objects that stand in each other's way; real
structures need one to three."""


@dataclass(frozen=True, slots=True)
class Convergence:
    """What ran, and what it did not reach.

    Attributes:
        statements: in the order in which they ran.
        remaining: differences that are left; empty when the goal was reached.
        errors: what PostgreSQL said of the statements that would not run.
    """

    statements: tuple[str, ...]
    remaining: tuple[Difference, ...] = ()
    errors: tuple[str, ...] = ()


def converge(seat: Seat, goal: Catalog, first: Sequence[str] = ()) -> Convergence:
    """Lead what stands in the seat to the goal.

    Args:
        first: statements to begin with, such as migra's; the supplement proposes the rest.
    """
    ran, failures = _run_until_stuck(seat, [("", ((statement,),)) for statement in first])
    live = seat.catalog()
    for _ in range(_ROUNDS):
        if live.fingerprint == goal.fingerprint:
            return Convergence(tuple(ran))
        proposals = supplement.propose(live, goal)
        progress, failures = _run_until_stuck(
            seat, [(p.owner, p.options) for p in proposals]
        )
        if failures:
            progress += _clear_the_way(seat, {owner for owner, _ in failures})
        ran += progress
        before, live = live, seat.catalog()
        if live.fingerprint == before.fingerprint:
            break
    remaining = compare(live, goal, fold=False)
    if not remaining:
        return Convergence(tuple(ran))
    return Convergence(tuple(ran), remaining, tuple(_sentence(error) for _, error in failures))


def _run_until_stuck(
    seat: Seat, proposals: Sequence[tuple[str, Options]]
) -> tuple[list[str], list[tuple[str, psycopg2.Error]]]:
    """Run what runs, again and again, until nothing more does.

    Args:
        proposals: pairs of an object's name and the ways to do something with it.

    Returns:
        The statements that ran; and for what did not, the object's name and the first error.
    """
    waiting = [
        (owner, tuple(tuple(map(keep_in_lists, way)) for way in options))
        for owner, options in proposals
        if options
    ]
    everything = [statement for _, options in waiting for statement in options[0]]
    # Mostly the order is right: then one round trip does it all.
    if seat.attempt(everything) is None:
        return everything, []
    ran: list[str] = []
    while True:
        left: list[tuple[str, Options]] = []
        failures: list[tuple[str, psycopg2.Error]] = []
        for owner, options in waiting:
            errors: list[psycopg2.Error] = []
            for way in options:
                error = seat.attempt(way)
                if error is None:
                    ran += way
                    break
                errors.append(error)
            else:
                left.append((owner, options))
                failures.append((owner, errors[0]))
        if len(left) == len(waiting):
            return ran, failures
        waiting = left


def _clear_the_way(seat: Seat, owners: set[str]) -> list[str]:
    """Drop what hangs on these objects and holds no data; the next round creates it again."""
    live = seat.catalog()
    hanging: set[tuple[str, str]] = set()
    with seat.connection.cursor() as cursor:
        for owner in sorted(owners):
            cursor.execute(_DEPENDENTS, {"schema": seat.place.schema, "owner": owner})
            hanging.update(cursor.fetchall())
    drops = [
        (live.facts[key].owner, supplement.drop(live.facts[key], live))
        for key in sorted(hanging)
        if key in live.facts
    ]
    return _run_until_stuck(seat, drops)[0]


def _sentence(error: psycopg2.Error) -> str:
    return (error.diag.message_primary or str(error)).strip()
