"""The way back of tenants with an invalid index, or with a constraint that is switched off.

A failed CREATE INDEX CONCURRENTLY leaves the one, an interrupted restore the other. No statement
makes an index invalid, and only superusers switch a constraint off; nobody wants that back. So the
way back leaves them as they are meanwhile: gone, or in force.
"""

from collections.abc import Iterator

from diffapply.catalog.ignored import without
from diffapply.ddl.structure.partitions import is_partitioned
from diffapply.model.catalog import Catalog, Ends, FactKey
from diffapply.model.plan import Shape


def without_defects(goal: Shape, live: Catalog) -> Shape:
    """The shape to go back to, without the indexes that were invalid and are no more.

    One that has become valid stays so, and so does a constraint that is no longer switched off.

    Args:
        live: where the way back begins.
    """
    ends = Ends(live, goal.catalog)
    invalid, off = {*were_invalid(ends)}, {*were_off(ends)}
    if not invalid | off:
        return goal
    stays = {key for key in invalid if stays_valid(key, ends)}
    goes = {("index", name) for _, name in invalid - stays}
    return Shape(without(goal.catalog, goes | stays | off))


def were_off(ends: Ends) -> Iterator[FactKey]:
    """The constraints of the goal that are no longer switched off: the keys of their states."""
    for fact in ends.goal.by_kind.get("constraint state", ()):
        if fact.key not in ends.live.facts:
            yield fact.key


def were_invalid(ends: Ends) -> Iterator[FactKey]:
    """Those of the goal that are no more: the keys of their invalidity.

    That of a partitioned table is as valid as what is attached to it, and can be made again.
    """
    for fact in ends.goal.by_kind.get("index validity", ()):
        if fact.key not in ends.live.facts and not is_partitioned(fact.object, ends.goal):
            yield fact.key


def stays_valid(key: FactKey, ends: Ends) -> bool:
    """Whether the index itself is there as it was, and so is valid."""
    return ends.keeps(("index", key[1]))
