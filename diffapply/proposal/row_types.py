"""What waits because of row types.

PostgreSQL changes the type of no column of a table, and adds none that is filled, while a column
elsewhere holds rows of it. So a table is changed before such a column comes, and after it has gone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from diffapply.ddl.conversion.conversions import Type
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Column, Composite, Range


def waits_for_rows(fact: Fact, ends: Ends) -> bool:
    """Whether a change is made better when others have been made.

    It brings a row type that is yet to change, or it changes a table whose row type a column loses.

    Args:
        fact: as it is in the goal.
    """
    if any(_is_to_change(table, ends) for table in _rows_gained(fact, ends)):
        return True
    return fact.kind == "column" and fact.object in _rows_lost(ends)


def _rows_gained(fact: Fact, ends: Ends) -> frozenset[str]:
    """The tables whose rows it does not hold yet."""
    stands = fact.key in ends.live.facts
    # A type of which no column is holds nothing.
    if (fact.kind == "table" and stands) or (fact.kind == "composite type" and not stands):
        return frozenset()
    had = _rows_held(ends.live.facts[fact.key], ends.live) if stands else frozenset()
    return _rows_held(fact, ends.goal) - had


@lru_cache(maxsize=16)
def _rows_lost(ends: Ends) -> frozenset[str]:
    """The tables whose rows a column no longer holds in the goal."""
    lost: set[str] = set()
    for fact in ends.live.by_kind.get("column", ()):
        if not ends.keeps(fact.key):
            new = ends.goal.facts.get(fact.key)
            has = _rows_held(new, ends.goal) if new else frozenset()
            lost |= _rows_held(fact, ends.live) - has
    return frozenset(lost)


def _is_to_change(table: str, ends: Ends) -> bool:
    """Whether a table that stands, or a type that it is made of, is not yet as in the goal."""
    return ("table", table) in ends.live.facts and any(
        not ends.keeps(fact.key)
        for name in _within([table], ends.goal)
        for fact in _makers(ends.goal)[name]
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
