"""Finds the statements that lead from one structure to another, by trying them in scratch.

Statements run each under a savepoint; one that fails is put off and tried again when others have
run. When nothing more runs, what still differs is proposed anew. What ran, in the order in which
it ran, is the result.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

import psycopg2

from diffapply.catalog.comparison import compare
from diffapply.catalog.model import Catalog, Difference, FactKey
from diffapply.planning import supplement
from diffapply.planning.ddl import Options
from diffapply.planning.proposal_rewrite import keep_in_lists
from diffapply.planning.scratch_seat import Seat

_DEPENDENTS = (files("diffapply.planning") / "dependents.sql").read_text(encoding="utf-8")

_ROUNDS = 16
"""Rounds of the supplement: each is one layer of objects that stand in each other's way; real
structures need one to three."""

_IN_THE_WAY = (psycopg2.errors.DependentObjectsStillExist, psycopg2.errors.FeatureNotSupported)
"""What PostgreSQL says when other objects keep a statement from running."""


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


def converge(
    seat: Seat,
    goal: Catalog,
    first: Sequence[str] = (),
    anew: Collection[FactKey] = frozenset(),
) -> Convergence:
    """Lead what stands in the seat to the goal.

    Args:
        first: statements to begin with, such as migra's; the supplement proposes the rest.
        anew: what is to be replaced even where it could be altered.
    """
    attempt = _Attempt(seat)
    attempt.run(_Step(((keep_in_lists(statement),),)) for statement in first)
    replaced = {*anew}
    live = seat.catalog()
    for _ in range(_ROUNDS):
        if live.fingerprint == goal.fingerprint:
            return Convergence(tuple(attempt.ran))
        proposals = supplement.propose(live, goal, replaced)
        stuck = attempt.run(_Step.of(proposal) for proposal in proposals)
        if attempt.clear_the_way(stuck):
            # Before the next round creates again what was in the way.
            stuck = attempt.run(stuck)
        before, live = live, seat.catalog()
        if live.fingerprint == before.fingerprint:
            if attempt.resort(stuck) or (attempt.clear_the_way(stuck) and attempt.resort(stuck)):
                live = seat.catalog()
            elif unmoved := _changed(live, goal) - replaced:
                replaced |= unmoved  # it was altered, but to no effect
            else:
                break
    remaining = compare(live, goal, fold=False)
    if not remaining:
        return Convergence(tuple(attempt.ran))
    errors = (_sentence(step.errors[0]) for step in stuck if step.errors)
    return Convergence(tuple(attempt.ran), remaining, tuple(errors))


def _changed(live: Catalog, goal: Catalog) -> set[FactKey]:
    return {
        key
        for key, fact in goal.facts.items()
        if key in live.facts and live.facts[key].definition != fact.definition
    }


@dataclass
class _Step:
    """One thing to do, and why it could not be done so far.

    Attributes:
        ways: to do it, best first.
        resorts: further ways, for when nothing else gets any further.
        key: the fact it is about; None for a statement of migra's.
        errors: what PostgreSQL said of each way when it was tried last.
    """

    ways: Options
    resorts: Options = ()
    key: FactKey | None = None
    errors: list[psycopg2.Error] = field(default_factory=list)

    @classmethod
    def of(cls, proposal: supplement.Proposal) -> "_Step":
        return cls(_kept(proposal.options), _kept(proposal.resorts), proposal.fact.key)


def _kept(options: Options) -> Options:
    return tuple(tuple(map(keep_in_lists, way)) for way in options)


class _Attempt:
    """What is tried in a seat, and what ran."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self.ran: list[str] = []

    def run(self, steps: Iterable[_Step]) -> list[_Step]:
        """Do what can be done, again and again, until nothing more can; returns what is left."""
        steps = list(steps)
        waiting = [step for step in steps if step.ways]
        hopeless = [step for step in steps if not step.ways]
        everything = [statement for step in waiting for statement in step.ways[0]]
        # Mostly the order is right: then one round trip does it all.
        if self._seat.attempt(everything) is None:
            self.ran += everything
            return hopeless
        while True:
            left = [step for step in waiting if not self._do(step, step.ways)]
            if len(left) == len(waiting):
                return left + hopeless
            waiting = left

    def resort(self, steps: Iterable[_Step]) -> bool:
        """Do the first thing that can be done by its last resort."""
        return any(self._do(step, step.resorts) for step in steps)

    def clear_the_way(self, steps: Iterable[_Step]) -> bool:
        """Drop what is in the way and holds no data; the next round creates it again.

        Returns:
            Whether anything was dropped.
        """
        blocked = [
            step.key
            for step in steps
            if step.key and any(isinstance(error, _IN_THE_WAY) for error in step.errors)
        ]
        if not blocked:
            return False
        live = self._seat.catalog()
        hanging: set[FactKey] = set()
        for kind, name in blocked:
            named = {"schema": self._seat.place.schema, "kind": kind, "name": name}
            hanging.update(self._seat.rows(_DEPENDENTS, named))
        facts = [live.facts[key] for key in sorted(hanging) if key in live.facts]
        before = len(self.ran)
        self.run(_Step(supplement.drop(fact, live), key=fact.key) for fact in facts)
        return len(self.ran) > before

    def _do(self, step: _Step, ways: Options) -> bool:
        errors = []
        for way in ways:
            error = self._seat.attempt(way)
            if error is None:
                self.ran += way
                return True
            errors.append(error)
        step.errors = errors or step.errors
        return False


def _sentence(error: psycopg2.Error) -> str:
    return (error.diag.message_primary or str(error)).strip()
