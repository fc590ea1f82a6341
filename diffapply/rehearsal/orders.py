"""Improves a candidate, as far as the result can be proved.

Changes of one table are one statement, routines are created once, shared tables are locked last.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from diffapply.model.plan import Statement
from diffapply.rehearsal.candidates import Candidate, Leg
from diffapply.rehearsal.outside import Outside
from diffapply.rehearsal.renaming import run_each
from diffapply.rehearsal.verify import Verdict, is_proved, verify
from diffapply.scratch.sandbox import Sandbox

_TABLES_APART = 8
"""Tables whose actions stay apart, at most; if there are more, those of all do."""


def prove_composed(sandbox: Sandbox, leg: Leg, candidate: Candidate, outside: Outside) -> Verdict:
    """`prove_without_repeats`, with changes of one table as one statement if that is proved.

    PostgreSQL cannot do everything in one statement; where it fails, this table's stay apart.
    """
    apart: frozenset[str] = frozenset()
    for _ in range(_TABLES_APART):
        composed = replace(candidate, apart=apart)
        trying = partial(prove_without_repeats, sandbox, leg, composed, outside)
        proved = sandbox.kept_if(is_proved, trying)
        if is_proved(proved):
            return proved
        head = composed.head_of(proved.failed)
        if head is None:
            break
        apart |= {head}
    loose = replace(candidate, composed=False)
    if loose.statements == composed.statements:
        return proved
    return prove_without_repeats(sandbox, leg, loose, outside)


_MAKES = ("CREATE OR REPLACE FUNCTION ", "CREATE OR REPLACE PROCEDURE ")


def prove_without_repeats(
    sandbox: Sandbox, leg: Leg, candidate: Candidate, outside: Outside
) -> Verdict:
    """`prove_shared_last`, with each routine created only once, if that can be proved.

    Routines are replaced before anything is computed with them, so the first time counts. If one of
    their types is made anew, only the last time works; then all are kept.
    """
    statements = candidate.statements
    for once in (_once(statements), _once(statements[::-1])[::-1]):
        if once == statements:
            break
        ordered = replace(candidate, ordered=once)
        trying = partial(prove_shared_last, sandbox, leg, ordered, outside)
        proved = sandbox.kept_if(is_proved, trying)
        if is_proved(proved):
            return proved
    return prove_shared_last(sandbox, leg, candidate, outside)


def _once(statements: Sequence[str]) -> tuple[str, ...]:
    """The statements, with only the first of those that create the same routine."""
    made: set[str] = set()
    once = []
    for statement in statements:
        text = statement.strip()
        if text not in made:
            once.append(statement)
        if text.startswith(_MAKES):
            made.add(text)
    return tuple(once)


def prove_shared_last(
    sandbox: Sandbox, leg: Leg, candidate: Candidate, outside: Outside
) -> Verdict:
    """`verify`, in an order in which shared tables are locked last, if that can be proved.

    Every tenant holds these locks until the end of its transaction. So builds, scans, rewrites and
    waits should come before.
    """

    def is_best(its: Verdict) -> bool:
        return is_proved(its) and not _after_shared(its)

    def is_better(its: Verdict) -> bool:
        return is_proved(its) and _after_shared(its) < _after_shared(proved)

    proved = sandbox.kept_if(is_best, partial(verify, sandbox, leg, candidate, outside))
    if not is_proved(proved) or is_best(proved):
        return proved
    # Without the statements that advance sequences, which `verify` adds again.
    ordered = _shared_last(sandbox, proved.statements[: len(candidate.statements)])
    reordered = replace(candidate, ordered=ordered)
    other = sandbox.kept_if(is_better, partial(verify, sandbox, leg, reordered, outside))
    return other if is_better(other) else verify(sandbox, leg, candidate, outside)


def _after_shared(proved: Verdict) -> int:
    """How many statements after the first shared lock take none themselves."""
    outside = [statement.locks_outside for statement in proved.statements]
    return outside[outside.index(True) :].count(False) if any(outside) else 0


def _shared_last(sandbox: Sandbox, statements: Sequence[Statement]) -> tuple[str, ...]:
    """The statements in such an order, except those that only run after the ones that lock."""
    own = [its.sql for its in statements if not its.locks_outside]
    with sandbox.trial():
        before = run_each(sandbox, own)
    waiting = deque(before)
    behind = [sql for sql in own if not (waiting and waiting[0] == sql and waiting.popleft())]
    return (*before, *(its.sql for its in statements if its.locks_outside), *behind)
