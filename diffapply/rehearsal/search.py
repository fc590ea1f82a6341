"""Finds the statements that lead from one structure to another, by trying them in scratch.

Each statement runs under a savepoint. One that fails is tried again after others have run. When
nothing more runs, new statements are proposed for what still differs. The result is what ran, in
that order.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import psycopg2

from diffapply.catalog.comparison import compare
from diffapply.database.advice import advice
from diffapply.ddl import KINDS
from diffapply.ddl.statements import Draft, Options, Way
from diffapply.model.catalog import Catalog, Difference, FactKey
from diffapply.proposal import from_facts
from diffapply.proposal.room import referred_keys_to_go, retyped
from diffapply.proposal.stored import as_stored
from diffapply.proposal.zones import naming_zone
from diffapply.queries import query
from diffapply.scratch.sandbox import Sandbox

_DEPENDENTS = query("rehearsal", "dependents")

_ROUNDS = 16
"""Rounds of proposals, at most: one for each layer of objects that block each other. Real
structures need one to three."""

_KEEP_TYPES = ("view", "materialized view", "rule", "policy", "trigger")
"""Kinds that keep a column that they use from getting another type."""

_IN_THE_WAY = (psycopg2.errors.DependentObjectsStillExist, psycopg2.errors.FeatureNotSupported)
"""Errors if other objects keep a statement from running."""


@dataclass(frozen=True, slots=True)
class Found:
    """What ran, and what still differs.

    Attributes:
        drafts: the statements, in the order in which they ran.
        remaining: differences that are left; empty if the goal was reached.
        errors: PostgreSQL's errors for the statements that failed.
        denied: whether one of them was that the role lacks a right.
    """

    drafts: tuple[Draft, ...]
    remaining: tuple[Difference, ...] = ()
    errors: tuple[str, ...] = ()
    denied: bool = False

    @property
    def statements(self) -> tuple[str, ...]:
        """What ran, as SQL."""
        return tuple(draft.sql for draft in self.drafts)


def search(sandbox: Sandbox, live: Catalog, goal: Catalog, first: Sequence[str] = ()) -> Found:
    """Search for statements that bring the sandbox to the goal.

    Args:
        live: the sandbox's catalog.
        first: statements to begin with, such as migra's; the facts propose the rest.
    """
    sandbox.run(["savepoint beginning"])
    trial = Search(sandbox)
    found = trial.lead(live, goal, first)
    if found.remaining and trial.used_new_labels:
        # A new label cannot be used in the same transaction: so the type is made anew.
        sandbox.run(["rollback to savepoint beginning"])
        enums = {key for key in _changed(live, goal) if key[0] == "enum"}
        found = Search(sandbox, enums).lead(live, goal, ())
    sandbox.run(["release savepoint beginning"])
    return found


def _changed(live: Catalog, goal: Catalog) -> set[FactKey]:
    return {
        key
        for key, fact in goal.facts.items()
        if key in live.facts and live.facts[key].definition != fact.definition
    }


@dataclass
class _Proposal:
    """A change to make, and why it failed so far.

    Attributes:
        ways: ways to make it, best first.
        resorts: further ways, tried if nothing else works.
        key: the fact that it is about; None for a statement from migra.
        errors: PostgreSQL's error for each way, from the last try.
    """

    ways: Options
    resorts: Options = ()
    key: FactKey | None = None
    errors: list[psycopg2.Error] = field(default_factory=list)

    @property
    def in_the_way(self) -> bool:
        """Whether other objects block it."""
        return any(isinstance(error, _IN_THE_WAY) for error in self.errors)

    @property
    def keeps(self) -> bool:
        """Whether its last resorts may lose data."""
        return self.key is not None and KINDS[self.key[0]].holds_data


class Search:
    """Tries statements in a sandbox, and records what ran.

    Args:
        anew: facts to replace even if they could be altered.
    """

    def __init__(self, sandbox: Sandbox, anew: Collection[FactKey] = ()) -> None:
        self._sandbox = sandbox
        self._anew = {*anew}
        self.ran: list[Draft] = []
        self.done: set[FactKey] = set()
        self.used_new_labels = False

    def written(self, statement: str) -> str:
        """The statement in the form in which it runs."""
        return as_stored(statement)

    def standing(self, _goal: Catalog) -> Catalog:
        """The sandbox's catalog, for comparing with the goal."""
        return self._sandbox.catalog()

    def lead(self, live: Catalog, goal: Catalog, first: Sequence[str]) -> Found:
        """Try to reach the goal."""
        stuck: list[_Proposal] = []
        live = self._routines_first(live, goal)
        live = self._room_made(live, goal)
        if first:
            self.run(_Proposal(((Draft(self.written(statement)),),)) for statement in first)
            live = self.standing(goal)
        for _ in range(_ROUNDS):
            if live.fingerprint == goal.fingerprint:
                return Found(tuple(self.ran))
            stuck = self.run(self._proposed(live, goal))
            if self.clear_the_way(stuck):
                # Before the next round creates again what was in the way.
                stuck = self.run(stuck)
                self.resort(step for step in stuck if step.in_the_way and not step.keeps)
            before, live = live, self.standing(goal)
            if live.fingerprint == before.fingerprint:
                if (
                    self.detour(stuck)
                    or self.resort(stuck)
                    or (self.clear_the_way(stuck) and self.resort(stuck))
                ):
                    live = self.standing(goal)
                elif unmoved := _changed(live, goal) - self._anew:
                    self._anew |= unmoved  # they were altered without effect
                else:
                    break
        remaining = compare(live, goal, fold=False)
        errors = (sentence(step.errors[0]) for step in stuck if step.errors)
        denied = any(
            isinstance(error, psycopg2.errors.InsufficientPrivilege)
            for step in stuck
            for error in step.errors
        )
        told = tuple(errors) if remaining else ()
        return Found(tuple(self.ran), remaining, told, denied)

    def _routines_first(self, live: Catalog, goal: Catalog) -> Catalog:
        """Replace routines first, as far as possible, before anything is computed with them.

        PostgreSQL does not know what a body's text calls, so all routines come first.
        """
        changed = {key for key in _changed(live, goal) if key[0] == "routine"}
        if not changed:
            return live
        self.run(step for step in self._proposed(live, goal) if step.key in changed)
        return self.standing(goal) if self.ran else live

    def _room_made(self, live: Catalog, goal: Catalog) -> Catalog:
        """Drop first what will surely be in the way: so it is not altered before."""
        away = False
        if any(live.by_kind.get(kind) for kind in _KEEP_TYPES):
            away |= self._drop_dependents(retyped(live, goal), only=_KEEP_TYPES)
        away |= self._drop_dependents(referred_keys_to_go(live, goal), only=("constraint",))
        return self.standing(goal) if away else live

    def _proposed(self, live: Catalog, goal: Catalog) -> list[_Proposal]:
        steps = []
        for proposal in from_facts.propose(live, goal, self._anew):
            new = proposal.fact
            ways, resorts = (
                tuple(tuple(draft.changed(self.written) for draft in way) for way in options)
                for options in (proposal.options, proposal.resorts)
            )
            named = naming_zone(ways, live.facts.get(new.key), new, self._sandbox.world.zone)
            steps.append(_Proposal(named, resorts, new.key))
        return steps

    def run(self, steps: Iterable[_Proposal]) -> list[_Proposal]:
        """Run proposals again and again until nothing more runs; returns what is left."""
        steps = list(steps)
        waiting = [step for step in steps if step.ways]
        hopeless = [step for step in steps if not step.ways]
        while True:
            left = self._pass(waiting)
            if len(left) in (0, len(waiting)):
                return left + hopeless
            waiting = left

    def _pass(self, steps: list[_Proposal]) -> list[_Proposal]:
        """Run each proposal once; returns what is left.

        Usually all of them run, or all but a few. So they run together, and if that fails, in
        halves.
        """
        if len(steps) == 1:
            return [] if self._do(steps[0], steps[0].ways) else steps
        together = [draft.sql for step in steps for draft in step.ways[0]]
        if self._sandbox.try_run(together) is None:
            for step in steps:
                self._ran(step, step.ways[0])
            return []
        half = len(steps) // 2
        return self._pass(steps[:half]) + self._pass(steps[half:])

    def resort(self, steps: Iterable[_Proposal]) -> bool:
        """Run the first last resort that works; returns whether there was one."""
        return any(self._do(step, step.resorts) for step in steps)

    def detour(self, steps: Iterable[_Proposal]) -> bool:
        """Change columns after dropping indexes and constraints on them.

        These follow a column by themselves, unless their expressions do not fit its new type.
        """
        columns = [step for step in steps if step.ways and step.key and step.key[0] == "column"]
        ran = len(self.ran)
        self._sandbox.run(["savepoint detour"])
        if self.clear_the_way(columns, automatic=True) and len(self.run(columns)) < len(columns):
            self._sandbox.run(["release savepoint detour"])
            return True
        self._sandbox.run(["rollback to savepoint detour", "release savepoint detour"])
        del self.ran[ran:]
        return False

    def clear_the_way(self, steps: Iterable[_Proposal], *, automatic: bool = False) -> bool:
        """Drop objects without data that block a proposal; the next round creates them again.

        Args:
            automatic: whatever the error was, and also objects that follow a column by themselves.

        Returns:
            Whether anything was dropped.
        """
        blocked = [step.key for step in steps if step.key and (automatic or step.in_the_way)]
        return self._drop_dependents(blocked, automatic=automatic)

    def _drop_dependents(
        self, blocked: Sequence[FactKey], *, only: Sequence[str] = (), automatic: bool = False
    ) -> bool:
        """As `clear_the_way`, of facts; `only` objects of these kinds, if that is said."""
        if not blocked:
            return False
        live = self._sandbox.catalog()
        hanging: dict[FactKey, int] = {}
        for kind, name in blocked:
            named = {"schema": self._sandbox.scope.schema, "kind": kind, "name": name}
            found = self._sandbox.rows(_DEPENDENTS, {**named, "automatic": automatic}, inside=True)
            hanging |= {
                (its_kind, its_name): oid
                for its_kind, its_name, oid in found
                if its_kind in only or not only
            }
        # Usually, later objects depend on earlier ones.
        latest_first = sorted(hanging, key=lambda key: (-hanging[key], key))
        facts = [live.facts[key] for key in latest_first if key in live.facts]
        before = len(self.ran)
        self.run(_Proposal(from_facts.drop(fact, live), key=fact.key) for fact in facts)
        return len(self.ran) > before

    def _ran(self, step: _Proposal, way: Way) -> None:
        self.ran += way
        if step.key:
            self.done.add(step.key)

    def _do(self, step: _Proposal, ways: Options) -> bool:
        errors = []
        for way in ways:
            error = self._sandbox.try_run([draft.sql for draft in way])
            if error is None:
                self._ran(step, way)
                return True
            errors.append(error)
            self.used_new_labels |= isinstance(error, psycopg2.errors.UnsafeNewEnumValueUsage)
        step.errors = errors or step.errors
        return False


def sentence(error: psycopg2.Error) -> str:
    """PostgreSQL's error for a statement, and what to do about it."""
    words = (error.diag.message_primary or str(error)).strip()
    return f"{words}. {more}" if (more := advice(error)) else words
