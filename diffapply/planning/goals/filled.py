"""Whether a materialized view is filled: that is data. What is filled stays so."""

from collections.abc import Collection, Sequence

from diffapply.model.catalog import Catalog, Ends
from diffapply.model.rename import Rename
from diffapply.values.grammar import words


def still_filled(ends: Ends, renames: Sequence[Rename]) -> Catalog:
    """The goal, in which the materialized views are filled that are filled now.

    A desired state that is a dump says WITH NO DATA of all of them.

    Args:
        renames: those that lead to the goal.
    """
    old_names = {its.new: its.old for its in renames if its.kind == "materialized view"}

    def is_filled(name: str) -> bool:
        if ("materialized view", name) not in ends.live.facts:
            name = old_names.get(name, name)
        stands = ("materialized view", name) in ends.live.facts
        return stands and ("unpopulated", name) not in ends.live.facts

    empty = {fact.name for fact in ends.goal.by_kind.get("unpopulated", ())}
    filled = {name for name in empty if is_filled(name)}
    if not filled:
        return ends.goal
    new = {its for its in empty - filled if ("materialized view", its) not in ends.live.facts}
    filled |= new & _read_by(filled, ends.goal)
    facts = (
        fact
        for fact in ends.goal.facts.values()
        if fact.kind != "unpopulated" or fact.name not in filled
    )
    return Catalog.of(facts, ends.goal.strangers)


def _read_by(views: Collection[str], catalog: Catalog) -> set[str]:
    """What these views read, and what that reads: it must be filled before them."""
    read: set[str] = set()
    left = [*views]
    while left:
        view = left.pop()
        facts = (catalog.facts.get((kind, view)) for kind in ("view", "materialized view"))
        more = {word for fact in facts if fact for word in words(fact.definition)} - read
        read |= more
        left += more
    return read
