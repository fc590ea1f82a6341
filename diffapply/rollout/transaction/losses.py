"""What a tenant would lose by a statement, asked just before it would run."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import psycopg2

from diffapply.database.advice import reason
from diffapply.database.of_values import is_of_values
from diffapply.model.consent import Consent
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.listing import ranges
from diffapply.model.statement import Statement
from diffapply.planning.unmanaged import could_be_left
from diffapply.rollout.explanation import for_rows, naming, noting
from diffapply.rollout.transaction.gate import Gate
from diffapply.rollout.transaction.job import Job

_TOLD = 3
"""Losses that an error tells."""

_EVENT_TRIGGERS = (
    "select exists (select from pg_catalog.pg_event_trigger"
    " where evtenabled operator(pg_catalog.<>) 'D')"
)


def refusal_of(work: Gate, job: Job, number: int) -> str:
    """Why a statement is not run: it needs consent that was not given; empty if it needs none.

    Args:
        number: of the statement; those before it have run.
    """
    statements, consent = job.transition.statements, job.terms.consent
    statement = statements[number - 1]
    asked = _asking(statement, consent)
    if not asked:
        return ""
    work.send()  # else an error of what comes before would be told as this one's
    told = naming(number, len(statements), statement.sql)
    with noting(f"when asked what is lost by {told}"):
        losses = [(number, lost) for its in asked if (lost := _lost(work, its))]
    if not losses:
        return ""
    failure = _failure(work, statement, job.written(statement))
    losses += _further_losses(work, statements, number, consent)
    helps = for_rows(failure, job.transition) if failure else ""
    return _why_refused(losses, failure, helps, job.terms.plan.unspoken)


def _asking(statement: Statement, consent: Consent) -> list[Hazard]:
    return [hazard for hazard in statement.hazards if consent.lacks(hazard)]


def _why_refused(
    losses: Sequence[tuple[int, Hazard]],
    failure: psycopg2.Error | None,
    helps: str,
    unspoken: Sequence[str],
) -> str:
    """What would be lost, statement by statement, and what to do.

    Args:
        failure: see `_failure`; of the first of the statements.
        helps: what helps then.
        unspoken: see `Terms`.
    """
    data, dropped = (
        _told([(number, its) for number, its in losses if (its.kind == "data") is is_data])
        for is_data in (True, False)
    )
    told = [
        *([f"Data would be lost: {data}."] if data else ()),
        *([f"Something would be dropped for good: {dropped}."] if dropped else ()),
    ]
    if failure:
        fails = (
            f"statement {losses[0][0]} fails on rows that are there (PostgreSQL: {reason(failure)})"
        )
        return f"{' '.join(told)} Nothing was done. To allow it would not do, as {fails}: {helps}."
    codes = dict.fromkeys(hazard.code.name for _, hazard in losses)
    allowing = "--allow-destructive or " + " ".join(f"--allow {code}" for code in codes)
    drops = [hazard for _, hazard in losses if hazard.kind != "data"]
    ways = 'ignore, or manage = "declared"' if could_be_left(drops, unspoken) else "ignore"
    others = f"declare it, leave it alone ({ways}), or " if dropped else ""
    return f"{' '.join(told)} Nothing was done; {others}allow it with {allowing}."


def _told(losses: Sequence[tuple[int, Hazard]]) -> str:
    """Statement by statement; of many the first, tables before all, and the others' numbers."""
    if len(losses) <= _TOLD + 1:
        return "; ".join(f"statement {number} {hazard.message}" for number, hazard in losses)
    worst = sorted(losses, key=lambda its: its[1].code is not HazardCode.DROPS_TABLE)
    first, others = worst[:_TOLD], worst[_TOLD:]
    numbers = ranges(sorted({number for number, _ in others}))
    more = f"and {len(others)} more in statements {numbers}, as `diffapply plan` shows them"
    return "; ".join([*(f"statement {number} {its.message}" for number, its in first), more])


def _lost(work: Gate, hazard: Hazard) -> Hazard | None:
    """The hazard if the statement would lose something; asked under the lock that it takes.

    A value of which PostgreSQL cannot say what comes back does not come back. It says why.
    """
    if not hazard.check:
        return hazard
    work.run("savepoint asked")
    if hazard.lock:
        work.run(f"lock table {hazard.lock} in access exclusive mode")
    try:
        [(loses,)] = work.ask(hazard.check)
    except psycopg2.Error as error:
        if not is_of_values(error, of_values_alone=True):
            raise
        work.run("rollback to savepoint asked")
        work.send()
        return replace(hazard, message=f"{hazard.message} (PostgreSQL: {reason(error)})")
    work.run("release savepoint asked")
    return None if loses is False else hazard


def _failure(work: Gate, statement: Statement, written: str) -> psycopg2.Error | None:
    """Why a statement fails on rows, although it were allowed to lose something; None if not.

    It is tried where values may not be had in another type: what is asked cannot tell, as it does
    not convert them in just the way of the statement.
    """
    if not any(
        its.kind == "rows" or its.code is HazardCode.DROPS_LABEL for its in statement.hazards
    ):
        return None
    why = None
    work.run("savepoint tried", written)
    try:
        work.send()
    except psycopg2.Error as error:
        why = error if is_of_values(error, of_values_alone=True) else None
    work.run("rollback to savepoint tried")
    work.send()
    if why is not None and not is_of_values(why) and work.ask(_EVENT_TRIGGERS) == [(True,)]:
        return None  # one of these may have said it
    return why


def _further_losses(
    work: Gate, statements: Sequence[Statement], after: int, consent: Consent
) -> Iterator[tuple[int, Hazard]]:
    """What else would be lost, as far as known without running the earlier statements."""
    later = enumerate(statements[after:], after + 1)
    for number, hazard in ((number, its) for number, one in later for its in _asking(one, consent)):
        work.run("savepoint further")
        work.send()
        try:
            if lost := _lost(work, hazard):
                yield number, lost
        except psycopg2.Error:
            work.run("rollback to savepoint further")
            work.send()
