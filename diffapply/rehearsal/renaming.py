"""Does declared renames in scratch, and finds out which exchanges of names are yet to be done."""

from collections.abc import Sequence

from diffapply.catalog.comparison import compare
from diffapply.model.catalog import Catalog
from diffapply.model.plan import Rename
from diffapply.rehearsal.renames import KINDS, declared, nameless
from diffapply.scratch.sandbox import Seat


def rename_declared(
    seat: Seat, renames: Sequence[Rename], live: Catalog, goal: Catalog
) -> tuple[tuple[str, ...], Catalog]:
    """Do the declared renames that are yet to be done.

    Args:
        live: what stands in the seat.
        goal: where the renames lead.

    Returns:
        What ran, and what stands then.
    """
    ran: tuple[str, ...] = ()
    for kind in KINDS:
        to_do = declared(renames, kind, live, goal)
        did = run_each(seat, to_do.plain)
        for exchange in to_do.exchanges:
            if _leads_nearer(seat, exchange, goal):
                seat.run(exchange)
                did += exchange
        if did:
            ran, live = (*ran, *did), seat.catalog()
    return ran, live


def run_each(seat: Seat, statements: Sequence[str]) -> tuple[str, ...]:
    """Run each of the statements that can be run; returns those."""
    return tuple(statement for statement in statements if seat.attempt([statement]) is None)


def _leads_nearer(seat: Seat, statements: Sequence[str], goal: Catalog) -> bool:
    with seat.trial():
        without = _distance(seat, goal)
    with seat.trial():
        return seat.attempt(statements) is None and _distance(seat, goal) < without


def _distance(seat: Seat, goal: Catalog) -> tuple[int, int]:
    """How many columns, and how many facts, are not as in the goal; on trial."""
    run_each(seat, nameless(seat.catalog(), goal))
    kinds = [its.kind for its in compare(seat.catalog(), goal, fold=False)]
    return kinds.count("column"), len(kinds)
