"""Leaves out what a search did in vain, and gathers what it did to a table in several turns."""

from collections.abc import Sequence
from dataclasses import replace

from diffapply.model.catalog import Ends
from diffapply.rehearsal.search.candidates import Candidate, Leg
from diffapply.rehearsal.search.change import Change
from diffapply.rehearsal.search.ran import Ran, gathered, is_gathered, needed
from diffapply.rehearsal.search.running import Runner
from diffapply.rehearsal.search.search import Found
from diffapply.rehearsal.search.sparing import spared
from diffapply.scratch.sandbox import Sandbox
from diffapply.values import Column


def tidied(sandbox: Sandbox, leg: Leg, candidate: Candidate) -> Candidate:
    """The candidate with the changes that it needs, if they reach its goal, too; on trial.

    Where it computes values, all that stands there stays as it is: the code that does may use
    whatever is dropped and created again, and scratch has no rows to show that. So nothing but what
    is made and dropped in between is left out.
    """
    found, ends = candidate.found.ran, candidate.ends
    if candidate.remaining:
        return candidate
    computing = any(_computes(one, ends) for one in found)
    left = needed(found, ends.live, computing=computing)
    less = spared(left, ends, in_turn=computing)
    if less == found and (computing or is_gathered(less)):
        return candidate
    orders = dict.fromkeys(
        tried for its in (less, left) for tried in (*_gathered(its, computing=computing), its)
    )
    # The first that works is taken, so better ones come first; the search's own is the last resort.
    for tried in orders:
        with sandbox.trial():
            leg.begin(sandbox)
            runner = Runner(sandbox)
            runner.run(Change((one.way,), key=one.key) for one in tried)
            in_turn = not computing or tuple(runner.ran) == tried
            if in_turn and sandbox.catalog().fingerprint == ends.goal.fingerprint:
                return replace(candidate, found=Found(tuple(runner.ran)))
    return candidate


def _gathered(changes: Sequence[Ran], *, computing: bool) -> list[tuple[Ran, ...]]:
    """Orders in which each table's new types come together, the better one first."""
    if computing:
        return []
    orders = (gathered(changes), gathered(changes, late=True))
    return sorted(orders, key=is_gathered, reverse=True)


def _computes(one: Ran, ends: Ends) -> bool:
    """Whether it may call functions to fill a column; it counts if that is not known."""
    if one.key is None:
        return True
    column = ends.goal.facts.get(one.key) if one.key[0] == "column" else None
    if column is None:
        return False
    if not one.alters_column or Column.of(column).generated:
        return True
    default = ends.goal.facts.get(("default", column.name))
    return column.key not in ends.live.facts and default is not None and "(" in default.definition
