"""The order of settings, such as storage parameters: PostgreSQL keeps it, and it means nothing."""

from dataclasses import fields, replace

from diffapply.ddl.kinds import KINDS
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import (
    Constraint,
    ForeignOptions,
    Index,
    NamedOptions,
    Parameters,
    Value,
    View,
)

SETTINGS = (NamedOptions, ForeignOptions, Parameters)
"""Values that are settings, and nothing else."""
_HAVING = (*SETTINGS, Constraint, Index, View)
"""Values that are settings, or have some."""


def in_order_as_now(ends: Ends) -> Catalog:
    """The goal, in which settings that are the same ones are in the order that they have now."""
    same = {
        fact.key: replace(fact, definition=had.definition)
        for fact in ends.goal.facts.values()
        if issubclass(KINDS[fact.kind].value, _HAVING)
        and (had := ends.live.facts.get(fact.key))
        and had.definition != fact.definition
        and _sorted(had) == _sorted(fact)
    }
    if not same:
        return ends.goal
    return Catalog.of(
        (same.get(key, its) for key, its in ends.goal.facts.items()), ends.goal.strangers
    )


def _sorted(fact: Fact) -> Value:
    return _in_order(KINDS[fact.kind].value.of(fact))


def _in_order(value: Value) -> Value:
    if isinstance(value, SETTINGS):
        return replace(value, settings=tuple(sorted(value.settings)))
    parts = ((its.name, getattr(value, its.name)) for its in fields(value))
    return replace(value, **{name: _in_order(it) for name, it in parts if isinstance(it, Value)})
