"""Runs declared renames in scratch, and finds out which exchanges of names are still to be done."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import ne

from diffapply.catalog.comparison import compare
from diffapply.ddl.statements import Draft, Drafts
from diffapply.model.catalog import Catalog, Ends
from diffapply.model.rename import Rename
from diffapply.rehearsal.renames.declared import DECLARED, declared
from diffapply.rehearsal.renames.freely import nameless
from diffapply.scratch.sandbox import Sandbox
from diffapply.values import Enum


def rename_declared(sandbox: Sandbox, renames: Sequence[Rename], ends: Ends) -> tuple[Drafts, Ends]:
    """Run the declared renames that are still to be done.

    Args:
        ends: from where the sandbox stands.

    Returns:
        What ran, and the ends after that.
    """
    ran: Drafts = ()
    for kind in DECLARED:
        to_do = declared(renames, kind, ends)
        did = run_each(sandbox, to_do.plain)
        for exchange in to_do.exchanges:
            if _leads_nearer(sandbox, exchange, ends.goal):
                sandbox.run([draft.sql for draft in exchange])
                did += exchange
        if did:
            ran, ends = (*ran, *did), replace(ends, live=sandbox.catalog())
    return ran, ends


def run_each(sandbox: Sandbox, drafts: Iterable[Draft]) -> Drafts:
    """Run the drafts one by one, without those that fail; returns those that ran."""
    return tuple(draft for draft in drafts if sandbox.try_run([draft.sql]) is None)


def _leads_nearer(sandbox: Sandbox, exchange: Drafts, goal: Catalog) -> bool:
    with sandbox.trial():
        without = _distance(sandbox, goal)
    with sandbox.trial():
        failed = sandbox.try_run([draft.sql for draft in exchange])
        return failed is None and _distance(sandbox, goal) < without


def _distance(sandbox: Sandbox, goal: Catalog) -> tuple[int, int, int]:
    """How many columns, how many facts, and how many places of labels differ from the goal."""
    run_each(sandbox, nameless(Ends(sandbox.catalog(), goal)))
    catalog = sandbox.catalog()
    kinds = [its.kind for its in compare(catalog, goal, parts=True)]
    return kinds.count("column"), len(kinds), _misplaced(catalog, goal)


def _misplaced(catalog: Catalog, goal: Catalog) -> int:
    """How many labels that both have are not in the order of the goal."""
    found = 0
    for fact in catalog.by_kind.get("enum", ()):
        if wanted := goal.facts.get(fact.key):
            one, other = Enum.of(fact).labels, Enum.of(wanted).labels
            kept = [label for label in one if label in other]
            ordered = [label for label in other if label in one]
            found += sum(map(ne, kept, ordered))
    return found
