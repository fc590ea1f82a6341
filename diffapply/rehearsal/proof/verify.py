"""Runs a candidate once more: proves that it reaches the goal, and observes each statement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

import psycopg2

from diffapply.catalog.comparison import compare
from diffapply.ddl.statements import Draft, in_users_words
from diffapply.hazards.firing import changes_shared, fires
from diffapply.hazards.observation import Observer
from diffapply.hazards.stale import Stale
from diffapply.model.affected import Effect
from diffapply.model.catalog import Difference
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.listing import few_of
from diffapply.model.statement import Statement
from diffapply.rehearsal.proof.checks import Checks
from diffapply.rehearsal.proof.ground import Ground
from diffapply.rehearsal.proof.touched import identities, touched
from diffapply.rehearsal.search.candidates import Candidate, Placed
from diffapply.rehearsal.search.change import sentence
from diffapply.rehearsal.search.search import Found
from diffapply.rehearsal.verdict import Verdict
from diffapply.renewal.anew import come_and_gone, earlier_names, made_anew, standing
from diffapply.renewal.numbers import Drawn, beginnings, sequences, uncounted
from diffapply.renewal.rights import with_what_is_stated
from diffapply.scratch.sandbox import NOT_ITS_FAULT, Sandbox

_TOGETHER = 128
"""Statements that run together at most, as long as they lock and rewrite nothing."""

_WORTH_IT = 2
"""Fewer are observed one by one."""


def verify(ground: Ground, candidate: Candidate) -> Verdict:
    """Run a candidate once more from the source, and observe each statement.

    If it is proved, the sandbox is at the goal. If not, its transaction may be lost.

    Raises:
        psycopg2.errors.OutOfMemory, psycopg2.errors.QueryCanceled: as `Sandbox.try_run`.
    """
    sandbox, leg = ground.sandbox, ground.leg
    run = _Run(sandbox, candidate)
    stood = sequences(sandbox)
    before = renamed = standing(sandbox)
    known = identities(sandbox)
    first = len(candidate.renamed)
    try:
        run.all(candidate.placed[:first])
        if first:
            renamed = standing(sandbox)
        run.all(candidate.placed[first:])
        drawn = Drawn(candidate.ends.live, candidate.ends.goal, stood, sequences(sandbox))
        for draft in beginnings(drawn, candidate.drafts):
            run.one(Placed(draft, candidate.ends))
        for drawing, risk in uncounted(drawn):
            run.add(risk, drawing)
        run.add_stale()
    except NOT_ITS_FAULT:
        raise
    except psycopg2.Error as error:
        failed = run.draft
        message = f"the rehearsal failed at {failed.sql if failed else ''!r}: {sentence(error)}"
        return Verdict(blocked=(message,), failed=failed)
    proved = run.proved
    if blocked := missed(ground):
        return Verdict(blocked=blocked)
    after = standing(sandbox)
    anew = with_what_is_stated(
        made_anew(before, renamed, after, leg.routines), leg.source.catalog, leg.goal.catalog
    )
    created, dropped = come_and_gone(before, after, anew)
    taken = touched(known, identities(sandbox), candidate.drafts)
    names = {f.object for end in (leg.source, leg.goal) for f in end.catalog.facts.values()}
    moved = earlier_names(before, renamed)
    told = tuple(
        _in_users_words(replace(its, hazards=(*_of_source(its.hazards, candidate, moved),)), names)
        for its in proved
    )
    return Verdict(told, effect=Effect(anew, dropped, created, taken))


def _of_source(
    hazards: Iterable[Hazard], candidate: Candidate, moved: Mapping[str, str]
) -> Iterator[Hazard]:
    """The hazards, with what is dropped by the name that it has where the leg begins.

    What goes from a table whose name another table takes, with the same on it, is not dropped.

    Args:
        moved: relation → its name before the renames, if it had another one.
    """
    for hazard in hazards:
        fact = candidate.ends.live.facts.get(hazard.dropped) if hazard.dropped else None
        if fact is None or fact.object not in moved or not fact.follows_object:
            yield hazard
            continue
        old = moved[fact.object]
        key = (fact.kind, old + fact.name.removeprefix(fact.object))
        if hazard.kind != "drop" or old in moved or key not in candidate.ends.goal.facts:
            yield replace(hazard, dropped=key)


def missed(ground: Ground) -> tuple[str, ...]:
    """Why what has run does not count; nothing if the sandbox is at the goal, and only that."""
    stands = ground.sandbox.catalog(exact=True)
    if remaining := compare(stands, ground.leg.goal.catalog, parts=True):
        return reasons("the rehearsal missed the goal", Found((), remaining))
    if changes := sorted(ground.outside.changes(ground.sandbox)):
        return ("it would change what is not the tenant's", *changes)
    return ()


def _in_users_words(statement: Statement, names: Iterable[str]) -> Statement:
    """The statement with hazards that use the names that users know."""
    return replace(
        statement,
        hazards=tuple(
            replace(its, message=in_users_words(its.message, names)) for its in statement.hazards
        ),
    )


class _Run:
    """Runs a candidate's drafts, and records what each risks, locks and rewrites.

    Attributes:
        proved: the statements that have run.
        draft: what is running, or ran last.
    """

    def __init__(self, sandbox: Sandbox, candidate: Candidate) -> None:
        self._sandbox = sandbox
        self._observer = Observer(sandbox, measure_locks=sandbox.scope.managed is None)
        self._stale = Stale(sandbox, candidate.ends)
        self._checks = Checks(sandbox)
        self.proved: list[Statement] = []
        self.draft: Draft | None = None

    def all(self, placed: Sequence[Placed]) -> None:
        """Run statements of the candidate; together, if none of them has to be observed alone.

        If one of them has to, it is found by halves.
        """
        together, done, noticed = 1, 0, 0
        while done < len(placed):
            size = max(1, (noticed - done) // 2) if noticed > done else together
            chunk = list(takewhile(self._is_plain, placed[done : done + size]))
            if len(chunk) < _WORTH_IT:
                its = self.one(placed[done])
                together, done = 1 if its.hazards or its.locks else 2 * together, done + 1
            elif self._observer.run_unnoticed([its.draft.sql for its in chunk]):
                for passed in chunk:
                    self._checks.ran(passed.draft)
                self.proved += map(self._unnoticed, chunk)
                together, done = 2 * together, done + len(chunk)
            else:
                noticed = done + len(chunk)
            together = min(together, _TOGETHER)

    def one(self, placed: Placed) -> Statement:
        """Run a statement, and observe it."""
        draft = self.draft = placed.draft
        known = tuple(its for risk in placed.risks for its in self._checks.asked(risk))
        self._sandbox.run([draft.sql])
        self._checks.ran(draft)
        self._stale.observe(len(self.proved), draft)
        shared = changes_shared(self._sandbox, draft) if fires(draft) else ()
        observed = self._observer.observe(Statement(draft.sql, (*known, *shared)), placed.locks)
        self.proved.append(observed)
        return observed

    def add(self, risk: Hazard, saying: str) -> None:
        """Add a risk to the last statement that contains this text."""
        for number, statement in reversed([*enumerate(self.proved)]):
            if saying in statement.sql:
                self.proved[number] = _with(risk, statement)
                return

    def add_stale(self) -> None:
        """Add the `stale` hazards, after all statements have run."""
        for number, risk in self._stale.hazards():
            self.proved[number] = _with(risk, self.proved[number])

    def _is_plain(self, placed: Placed) -> bool:
        """Whether nothing has to be asked before or after it."""
        asks = any(its.check or its.code is HazardCode.REWRITES_TABLE for its in placed.risks)
        return not (asks or self._stale.watches(placed.draft) or fires(placed.draft))

    def _unnoticed(self, placed: Placed) -> Statement:
        return self._observer.unnoticed(Statement(placed.draft.sql, placed.risks), placed.locks)


def _with(risk: Hazard, statement: Statement) -> Statement:
    return replace(statement, hazards=(*statement.hazards, risk))


_TOLD = 8
"""Errors, and differences, that reasons tell; the others are counted."""


def reasons(summary: str, found: Found, causes: Sequence[str] = ()) -> tuple[str, ...]:
    """The summary, PostgreSQL's errors, and what therefore still differs after the last trial.

    Args:
        causes: what explains the errors.
    """

    def sentence(difference: Difference) -> str:
        named = f"{difference.change} {difference.kind} {difference.name}"
        if difference.change == "changed":
            return f"{named}: desired {difference.desired!r}, live {difference.live!r}"
        return named

    errors = [f"PostgreSQL: {error}" for error in dict.fromkeys(found.errors)]
    remaining = [sentence(difference) for difference in found.remaining]
    return (
        summary,
        *few_of(errors, _TOLD, "PostgreSQL: and {} more errors"),
        *causes,
        *few_of(remaining, _TOLD, "and {} more differences"),
    )
