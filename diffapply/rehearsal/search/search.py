"""Finds the statements that lead from one structure to another, by trying them in scratch.

Statements run under savepoints. One that fails is tried again after others have run. When nothing
more runs, new statements are proposed for what still differs. The result is all statements that
ran, in that order.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from diffapply.catalog.comparison import compare
from diffapply.ddl.kinds import KINDS
from diffapply.ddl.kinds.forcing import unforced
from diffapply.ddl.statements import Drafts
from diffapply.ddl.structure.detaching import references_to_free, remade, waits_for_partitions
from diffapply.hazards.given import given
from diffapply.model.catalog import Catalog, Difference, Ends, FactKey
from diffapply.proposal import from_facts
from diffapply.proposal.room import (
    indexes_to_change,
    references_to_change,
    referred_keys_to_go,
    retyped,
)
from diffapply.proposal.stored import as_stored
from diffapply.proposal.zones import naming_zone
from diffapply.rehearsal.search.change import Change, dependents, sentence
from diffapply.rehearsal.search.detour import detour
from diffapply.rehearsal.search.ran import Ran
from diffapply.rehearsal.search.running import Runner
from diffapply.rehearsal.search.torn import altering, torn
from diffapply.scratch.sandbox import Sandbox
from diffapply.values import Column

_ROUNDS = 16
"""Rounds of proposals, at most: one for each layer of objects that block each other. Real
structures need one to three. A column that comes without its default takes one, and so does its
default."""

_KEEP_TYPES = tuple(kind.name for kind in KINDS.values() if kind.keeps_types)
"""Kinds that keep a column that they use from getting another type; computed columns do so, too."""


@dataclass(frozen=True, slots=True)
class Found:
    """What ran, and what still differs.

    Attributes:
        ran: the changes, in the order in which they ran.
        remaining: differences that are left; empty if the goal was reached.
        errors: PostgreSQL's errors for the statements that failed.
        denied: whether one of them was that the role lacks a right.
        unfound: whether one of them was that something is not there.
    """

    ran: tuple[Ran, ...]
    remaining: tuple[Difference, ...] = ()
    errors: tuple[str, ...] = ()
    denied: bool = False
    unfound: bool = False

    @property
    def drafts(self) -> Drafts:
        """The statements."""
        return tuple(draft for one in self.ran for draft in one.way)

    @property
    def statements(self) -> tuple[str, ...]:
        """What ran, as SQL."""
        return tuple(draft.sql for draft in self.drafts)


def search(sandbox: Sandbox, ends: Ends, first: Sequence[str] = ()) -> Found:
    """Search for statements that bring the sandbox to the goal.

    Args:
        ends: from where the sandbox stands.
        first: statements to begin with, such as migra's; the facts propose the rest.
    """
    trial = Search(sandbox)

    def is_all(found: Found) -> bool:
        return not (found.remaining and trial.used_new_labels)

    found = sandbox.kept_if(is_all, partial(trial.lead, ends, first))
    if is_all(found):
        return found
    # A new label cannot be used in the same transaction: so the type is made anew.
    return Search(sandbox, enums_changed(ends)).lead(ends, ())


def enums_changed(ends: Ends) -> set[FactKey]:
    """The enums that get other labels."""
    return {key for key in _changed(ends) if key[0] == "enum"}


def at_once(sandbox: Sandbox, ends: Ends) -> Found | None:
    """What `search` would run first, without trying it; usually that reaches the goal.

    Returns:
        None if something has to be done before, or cannot be done without trying.
    """
    trial = Search(sandbox)
    if _changed_routines(ends) or trial.in_the_way(ends):
        return None
    proposed = trial.proposed(ends)
    if not all(change.ways for change in proposed):
        return None
    return Found(tuple(Ran(change.ways[0], change.key) for change in proposed))


def _changed_routines(ends: Ends) -> set[FactKey]:
    return {key for key in _changed(ends) if key[0] == "routine"}


def _changed(ends: Ends) -> set[FactKey]:
    return {*filter(ends.changes, ends.goal.facts)}


def _new_defaults(ends: Ends) -> int:
    """How many columns may have to come to their tables without their defaults."""
    return sum(
        fact.key not in ends.live.facts and ("table", fact.object) in ends.live.facts
        for fact in ends.goal.by_kind.get("default", ())
    )


class Search(Runner):
    """Finds out which changes lead to the goal.

    Args:
        anew: facts to replace even if they could be altered.
    """

    def __init__(self, sandbox: Sandbox, anew: Collection[FactKey] = ()) -> None:
        super().__init__(sandbox)
        self._anew = {*anew}

    def written(self, statement: str) -> str:
        """The statement in the form in which it runs."""
        return as_stored(statement)

    def standing(self, goal: Catalog) -> Ends:
        """From where the sandbox stands, to the goal."""
        return Ends(self.sandbox.catalog(), goal)

    def lead(self, ends: Ends, first: Sequence[str]) -> Found:
        """Try to reach the goal."""
        ends = self.room_made(self.routines_first(ends))
        if first:
            self.run(map(self.given, first))
            ends = self.standing(ends.goal)
        return self.go_on(ends)

    def given(self, statement: str) -> Change:
        """A statement that others wrote, as a change."""
        return Change(((given(self.written(statement)),),))

    def go_on(self, ends: Ends) -> Found:
        """Propose and try, until the goal is reached or nothing helps."""
        goal = ends.goal
        stuck: list[Change] = []
        for _ in range(_ROUNDS + 2 * _new_defaults(ends)):
            if ends.live.fingerprint == goal.fingerprint:
                return Found(tuple(self.ran))
            if self.clear(references_to_free(ends), ends):
                ends = self.standing(goal)
            stuck = self._run_proposed(ends)
            if self.clear_the_way(stuck, goal):
                # Before the next round creates again what was in the way.
                stuck = self._again(stuck, goal)
                self.resort(change for change in stuck if change.in_the_way and not change.keeps)
            before, ends = ends.live, self.standing(goal)
            if ends.live.fingerprint == before.fingerprint:
                if (
                    detour(self, stuck, goal)
                    or self.resort(stuck)
                    or (self.clear_the_way(stuck, goal) and self.resort(stuck))
                ):
                    ends = self.standing(goal)
                elif unmoved := _changed(ends) - self._anew:
                    self._anew |= unmoved  # they were altered without effect
                else:
                    break
        remaining = compare(ends.live, goal, parts=True)
        errors = (sentence(change.errors[0]) for change in stuck if change.errors)
        told = tuple(errors) if remaining else ()
        denied = any(change.denied for change in stuck)
        unfound = any(change.unfound for change in stuck)
        return Found(tuple(self.ran), remaining, told, denied, unfound)

    def routines_first(self, ends: Ends) -> Ends:
        """Replace routines first, as far as possible, before anything is computed with them.

        PostgreSQL does not know what a body's text calls, so all routines come first.
        """
        changed = _changed_routines(ends)
        if not changed:
            return ends
        self.run(change for change in self.proposed(ends) if change.key in changed)
        return self.standing(ends.goal) if self.ran else ends

    def room_made(self, ends: Ends) -> Ends:
        """Clear away first what will surely be in the way, so that nothing is altered in vain.

        So partitioned tables that are made anew come first, too.
        """
        if self.clear(self.in_the_way(ends), ends):
            ends = self.standing(ends.goal)
        if keys := torn(self.sandbox, ends):
            proposed = self.proposed(ends)
            for table, own in groupby(keys, lambda fact: fact.object):
                self.clear((fact.key for fact in own), ends)
                self.run(altering(table, proposed, ends))
            ends = self.standing(ends.goal)
        if not (tables := {*remade(ends)}):
            return ends
        self.clear(dependents(self.sandbox, tables), ends)
        ends = self.standing(ends.goal)
        for change in self.proposed(ends):
            if change.key in tables:
                self.resort([change])
        return self.standing(ends.goal)

    def in_the_way(self, ends: Ends) -> list[FactKey]:
        """What will surely be in the way, last first."""
        hanging: list[FactKey] = []
        if columns := retyped(ends):
            keeping = [kind for kind in _KEEP_TYPES if ends.live.by_kind.get(kind)]
            if any(Column.of(fact).kept for fact in ends.live.by_kind.get("column", ())):
                keeping.append("column")
            if keeping:
                hanging += dependents(self.sandbox, columns, keeping)
            hanging += (*indexes_to_change(ends, columns), *references_to_change(ends))
        keys = referred_keys_to_go(ends)
        hanging += dependents(self.sandbox, keys, ("constraint",))
        return hanging + references_to_free(ends)

    def proposed(self, ends: Ends) -> list[Change]:
        """What the facts propose, in the order in which it is tried."""
        changes = []
        for proposal in from_facts.propose(ends, self._anew):
            new = proposal.fact
            ways, resorts = (
                tuple(tuple(draft.changed(self.written) for draft in way) for way in options)
                for options in (proposal.options, proposal.resorts)
            )
            named = naming_zone(ways, ends.live.facts.get(new.key), new, self.sandbox.world.zone)
            changes.append(Change(unforced(named, new, ends), resorts, new.key))
        return changes

    def _again(self, changes: Iterable[Change], goal: Catalog) -> list[Change]:
        """Run what is proposed now for the facts of changes; returns what is left."""
        keys = {change.key for change in changes}
        proposed = self.proposed(self.standing(goal))
        return self.run(change for change in proposed if change.key in keys)

    def _run_proposed(self, ends: Ends) -> list[Change]:
        """Run what the facts propose; returns what is left.

        What reads the rows of partitions comes last, once all of these are attached.
        """
        changes = self.proposed(ends)
        last = {its.key for its in changes if waits_for_partitions(its.key, ends)}
        stuck = self.run(its for its in changes if its.key not in last)
        if not last:
            return stuck
        ends = self.standing(ends.goal)
        attached = {key for key in last if not waits_for_partitions(key, ends)}
        return stuck + self.run(its for its in changes if its.key in attached)

    def clear_the_way(self, changes: Iterable[Change], goal: Catalog) -> bool:
        """Drop objects without data that block a proposal; the next round creates them again.

        Returns:
            Whether anything was cleared away.
        """
        blocked = (change.key for change in changes if change.key and change.in_the_way)
        hanging = dependents(self.sandbox, blocked)
        return bool(hanging) and self.clear(hanging, self.standing(goal))
