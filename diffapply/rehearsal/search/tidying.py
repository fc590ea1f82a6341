"""Leaves out what a search did in vain, and gathers what it did to a table in several turns."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from diffapply.model.catalog import Ends, FactKey
from diffapply.rehearsal.search.candidates import Candidate, Leg
from diffapply.rehearsal.search.change import Change
from diffapply.rehearsal.search.gathering import cost, gathered, in_one, is_gathered
from diffapply.rehearsal.search.own_code import OwnCode
from diffapply.rehearsal.search.ran import Ran, needed
from diffapply.rehearsal.search.running import Runner
from diffapply.rehearsal.search.search import Found
from diffapply.rehearsal.search.sparing import spared
from diffapply.scratch.sandbox import Sandbox
from diffapply.values import Column

_Order = tuple[Ran, ...]


def tidied(sandbox: Sandbox, leg: Leg, candidate: Candidate) -> Candidate:
    """The candidate with the changes that it needs, if they reach its goal, too; on trial.

    Where code of users computes values, all that stands there stays as it is: the code may use
    whatever is dropped and created again, and scratch has no rows to show that. So nothing but what
    is made and dropped in between is left out.
    """
    found, ends = candidate.found.ran, candidate.ends
    if candidate.remaining:
        return candidate
    code, drafts = OwnCode.of(sandbox, ends), candidate.found.drafts
    calling = code.may_run(drafts, ends)
    computing = calling and any(_computes(one, ends) for one in found)
    left = needed(found, ends.live, computing=computing, calling=calling)
    less = spared(left, ends, in_turn=computing)
    # The first that works is taken, so better ones come first; the search's own is the last resort.
    meanwhile = calling and code.may_run(drafts, ends, _indexes_anew(found))
    orders = [] if meanwhile else [*_in_one(less, ends)]
    if less != left and is_gathered(less):
        orders.append(less)
    for its in (less, left):
        if its == found and (computing or is_gathered(its)):
            break
        orders += (*_gathered(its, computing=computing), its)
    for tried in dict.fromkeys(orders):
        with sandbox.trial():
            leg.begin(sandbox)
            runner = Runner(sandbox)
            runner.run(Change((one.way,), key=one.key) for one in tried)
            in_turn = not computing or tuple(runner.ran) == tried
            if in_turn and sandbox.catalog().fingerprint == ends.goal.fingerprint:
                return replace(candidate, found=Found(tuple(runner.ran)))
    return candidate


def _in_one(changes: _Order, ends: Ends) -> Iterator[_Order]:
    """Orders in which more of a table is done in one statement, the best ones first."""
    orders = (
        in_one(changes, ends, late=late, foreign_keys=foreign_keys)
        for foreign_keys, late in product((True, False), (False, True))
    )
    costs = {order: cost(order, ends) for order in orders}
    had = cost(changes, ends)
    return (order for order in sorted(costs, key=costs.__getitem__) if costs[order] < had)


def _indexes_anew(changes: _Order) -> set[FactKey]:
    """The indexes that go first and are built last, where more is done in one statement."""
    return {its.key for its in changes if its.key and its.key[0] == "index" and its.drops}


def _gathered(changes: Sequence[Ran], *, computing: bool) -> list[_Order]:
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
