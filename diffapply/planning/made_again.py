"""What going back makes again: a run had dropped it, and with it whose it was."""

from collections.abc import Iterable

from diffapply.catalog.model import Catalog
from diffapply.planning.model import Renewed

_OWNED = frozenset(
    {
        *("table", "view", "materialized view", "sequence", "routine", "aggregate"),
        *("enum", "composite type", "domain", "range type", "base type"),
    }
)


def without_rights(source: Catalog, goal: Catalog, anew: Iterable[Renewed]) -> tuple[str, ...]:
    """A sentence on what a way back makes again, where nobody remembers owners and grants.

    Args:
        source: what stands, without owners and grants.
        goal: what stood before, likewise.
        anew: what takes another's place; that keeps what the other has.
    """
    taken = {its.new for its in anew}
    again = [
        f"{fact.kind} {fact.name}"
        for fact in goal.facts.values()
        if fact.kind in _OWNED
        and fact.name == fact.owner
        and fact.key not in source.facts
        and fact.name not in taken
        and ("sequence owner", fact.name) not in goal.facts  # those follow their table
    ]
    if not again:
        return ()
    sentence = (
        f"Made again without the owner and the grants that it had: {', '.join(sorted(again))}. "
        "Only runs with --privileges remember those: grant them anew."
    )
    return (sentence,)
