"""The candidate that the facts propose, without migra."""

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


def by_facts(sandbox: Sandbox, leg: Leg) -> Candidate:
    """The way that the facts propose from where a leg begins; on trial."""
    with sandbox.trial():
        begun = leg.begin(sandbox)
        found = search(sandbox, begun.ends)
        candidate = Candidate(begun.drafts, begun.risked, found)
    return tidied(sandbox, leg, candidate)
