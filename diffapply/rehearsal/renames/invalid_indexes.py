"""The way back of tenants with an invalid index, as a failed CREATE INDEX CONCURRENTLY leaves it.

No statement makes an index invalid, and nobody wants one back. So the way back leaves it as it is
meanwhile: gone, or valid.
"""

from collections.abc import Iterator

from diffapply.catalog.ignored import without
from diffapply.ddl.structure.partitions import is_partitioned
from diffapply.model.catalog import Catalog, Ends, FactKey
from diffapply.model.plan import Shape


def without_invalid_indexes(goal: Shape, live: Catalog) -> Shape:
    """The shape to go back to, without the indexes that were invalid and are no more.

    One that has become valid stays so.

    Args:
        live: where the way back begins.
    """
    ends = Ends(live, goal.catalog)
    invalid = {*were_invalid(ends)}
    if not invalid:
        return goal
    stays = {key for key in invalid if stays_valid(key, ends)}
    goes = {("index", name) for _, name in invalid - stays}
    return Shape(without(goal.catalog, goes | stays))


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
