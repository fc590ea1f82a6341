"""The candidate that the facts propose, without migra."""

from collections.abc import Sequence

from diffapply.rehearsal.search.candidates import Candidate, Leg
from diffapply.rehearsal.search.search import at_once, search
from diffapply.rehearsal.search.tidying import tidied
from diffapply.scratch.sandbox import Sandbox


def untried(sandbox: Sandbox, leg: Leg) -> Candidate | None:
    """The way that `by_facts` tries first, but not tried; None if it has to be tried."""
    with sandbox.trial():
        begun = leg.begin(sandbox)
        if (found := at_once(sandbox, begun.ends)) is None:
            return None
        return Candidate(begun.drafts, begun.risked, found)


def by_facts(sandbox: Sandbox, leg: Leg, first: Sequence[str] = ()) -> Candidate:
    """The way that the facts propose from where a leg begins; on trial.

    Args:
        first: statements to begin with; then all keep their order.
    """
    with sandbox.trial():
        begun = leg.begin(sandbox)
        found = search(sandbox, begun.ends, first)
        candidate = Candidate(begun.drafts, begun.risked, found)
    return candidate if first else tidied(sandbox, leg, candidate)
