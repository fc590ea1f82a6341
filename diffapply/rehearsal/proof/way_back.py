"""Proves that there is a way back, without observing what each statement does.

When it is taken, it is rehearsed like any other transition. Until then, two things count: whether
there is one, and whether rows would close it.
"""

from collections.abc import Iterator
from dataclasses import replace

import psycopg2

from diffapply.ddl.statements import Draft
from diffapply.model.catalog import Fact
from diffapply.model.hazards import HazardCode
from diffapply.model.statement import Statement
from diffapply.rehearsal.proof.checks import Checks
from diffapply.rehearsal.proof.ground import Ground
from diffapply.rehearsal.proof.verify import missed
from diffapply.rehearsal.search.candidates import Candidate
from diffapply.rehearsal.search.change import sentence
from diffapply.rehearsal.verdict import Verdict
from diffapply.scratch.sandbox import NOT_ITS_FAULT
from diffapply.values import Column


def reaches(ground: Ground, candidate: Candidate) -> Verdict:
    """Run a candidate once more from the source; its statements have few hazards.

    Those are `rows`, and that columns are dropped which both structures have.

    Raises:
        psycopg2.errors.OutOfMemory, psycopg2.errors.QueryCanceled: as `Sandbox.try_run`.
    """
    sandbox, candidate = ground.sandbox, replace(candidate, composed=False)
    proved: list[Statement] = []
    waiting: list[str] = []
    checks = Checks(sandbox)
    lossy = {*_dropping_values(candidate)}
    try:
        for one in candidate.placed:
            draft = one.draft
            lost = (HazardCode.DROPS_COLUMN,) if draft in lossy else ()
            if risks := [its for its in one.risks if its.kind == "rows" or its.code in lost]:
                if not checks.knows(risks):
                    sandbox.run(waiting)
                    waiting.clear()
                fails = tuple(its for risk in risks for its in checks.asked(risk))
                proved.append(Statement(draft.sql, fails))
            else:
                proved.append(Statement(draft.sql))
            waiting.append(draft.sql)
            checks.ran(draft)
        sandbox.run(waiting)
    except NOT_ITS_FAULT:
        raise
    except psycopg2.Error as error:
        return Verdict(blocked=(f"the rehearsal failed: {sentence(error)}",))
    if blocked := missed(ground):
        return Verdict(blocked=blocked)
    return Verdict(tuple(proved))


def _dropping_values(candidate: Candidate) -> Iterator[Draft]:
    """What drops a column to add it with another type, as nothing converts it."""
    for change in candidate.found.ran:
        had, wants = candidate.ends.both(change.key) if change.key else (None, None)
        if had and wants and _has_values(had) and _has_values(wants):
            yield from change.way


def _has_values(fact: Fact) -> bool:
    return fact.kind == "column" and not Column.of(fact).kept
