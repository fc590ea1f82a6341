"""The candidate that runs the user's own statements: all of them, in their order.

Those that are there for the rows find all that is new, and all that goes. Where others are among
them, these may say what we would: so they come first, and what they lack is made when it is missed.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import psycopg2

from diffapply.ddl.risk import Risk
from diffapply.ddl.risks.demands import met_by_new, no_nulls
from diffapply.ddl.statements import one
from diffapply.ddl.structure.keys import is_reference
from diffapply.hazards.mending import Mended, after, filled_by, mended_by
from diffapply.model.catalog import Catalog, Ends, FactKey
from diffapply.model.user_statement import UserStatement
from diffapply.proposal.halfway import fills_itself, halfway, with_new_labels
from diffapply.rehearsal.search.candidates import Candidate, Leg
from diffapply.rehearsal.search.change import Change, sentence
from diffapply.rehearsal.search.ran import Ran
from diffapply.rehearsal.search.search import Found, Search, enums_changed
from diffapply.rehearsal.verdict import Verdict
from diffapply.scratch.lacking import UNFOUND
from diffapply.scratch.sandbox import Sandbox
from diffapply.values import Constraint

_MISSED = (*UNFOUND, psycopg2.errors.UndefinedColumn)
"""Errors if something is not there yet."""

_LAYERS = 8
"""Rounds in which what is new is made, at most; it seldom takes more than one."""


_OF_SHAPE = ("22", "42")
"""Classes of errors of statements that are for tenants with another structure: of values and types,
and of what is there or is not."""
_OF_ROLE = "42501"
"""The one among them that says what the role may not do."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why the user's statements do not run.

    Attributes:
        reason: the first that fails, and PostgreSQL's words.
        of_shape: whether it may run in tenants with another structure.
        others_run: whether others of them do here.
    """

    reason: str
    of_shape: bool
    others_run: bool

    def blocking(self, ours: Candidate) -> tuple[str, ...]:
        """Why nothing may be done without them, if that is so.

        Args:
            ours: what would be done.
        """
        failed = f"a statement of --with fails: {self.reason}"
        if self.others_run:
            return failed, "others of them run here, and either all do or none"
        if ours.may_lose:
            return failed, "without them, what they are to keep may be lost"
        return () if self.of_shape else (failed,)

    def told(self, proved: Verdict) -> Verdict:
        """The proof of a way without them, which says so."""
        said = f"no statement of --with runs here: {self.reason}"
        blocked = (*proved.blocked, said) if proved.blocked else ()
        return replace(proved, blocked=blocked, left_out=said)


def by_user(sandbox: Sandbox, leg: Leg, own: Sequence[UserStatement]) -> Candidate | Failed:
    """The way with the user's own statements; on trial."""
    with sandbox.trial():
        begun = leg.begin(sandbox)
        first = _OwnFirst(sandbox, own)

        def is_all(found: Found | Failed) -> bool:
            return isinstance(found, Found) and not found.remaining

        led = sandbox.kept_if(is_all, partial(first.led, begun.ends))
        enums = enums_changed(begun.ends)
        if not is_all(led) and (first.used_new_labels or (enums and isinstance(led, Failed))):
            # A new label cannot be used in the same transaction: so the type is made anew.
            led = _OwnFirst(sandbox, own, enums).led(begun.ends)
        if isinstance(led, Failed):
            return led
        ran = tuple(_mending(led.ran, begun.ends))
        return Candidate(begun.drafts, begun.risked, replace(led, ran=ran))


def _mending(ran: Iterable[Ran], ends: Ends) -> Iterator[Ran]:
    """What ran, each with what it risks behind the statements that change rows."""
    mended: list[Mended] = []
    filled: set[str] = set()
    for its in ran:
        risks = tuple(_told(its, ends, filled))
        told = (
            replace(draft, risks=(*draft.risks, *risks)) if risks else draft for draft in its.way
        )
        way = tuple(after(draft, tuple(mended)) for draft in told)
        for draft in way:
            mended += mended_by(draft)
            filled |= filled_by(draft)
        yield replace(its, way=way)


def _told(its: Ran, ends: Ends, filled: Collection[str]) -> Iterator[Risk]:
    """What else is told: that a new column comes without values, or a new table has rows.

    Args:
        filled: tables that have got rows by then.
    """
    fact = ends.goal.facts.get(its.key) if its.key else None
    if fact is None:
        return
    if fact.kind == "not null" and ("column", fact.name) not in ends.live.facts:
        if not fills_itself(fact.name, ends.goal):
            yield no_nulls(fact.object, fact.part, is_empty=True)
    elif is_reference(fact) and fact.object in filled:
        key = Constraint.of(fact)
        if key.valid and key.enforced and ("table", fact.object) not in ends.live.facts:
            yield met_by_new(fact)


def _toward(goal: Catalog, its: Ran) -> Ran:
    """What ran, with what it risks on the way to another goal."""

    def told(risk: Risk) -> Risk:
        return replace(risk, tell=lambda ends: risk.tell(replace(ends, goal=goal)))

    way = tuple(replace(draft, risks=tuple(map(told, draft.risks))) for draft in its.way)
    return replace(its, way=way)


def _puts_off_checks(live: Catalog) -> bool:
    """Whether rows may be checked at the end of the transaction only."""
    return any(
        "INITIALLY DEFERRED" in fact.definition
        for kind in ("constraint", "trigger")
        for fact in live.by_kind.get(kind, ())
    )


class _OwnFirst(Search):
    """A search with statements of the user's own in it."""

    def __init__(
        self, sandbox: Sandbox, own: Sequence[UserStatement], anew: Collection[FactKey] = ()
    ) -> None:
        super().__init__(sandbox, anew)
        self._own = own

    def led(self, ends: Ends) -> Found | Failed:
        """Run them, and lead to the goal."""
        goal = ends.goal
        for_rows = all(its.changes_rows for its in self._own)
        ends = self.routines_first(ends)
        if self._anew:
            halfway_there = with_new_labels(ends)
            self.go_on(replace(ends, goal=halfway_there))
            self.ran = [_toward(halfway_there, its) for its in self.ran]
            ends = self.standing(goal)
        if for_rows:
            self._make_halfway(goal)
        else:
            self.room_made(ends)
        for number, its in enumerate(self._own):
            if error := self._error(its, goal):
                later = self._own[number + 1 :]
                code = error.pgcode or ""
                return Failed(
                    f"{its.place}: {sentence(error)}",
                    code.startswith(_OF_SHAPE) and code != _OF_ROLE,
                    number > 0 or any(map(self._runs, later)),
                )
        ends = self.standing(goal)
        if _puts_off_checks(ends.live):
            # Else PostgreSQL alters no table with rows that it has yet to check.
            self.run([Change(one("SET CONSTRAINTS ALL IMMEDIATE"))])
        return self.go_on(self.room_made(ends) if for_rows else ends)

    def _error(self, its: UserStatement, goal: Catalog) -> psycopg2.Error | None:
        """Run one of them; PostgreSQL's error, if it fails even if all that is new is there."""
        change = self.given(its.sql)
        if not self.run([change]):
            return None
        if isinstance(change.errors[0], _MISSED):
            self._make_halfway(goal)
            if not self.run([change]):
                return None
        return change.errors[0]

    def _runs(self, its: UserStatement) -> bool:
        """Whether one of them would run by itself."""
        with self.sandbox.trial():
            return self.sandbox.try_run([self.written(its.sql)]) is None

    def _make_halfway(self, goal: Catalog) -> None:
        """Make all that is new, as far as it can be, and nothing stricter."""
        wanted = halfway(self.standing(goal))
        ends = self.standing(wanted)
        for _ in range(_LAYERS):
            self.run(self.proposed(ends))
            before, ends = ends.live, self.standing(wanted)
            if ends.live.fingerprint == before.fingerprint:
                return
