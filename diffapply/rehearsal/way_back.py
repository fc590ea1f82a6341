"""Proves that there is a way back, without observing what each statement does.

When it is taken, it is rehearsed like any other transition. Until then, two things count: whether
there is one, and whether rows would close it.
"""

from dataclasses import replace

import psycopg2

from diffapply.model.plan import Statement
from diffapply.rehearsal.candidates import Candidate, Leg
from diffapply.rehearsal.change import sentence
from diffapply.rehearsal.outside import Outside
from diffapply.rehearsal.verify import Verdict, checked, missed
from diffapply.scratch.sandbox import NOT_ITS_FAULT, Sandbox


def reaches(sandbox: Sandbox, leg: Leg, candidate: Candidate, outside: Outside) -> Verdict:
    """Run a candidate once more from the source; its statements have `rows` hazards alone.

    Args:
        outside: what is outside the sandbox, and must not change.

    Raises:
        psycopg2.errors.OutOfMemory, psycopg2.errors.QueryCanceled: as `Sandbox.try_run`.
    """
    candidate = replace(candidate, composed=False)
    proved: list[Statement] = []
    waiting: list[str] = []
    try:
        for sql in candidate.statements:
            if risks := [its for its in candidate.risks(sql) if its.kind == "rows"]:
                sandbox.run(waiting)
                waiting.clear()
                fails = tuple(its for risk in risks for its in checked(sandbox, risk))
                proved.append(Statement(sql, fails))
            else:
                proved.append(Statement(sql))
            waiting.append(sql)
        sandbox.run(waiting)
    except NOT_ITS_FAULT:
        raise
    except psycopg2.Error as error:
        return Verdict(blocked=(f"the rehearsal failed: {sentence(error)}",))
    if blocked := missed(sandbox, leg.goal.catalog, outside):
        return Verdict(blocked=blocked)
    return Verdict(tuple(proved))
