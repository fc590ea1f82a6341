"""Foreign keys where row security is forced: PostgreSQL reads rows to check them, as the owner.

So it refuses to check them while policies might hide rows. For the time of the check they do not
hold for the owner; the table is locked meanwhile.
"""

from collections.abc import Iterable, Iterator

from diffapply.ddl.kinds.new_table import said_with_table
from diffapply.ddl.statements import Ways, drafts
from diffapply.ddl.structure.detaching import references
from diffapply.ddl.structure.partitions import tables_above
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Constraint, ForeignKey


def unforced(ways: Ways, fact: Fact, ends: Ends) -> Ways:
    """Ways to change something; then the same while no policy holds for the owner."""
    forced = ends.live.by_kind.get("forced row security", ())
    if not forced or fact.kind not in ("constraint", "column", "partition", "not null"):
        return ways
    keys = [*_checked(fact, ends.goal)]
    tables = {fact.object, *(name for key in keys for name in _read(key, ends.live))}
    found = [its.name for its in forced if keys and its.name in tables]
    if not found:
        return ways
    off, on = (
        drafts(*(f"ALTER TABLE {name} {word} ROW LEVEL SECURITY" for name in found))
        for word in ("NO FORCE", "FORCE")
    )
    return (*ways, *((*off, *way, *on) for way in ways))


def waits_for_checks(fact: Fact, ends: Ends) -> bool:
    """Whether it is what forces row security on a table of which foreign keys are yet to come."""
    live, goal = ends.live, ends.goal
    return fact.kind == "forced row security" and any(
        key.key not in live.facts
        and not (said_with_table(key, goal) and ("table", key.object) not in live.facts)
        for key in _keys((fact.name, *tables_above(fact.name, goal)), goal)
    )


def _checked(fact: Fact, goal: Catalog) -> Iterator[Fact]:
    """The foreign keys that may be checked when it is changed."""
    if fact.kind != "constraint":
        yield from _keys((fact.object, *tables_above(fact.object, goal)), goal)
    elif isinstance(Constraint.of(fact), ForeignKey):
        yield fact


def _keys(tables: Iterable[str], catalog: Catalog) -> Iterator[Fact]:
    """The foreign keys from and to these tables."""
    for table in tables:
        own = catalog.parts("constraint", table)
        yield from (its for its in own if isinstance(Constraint.of(its), ForeignKey))
        yield from references(table, catalog)


def _read(fact: Fact, catalog: Catalog) -> Iterator[str]:
    """The tables whose rows PostgreSQL reads to check a foreign key."""
    key = Constraint.of(fact)
    ends = {fact.object, key.table} if isinstance(key, ForeignKey) else set[str]()
    yield from ends
    for part in catalog.by_kind.get("partition", ()):
        if ends.intersection(tables_above(part.name, catalog)):
            yield part.name
