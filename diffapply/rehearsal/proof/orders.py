"""Improves a candidate, as far as the result can be proved.

Changes of one table are one statement, routines are created once, shared tables are locked last.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import compress
from operator import not_

from diffapply.ddl.statements import Drafts, Joined
from diffapply.ddl.structure.keys import undetermined
from diffapply.rehearsal.proof.ground import Ground
from diffapply.rehearsal.proof.verify import verify
from diffapply.rehearsal.search.by_facts import untried
from diffapply.rehearsal.search.candidates import Candidate
from diffapply.rehearsal.verdict import Verdict, is_proved
from diffapply.scratch.sandbox import Sandbox

_TABLES_APART = 8
"""Tables whose actions stay apart, at most; if there are more, those of all do."""


Prove = Callable[[Ground, Candidate], Verdict]
"""Proves a candidate, such as `verify`."""


def prove_untried(ground: Ground, prove: Prove) -> Verdict | None:
    """The proof of what the facts propose, which is seldom worth a trial; None if it fails."""
    candidate = untried(ground.sandbox, ground.leg)
    if candidate is None or candidate.may_be_improved:
        return None
    if undetermined(candidate.drafts, ground.leg.source.catalog):
        return None
    proved = ground.sandbox.kept_if(is_proved, partial(prove, ground, candidate))
    return proved if is_proved(proved) else None


def prove_composed(ground: Ground, candidate: Candidate) -> Verdict:
    """`prove_without_repeats`, with changes of one table as one statement if that is proved.

    PostgreSQL cannot do everything in one statement; where it fails, this table's stay apart.
    """
    apart: frozenset[str] = frozenset()
    for _ in range(_TABLES_APART):
        composed = replace(candidate, apart=apart)
        trying = partial(prove_without_repeats, ground, composed)
        proved = ground.sandbox.kept_if(is_proved, trying)
        if is_proved(proved):
            return proved
        if not isinstance(proved.failed, Joined):
            break
        apart |= {proved.failed.head}
    loose = replace(candidate, composed=False)
    if loose.drafts == composed.drafts:
        return proved
    return prove_without_repeats(ground, loose)


def prove_in_order(ground: Ground, candidate: Candidate) -> Verdict:
    """`verify` in the order in which it was found: another one might change rows differently.

    Changes of one table are one statement if that is proved.
    """
    proved = ground.sandbox.kept_if(is_proved, partial(verify, ground, candidate))
    loose = replace(candidate, composed=False)
    if is_proved(proved) or loose.drafts == candidate.drafts:
        return proved
    return verify(ground, loose)


def prove_without_repeats(ground: Ground, candidate: Candidate) -> Verdict:
    """`prove_shared_last`, with each routine created only once, if that can be proved.

    Routines are replaced before anything is computed with them, so the first time counts. If one of
    their types is made anew, only the last time works; then all are kept.
    """
    drafts = candidate.drafts
    for once in (_once(drafts), _once(drafts[::-1])[::-1]):
        if once == drafts:
            break
        ordered = replace(candidate, ordered=once)
        trying = partial(prove_shared_last, ground, ordered)
        proved = ground.sandbox.kept_if(is_proved, trying)
        if is_proved(proved):
            return proved
    return prove_shared_last(ground, candidate)


def _once(drafts: Drafts) -> Drafts:
    """The drafts, with only the first of those that create the same routine."""
    made: set[str] = set()
    once = []
    for draft in drafts:
        text = draft.sql.strip()
        if text not in made:
            once.append(draft)
        if draft.makes_routine:
            made.add(text)
    return tuple(once)


def prove_shared_last(ground: Ground, candidate: Candidate) -> Verdict:
    """`verify`, in an order in which shared tables are locked last, if that can be proved.

    Every tenant holds these locks until the end of its transaction. So builds, scans, rewrites and
    waits should come before.
    """

    def is_best(its: Verdict) -> bool:
        return is_proved(its) and not _after_shared(its)

    def is_better(its: Verdict) -> bool:
        return is_proved(its) and _after_shared(its) < _after_shared(proved)

    proved = ground.sandbox.kept_if(is_best, partial(verify, ground, candidate))
    if not is_proved(proved) or is_best(proved):
        return proved
    # Without the statements that advance sequences, which `verify` adds again.
    ordered = _shared_last(ground.sandbox, candidate.drafts, proved)
    reordered = replace(candidate, ordered=ordered)
    other = ground.sandbox.kept_if(is_better, partial(verify, ground, reordered))
    return other if is_better(other) else verify(ground, candidate)


def _after_shared(proved: Verdict) -> int:
    """How many statements after the first shared lock take none themselves."""
    outside = [statement.locks_outside for statement in proved.statements]
    return outside[outside.index(True) :].count(False) if any(outside) else 0


def _shared_last(sandbox: Sandbox, drafts: Drafts, proved: Verdict) -> Drafts:
    """The drafts in such an order, except those that only run after the ones that lock."""
    locking = [its.locks_outside for its in proved.statements[: len(drafts)]]
    own = [draft for draft, locks in zip(drafts, locking, strict=True) if not locks]
    with sandbox.trial():
        failing = [sandbox.try_run([draft.sql]) is not None for draft in own]
    before = compress(own, map(not_, failing))
    return (*before, *compress(drafts, locking), *compress(own, failing))
