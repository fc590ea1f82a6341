"""What waits because of row types.

PostgreSQL changes the type of no column of a table, and adds none that is filled, while a column
elsewhere holds rows of it. So a table is changed before such a column comes, and after it has gone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from diffapply.ddl.conversion.conversions import Type
from diffapply.model.catalog import Catalog, Fact
from diffapply.values import Column, Composite, Range


def waits_for_rows(fact: Fact, live: Catalog, goal: Catalog) -> bool:
    """Whether a change is made better when others have been made.

    It brings a row type that is yet to change, or it changes a table whose row type a column loses.

    Args:
        fact: as it is in the goal.
    """
    if any(_is_to_change(table, live, goal) for table in _rows_gained(fact, live, goal)):
        return True
    return fact.kind == "column" and fact.object in _rows_lost(live, goal)


def _rows_gained(fact: Fact, live: Catalog, goal: Catalog) -> frozenset[str]:
    """The tables whose rows it does not hold yet."""
    stands = fact.key in live.facts
    # A type of which no column is holds nothing.
    if (fact.kind == "table" and stands) or (fact.kind == "composite type" and not stands):
        return frozenset()
    had = _rows_held(live.facts[fact.key], live) if stands else frozenset()
    return _rows_held(fact, goal) - had


@lru_cache(maxsize=16)
def _rows_lost(live: Catalog, goal: Catalog) -> frozenset[str]:
    """The tables whose rows a column no longer holds in the goal."""
    lost: set[str] = set()
    for fact in live.by_kind.get("column", ()):
        new = goal.facts.get(fact.key)
        if new is None or new.definition != fact.definition:
            lost |= _rows_held(fact, live) - (_rows_held(new, goal) if new else frozenset())
    return frozenset(lost)


def _is_to_change(table: str, live: Catalog, goal: Catalog) -> bool:
    """Whether a table that stands, or a type that it is made of, is not yet as in the goal."""
    return ("table", table) in live.facts and any(
        fact.key not in live.facts or live.facts[fact.key].definition != fact.definition
        for name in _within([table], goal)
        for fact in _makers(goal)[name]
    )


def _rows_held(fact: Fact, catalog: Catalog) -> frozenset[str]:
    """The tables whose rows a column, a table or a composite type holds."""
    if fact.kind not in ("column", "table", "composite type"):
        return frozenset()
    names = _types(fact) if fact.kind == "column" else [fact.name]
    return frozenset(its for its in _within(names, catalog) if ("table", its) in catalog.facts)


def _within(names: Iterable[str], catalog: Catalog) -> set[str]:
    """The types of the tenant's own among these, and those that they are made of."""
    makers, found = _makers(catalog), set[str]()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name in makers and name not in found:
            found.add(name)
            waiting += (its for fact in makers[name] for its in _types(fact))
    return found


@lru_cache(maxsize=16)
def _makers(catalog: Catalog) -> Mapping[str, Sequence[Fact]]:
    """Type, or table → the facts that say what it is made of."""
    made: dict[str, Sequence[Fact]] = {}
    for kind in ("enum", "domain", "composite type", "range type"):
        for fact in catalog.by_kind.get(kind, ()):
            made[fact.name] = [fact]
            if kind == "range type":
                made[Range.of(fact).multirange] = [fact]
    tables = catalog.by_kind.get("table", ())
    return made | {fact.name: catalog.parts("column", fact.name) for fact in tables}


def _types(fact: Fact) -> Iterator[str]:
    """The types that a fact names."""
    match fact.kind:
        case "column" | "domain":
            yield Type.of(Column.of(fact).type).base
        case "composite type":
            for said in Composite.of(fact).by_name.values():
                yield Type.of(said.partition(" COLLATE ")[0]).base
        case "range type":
            yield Type.of(Range.of(fact).subtype).base
