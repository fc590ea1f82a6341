"""Whether a materialized view is filled: that is data. What is filled stays so."""

from collections.abc import Sequence

from diffapply.model.catalog import Catalog
from diffapply.model.plan import Rename


def still_filled(goal: Catalog, live: Catalog, renames: Sequence[Rename]) -> Catalog:
    """The goal, in which the materialized views are filled that are filled now.

    A desired state that is a dump says WITH NO DATA of all of them.

    Args:
        renames: those that lead to the goal.
    """
    old_names = {its.new: its.old for its in renames if its.kind == "materialized view"}

    def is_filled(name: str) -> bool:
        if ("materialized view", name) not in live.facts:
            name = old_names.get(name, name)
        stands = ("materialized view", name) in live.facts
        return stands and ("unpopulated", name) not in live.facts

    empty = goal.by_kind.get("unpopulated", ())
    filled = {fact.key for fact in empty if is_filled(fact.name)}
    if not filled:
        return goal
    facts = (fact for key, fact in goal.facts.items() if key not in filled)
    return Catalog.of(facts, goal.strangers)
