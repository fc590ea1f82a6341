"""Runs declared renames in scratch, and finds out which exchanges of names are still to be done."""

from collections.abc import Sequence

from diffapply.catalog.comparison import compare
from diffapply.model.catalog import Catalog
from diffapply.model.plan import Rename
from diffapply.rehearsal.renames import DECLARED, declared, nameless
from diffapply.scratch.sandbox import Sandbox


def rename_declared(
    sandbox: Sandbox, renames: Sequence[Rename], live: Catalog, goal: Catalog
) -> tuple[tuple[str, ...], Catalog]:
    """Run the declared renames that are still to be done.

    Args:
        live: the catalog of the sandbox.
        goal: the goal's catalog.

    Returns:
        The statements that ran, and the sandbox's catalog after them.
    """
    ran: tuple[str, ...] = ()
    for kind in DECLARED:
        to_do = declared(renames, kind, live, goal)
        did = run_each(sandbox, to_do.plain)
        for exchange in to_do.exchanges:
            if _leads_nearer(sandbox, exchange, goal):
                sandbox.run(exchange)
                did += exchange
        if did:
            ran, live = (*ran, *did), sandbox.catalog()
    return ran, live


def run_each(sandbox: Sandbox, statements: Sequence[str]) -> tuple[str, ...]:
    """Run the statements one by one, without those that fail; returns those that ran."""
    return tuple(statement for statement in statements if sandbox.try_run([statement]) is None)


def _leads_nearer(sandbox: Sandbox, statements: Sequence[str], goal: Catalog) -> bool:
    with sandbox.trial():
        without = _distance(sandbox, goal)
    with sandbox.trial():
        return sandbox.try_run(statements) is None and _distance(sandbox, goal) < without


def _distance(sandbox: Sandbox, goal: Catalog) -> tuple[int, int]:
    """How many columns, and how many facts, differ from the goal."""
    run_each(sandbox, nameless(sandbox.catalog(), goal))
    kinds = [its.kind for its in compare(sandbox.catalog(), goal, fold=False)]
    return kinds.count("column"), len(kinds)
