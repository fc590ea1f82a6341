"""The second proposer: statements made from the facts themselves.

It expresses whatever the table of kinds expresses, so it proposes what migra cannot see, and it
rebuilds a whole structure when there is nothing yet.
"""

from collections.abc import Collection
from dataclasses import dataclass

from diffapply.catalog.kinds import RANK
from diffapply.ddl import DDL, Options
from diffapply.ddl.tables import key_changes
from diffapply.model.catalog import Catalog, Fact, FactKey

_IN_LINE = frozenset({"inherits", "column", "default", "not null", "identity"})
_IN_LINE_WITH_COLUMN = _IN_LINE - {"inherits", "column"}
_STANDS_ALONE = frozenset(
    {
        *("table", "view", "materialized view", "sequence", "routine", "aggregate"),
        *("enum", "composite type", "domain", "range type", "base type", "collation"),
        *("operator", "operator family", "operator class", "conversion"),
        *("text search configuration", "text search dictionary"),
    }
)
_WITH_COLUMN = _IN_LINE_WITH_COLUMN | {
    "column storage",
    "column compression",
    "column statistics",
    "column options",
    "foreign column options",
}
_WITH_INDEX = frozenset({"index validity", "index statistics", "tablespace", "storage parameters"})
# What hangs on other objects goes first, so that it is not in the way; what others hang on
# goes last.
_GOES_FIRST = RANK["constraint"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Ways to bring one fact to what it should be.

    Attributes:
        options: best first.
        resorts: further ways, for when nothing else gets any further.
    """

    fact: Fact
    options: Options
    resorts: Options = ()


def propose(
    live: Catalog, goal: Catalog, anew: Collection[FactKey] = frozenset()
) -> list[Proposal]:
    """What would lead from one catalog to the other, in an order that mostly works.

    Args:
        anew: facts that are replaced even where they could be altered.
    """
    first: list[Proposal] = []
    last: list[Proposal] = []
    for fact in sorted(live.facts.values(), key=_rank, reverse=True):
        if fact.key not in goal.facts and not _goes_with_its_owner(fact, live, goal):
            proposals = first if RANK[fact.kind] >= _GOES_FIRST else last
            kind = DDL[fact.kind]
            resorts = kind.uproot(fact, live) if kind.uproot else ()
            proposals.append(Proposal(fact, kind.remove(fact, goal, live), resorts))
    middle: list[Proposal] = []
    # A table before its partitions: its names for what is NOT NULL are theirs as well, and the one
    # that PostgreSQL gives by itself would be another one if theirs were there.
    for fact in sorted(
        goal.facts.values(),
        key=lambda f: (RANK[f.kind], ("partition", f.name) in goal.facts, _rank(f)),
    ):
        old = live.facts.get(fact.key)
        if old is None:
            if not _comes_with_its_owner(fact, live):
                kind = DDL[fact.kind]
                resorts = kind.room(fact, goal, live)
                middle.append(Proposal(fact, kind.make(fact, goal, live), resorts))
        elif old.definition != fact.definition or (
            fact.kind == "table" and key_changes(old, goal, live)
        ):
            middle.append(_change(old, live, goal, anew))
    return first + middle + last


def _change(old: Fact, live: Catalog, goal: Catalog, anew: Collection[FactKey]) -> Proposal:
    kind, new = DDL[old.kind], goal.facts[old.key]
    resorts = kind.last_resort(old, new, goal, live)
    if new.key in anew:
        return Proposal(new, () if kind.keep else kind.again(old, new, goal, live), resorts)
    return Proposal(new, kind.change(old, new, goal, live), resorts)


def drop(fact: Fact, live: Catalog) -> Options:
    """How this fact is dropped."""
    return DDL[fact.kind].drop(fact, live)


def _rank(fact: Fact) -> tuple[int, int, str]:
    return RANK[fact.kind], fact.position, fact.name


def _goes_with_its_owner(fact: Fact, live: Catalog, goal: Catalog) -> bool:
    def dropped(kind: str, name: str) -> bool:
        return (kind, name) in live.facts and (kind, name) not in goal.facts

    if fact.kind in _WITH_COLUMN and dropped("column", fact.name):
        return True
    if fact.kind in _WITH_INDEX:
        index = fact.name.rpartition(".")[0] if fact.kind == "index statistics" else fact.name
        if dropped("index", index) or dropped("constraint", f"{fact.object}.{index}"):
            return True
    return any(
        dropped(kind, fact.object) for kind in _STANDS_ALONE if (kind, fact.object) != fact.key
    )


def _comes_with_its_owner(fact: Fact, live: Catalog) -> bool:
    if fact.kind in _IN_LINE_WITH_COLUMN and ("column", fact.name) not in live.facts:
        return ("view", fact.object) not in live.facts
    return fact.kind in _IN_LINE and ("table", fact.object) not in live.facts
