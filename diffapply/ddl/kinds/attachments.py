"""How a table becomes a partition, and what it needs before."""

from collections.abc import Sequence

from diffapply.ddl.kind import Kind, Text, Turn
from diffapply.ddl.kinds.attaching import attach, detach
from diffapply.ddl.kinds.inheritance import add_checks
from diffapply.ddl.kinds.not_null import set_not_null
from diffapply.ddl.risks.losses import drops
from diffapply.ddl.statements import Ways, one, risky
from diffapply.ddl.structure.belonging import its_parent
from diffapply.ddl.structure.derived import is_like_its_table
from diffapply.ddl.structure.keys import alike_indexes
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.values import Partition


def _attach(fact: Fact, goal: Catalog) -> Ways:
    partition = Partition.of(fact)
    if partition.detach_pending:
        return ()  # it is no goal
    attached = attach(fact)
    checks = add_checks(fact.object, [partition.parent], goal)
    not_nulls = [set_not_null(each) for each in goal.parts("not null", fact.object)]
    ways = ((attached,), (*checks, attached), (*not_nulls, *checks, attached))
    rivals = [risky(f"DROP INDEX {name}", drops("index", name)) for name in _rivals(fact, goal)]
    return (*((*rivals, *way) for way in ways if rivals), *ways)


def _rivals(partition: Fact, goal: Catalog) -> list[str]:
    """Its indexes that could take the place of those that are to become part of the parent's.

    PostgreSQL takes what was made first, and that may be either.
    """
    return [
        name
        for names in alike_indexes(partition.name, goal)
        if sum(("index attachment", name) in goal.facts for name in names) == 1
        for name in names
        if ("index", name) in goal.facts and ("index attachment", name) not in goal.facts
    ]


def _detach(fact: Fact, _: Catalog) -> Ways:
    return one(detach(fact))


def _reattach(old: Fact, new: Fact, ends: Ends) -> Ways:
    """Its new bound may overlap the old one of another: then it is detached first."""
    left = _detach(old, ends.live)[0]
    return (*((*left, *way) for way in _attach(new, ends.goal)), left)


def _said_with_table(fact: Fact, goal: Catalog) -> Sequence[FactKey]:
    return (("table", fact.name),) if is_like_its_table(fact.name, goal) else ()


PARTITION = Kind(
    "partition",
    _attach,
    _detach,
    _reattach,
    value=Partition,
    said_with=_said_with_table,
    text=Text.EXPRESSIONS,
    is_action=True,
    turn=Turn.SET,
    ignored_with=its_parent,
)
