"""Runs changes in scratch under savepoints, in turn or together, and records what ran."""

from collections.abc import Iterable, Sequence

import psycopg2

from diffapply.database.of_values import is_of_values
from diffapply.ddl.statements import Drafts, Retyping, Ways
from diffapply.model.catalog import Ends, FactKey
from diffapply.proposal import from_facts
from diffapply.rehearsal.search.change import Change
from diffapply.rehearsal.search.ran import Ran
from diffapply.scratch.sandbox import Sandbox


class Runner:
    """Runs changes in a sandbox.

    Attributes:
        ran: what ran, in that order.
        done: the facts that these are about.
        used_new_labels: whether one failed because it used a label that is new in this transaction.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.ran: list[Ran] = []
        self.done: set[FactKey] = set()
        self.used_new_labels = False
        self._failed: dict[tuple[str, ...], psycopg2.Error | None] = {}

    def run(self, changes: Iterable[Change]) -> list[Change]:
        """Run proposals again and again until nothing more runs; returns what is left."""
        changes = list(changes)
        waiting = [change for change in changes if change.ways]
        hopeless = [change for change in changes if not change.ways]
        while True:
            left = self._pass(waiting)
            if len(left) in (0, len(waiting)):
                return left + hopeless
            waiting = left

    def _pass(self, changes: list[Change]) -> list[Change]:
        """Run each proposal once; returns what is left.

        Usually all of them run, or all but a few. So they run together, and if that fails, in
        halves. Of a conversion, the first way is never one that has to be tried on values.
        """
        if len(changes) == 1:
            return [] if self._do(changes[0], changes[0].ways) else changes
        together = [draft.sql for change in changes for draft in change.ways[0]]
        if self.sandbox.try_run(together) is None:
            for change in changes:
                self._ran(change, change.ways[0])
            return []
        half = len(changes) // 2
        return self._pass(changes[:half]) + self._pass(changes[half:])

    def resort(self, changes: Iterable[Change]) -> bool:
        """Run the first last resort that works; returns whether there was one.

        Of columns that nothing converts, all are run: none of them waits for another.
        """
        changes = list(changes)
        unconverted = [change for change in changes if change.unconverted]
        if sum(self._do(change, change.resorts) for change in unconverted):
            return True
        others = (change for change in changes if not change.unconverted)
        return any(self._do(change, change.resorts) for change in others)

    def clear(self, keys: Iterable[FactKey], ends: Ends) -> bool:
        """Clear away these facts in this order; returns whether anything was.

        Args:
            ends: from where the sandbox stands.
        """
        facts = [ends.live.facts[key] for key in keys if key in ends.live.facts]
        before = len(self.ran)
        self.run(Change(from_facts.clear(fact, ends), key=fact.key) for fact in facts)
        return len(self.ran) > before

    def _ran(self, change: Change, way: Drafts) -> None:
        self.ran.append(Ran(way, change.key))
        if change.key:
            self.done.add(change.key)

    def _do(self, change: Change, ways: Ways) -> bool:
        errors = []
        for way in ways:
            error = self._fails_always(way) or self.sandbox.try_run([draft.sql for draft in way])
            if error is None:
                self._ran(change, way)
                return True
            errors.append(error)
            self.used_new_labels |= isinstance(error, psycopg2.errors.UnsafeNewEnumValueUsage)
        change.errors = errors or change.errors
        return False

    def _fails_always(self, way: Drafts) -> psycopg2.Error | None:
        """PostgreSQL's error, if the way has a conversion that takes no value."""
        failed = (self._fails(its.trials) for its in way if isinstance(its, Retyping))
        return next(filter(None, failed), None)

    def _fails(self, trials: Sequence[str]) -> psycopg2.Error | None:
        """The first error, if values are tried and each of them fails.

        It is remembered: many columns may have the same types, and all are tried in each round.
        """
        its = tuple(trials)
        if its not in self._failed:
            self._failed[its] = self._each_fails(its)
        return self._failed[its]

    def _each_fails(self, trials: Iterable[str]) -> psycopg2.Error | None:
        errors = []
        for sql in trials:
            with self.sandbox.trial():
                error = self.sandbox.try_run([sql])
            if error is None or not is_of_values(error, of_values_alone=True):
                return None  # it converts, or the value is not the cause
            errors.append(error)
        return errors[0] if errors else None
