"""Runs a candidate once more: that it arrives, what each statement risks, what it takes along."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import psycopg2

from diffapply.catalog.comparison import compare
from diffapply.ddl.statements import in_users_words
from diffapply.hazards.observation import Observer
from diffapply.hazards.sequences import without_values
from diffapply.hazards.stale import Stale
from diffapply.hazards.statements import data_hazards
from diffapply.model.catalog import Difference
from diffapply.model.hazards import Hazard
from diffapply.model.plan import Owned, Renewed, Statement, Touched
from diffapply.rehearsal.candidates import Candidate, Leg
from diffapply.rehearsal.outside import Outside
from diffapply.rehearsal.search import Found, sentence
from diffapply.rehearsal.touched import identities, touched
from diffapply.renewal.anew import come_and_gone, made_anew, standing
from diffapply.renewal.numbers import Drawn, beginnings, sequences, uncounted
from diffapply.renewal.rights import with_what_is_stated
from diffapply.scratch.sandbox import Sandbox


@dataclass(frozen=True)
class Verdict:
    """What leads from one structure to another, or why nothing does.

    Attributes:
        statements: proved by running them; empty when blocked.
        blocked: reasons, empty when proved.
        anew: what the statements make anew; what they drop and create, see `Transition`.
        touched: what they take from those outside of a tenant who may hang on it.
        alone: whether they were proved with nothing behind the tenant on the search path.
    """

    statements: tuple[Statement, ...] = ()
    blocked: tuple[str, ...] = ()
    anew: tuple[Renewed, ...] = ()
    dropped: tuple[Owned, ...] = ()
    created: tuple[Owned, ...] = ()
    touched: tuple[Touched, ...] = ()
    alone: bool = False


def verify(sandbox: Sandbox, leg: Leg, candidate: Candidate, outside: Outside) -> Verdict:
    """Run an candidate once more from where its leg begins, and observe each statement.

    When it is proved, the sandbox stands at the goal. When not, its transaction may be lost.

    Args:
        outside: what stands beside the sandbox, and has to stay.
    """
    observer = Observer(sandbox, measure_locks=sandbox.scope.managed is None)
    stood = sequences(sandbox)
    stale = Stale(sandbox, candidate.before, leg.goal.catalog)
    before = renamed = standing(sandbox)
    known = identities(sandbox)
    proved: list[Statement] = []

    def prove(sql: str, hazards: Iterable[Hazard]) -> None:
        checked = tuple(its for hazard in hazards for its in _checked(sandbox, hazard))
        sandbox.run([sql])
        stale.observe(len(proved), sql)
        proved.append(observer.observe(Statement(sql, checked)))

    sql = ""
    try:
        for sql in candidate.statements:
            prove(sql, candidate.risks(sql))
            if len(proved) == len(candidate.renamed):
                renamed = standing(sandbox)
        drawn = Drawn(candidate.before, leg.goal.catalog, stood, sequences(sandbox))
        for sql, risks in beginnings(drawn, candidate.statements):
            prove(sql, (*data_hazards(sql, candidate.before), *risks))
        for drawing, risk in uncounted(drawn):
            _add(risk, drawing, proved)
        for number, risk in stale.hazards():
            proved[number] = _with(risk, proved[number])
    except psycopg2.Error as error:
        return Verdict(blocked=(f"the rehearsal failed at {sql!r}: {sentence(error)}",))
    remaining = compare(sandbox.catalog(), leg.goal.catalog, fold=False)
    if remaining:
        return Verdict(blocked=reasons("the rehearsal missed the goal", Found((), remaining)))
    if changes := sorted(outside.changes(sandbox)):
        return Verdict(blocked=("it would change what is not the tenant's", *changes))
    after = standing(sandbox)
    anew = with_what_is_stated(
        made_anew(before, renamed, after, leg.routines), leg.source.catalog, leg.goal.catalog
    )
    created, dropped = come_and_gone(before, after, anew)
    taken = touched(known, identities(sandbox), [statement.sql for statement in proved])
    names = {f.object for end in (leg.source, leg.goal) for f in end.catalog.facts.values()}
    told = tuple(_in_users_words(its, names) for its in proved)
    return Verdict(told, anew=anew, dropped=dropped, created=created, touched=taken)


def _in_users_words(statement: Statement, names: Iterable[str]) -> Statement:
    """The statement, whose hazards name what users know."""
    return replace(
        statement,
        hazards=tuple(
            replace(its, message=in_users_words(its.message, names)) for its in statement.hazards
        ),
    )


def _add(risk: Hazard, saying: str, proved: list[Statement]) -> None:
    """Put a risk where it arises: to the last statement that says this."""
    for number, statement in reversed([*enumerate(proved)]):
        if saying in statement.sql:
            proved[number] = _with(risk, statement)
            return


def _with(risk: Hazard, statement: Statement) -> Statement:
    return replace(statement, hazards=(*statement.hazards, risk))


def _checked(sandbox: Sandbox, hazard: Hazard) -> Iterator[Hazard]:
    """The hazard, without its check if that cannot run: then the data counts as lost.

    What fails where there are rows is tried: it is none if that does not fail.
    """
    if hazard.kind == "rows" and hazard.check:
        with sandbox.trial():
            fails = sandbox.try_run([hazard.check]) is not None
        if fails:
            yield replace(hazard, check="")
        return
    for check in (hazard.check, without_values(hazard.check)):
        if check and sandbox.try_run([check]) is None:
            yield replace(hazard, check=check)
            return
    yield replace(hazard, check="")


def reasons(summary: str, found: Found) -> tuple[str, ...]:
    """The summary, then each remaining difference, then what PostgreSQL said."""

    def sentence(difference: Difference) -> str:
        named = f"{difference.change} {difference.kind} {difference.name}"
        if difference.change == "changed":
            return f"{named}: desired {difference.desired!r}, live {difference.live!r}"
        return named

    return (
        summary,
        *(sentence(difference) for difference in found.remaining),
        *(f"PostgreSQL: {error}" for error in dict.fromkeys(found.errors)),
    )
