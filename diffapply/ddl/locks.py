"""Which tables a statement locks by itself, and how: as PostgreSQL documents it.

A rehearsal sees only the locks that the statements before did not take already. So what is told of
a statement is the stronger of both.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from re import Match

from diffapply.ddl.structure.ancestry import parents_of
from diffapply.ddl.structure.detaching import references
from diffapply.ddl.structure.partitions import default_of
from diffapply.ddl.table_statements import (
    CREATES_INDEX,
    CREATES_TABLE,
    ActionKind,
    TableAlteration,
    table_alteration,
)
from diffapply.model.catalog import Catalog, Fact
from diffapply.values import Column, Constraint, ForeignKey, Partition
from diffapply.values.grammar import IDENTIFIER, NAME, Regex, listed

MODES = (
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)
"""As LOCK TABLE writes them, by strength. Weaker ones keep nobody from reading or writing, and wait
for nobody who does."""

STRENGTH: Mapping[str, int] = {mode: strength for strength, mode in enumerate(MODES)}
"""Mode of a lock → the larger, the stronger."""

HARMLESS, _SHARE, _WRITERS, _, _ALL = MODES
"""The first holds up nobody but VACUUM and other changes of structure: no hazard."""

Lock = tuple[str, str]
"""Table and mode."""

_Locks = Callable[[Match[str], Catalog], Iterator[Lock]]


def locks_of(statement: str, before: Catalog) -> dict[str, str]:
    """Table → the strongest lock on it that a statement takes.

    Args:
        statement: as the table of kinds or the parser's printer writes it.
        before: what stands when it runs.
    """
    strongest: dict[str, str] = {}
    for table, mode in _locks(statement, before):
        if STRENGTH[strongest.get(table, HARMLESS)] <= STRENGTH[mode]:
            strongest[table] = mode
    return strongest


def _locks(statement: str, before: Catalog) -> Iterator[Lock]:
    if alteration := table_alteration(statement):
        return _alters(alteration, before)
    for pattern, locks in _STATEMENTS:
        if its := pattern.match(statement):
            return locks(its, before)
    return iter(())


def _alters(its: TableAlteration, before: Catalog) -> Iterator[Lock]:
    table = its.table
    for action in its.actions:
        mode = _mode(action.text)
        yield table, mode
        if not (its.only or _ALONE.match(action.text)):
            yield from ((child, mode) for child in _descendants(table, before))
        if action.refers_to:
            yield from _with_parts(action.refers_to, _WRITERS, before)
        if locks := _ACTIONS.get(action.kind):
            yield from locks(table, action.name, before)


def _mode(action: str) -> str:
    return next((mode for pattern, mode in _WEAKER if pattern.match(action)), _ALL)


_WEAKER = (
    (Regex(r"VALIDATE |ATTACH PARTITION |CLUSTER ON |SET WITHOUT CLUSTER"), HARMLESS),
    (Regex(r"(?:ALTER .* )?(?:RE)?SET \((?!.*user_catalog_table)"), HARMLESS),
    (Regex(rf"ALTER (?:COLUMN )?{IDENTIFIER} SET STATISTICS "), HARMLESS),
    (Regex(r"(?:ENABLE|DISABLE) (?:ALWAYS |REPLICA )?TRIGGER "), _WRITERS),
    (Regex(rf"ADD (?:CONSTRAINT {IDENTIFIER} )?FOREIGN KEY "), _WRITERS),
)
"""Actions of ALTER TABLE that let others read, or go on; all others keep everybody out."""

_ALONE = Regex(
    r"RENAME TO |OWNER TO |SET (?:SCHEMA|TABLESPACE|LOGGED|UNLOGGED|ACCESS|WITHOUT|\()|RESET \(|"
    r"(?:ENABLE|DISABLE|FORCE|NO FORCE) |REPLICA IDENTITY |CLUSTER ON |ATTACH |DETACH |INHERIT |"
    r"NO INHERIT |OF |NOT OF"
)
"""Actions that do nothing to the tables that inherit from this one."""


def _descendants(table: str, before: Catalog, *, parts: bool = False) -> Iterator[str]:
    """Its partitions and, unless only these are meant, what inherits from it."""
    for child in _children(before).get(table, ()):
        if not parts or ("partition", child) in before.facts:
            yield child
            yield from _descendants(child, before, parts=parts)


@lru_cache(maxsize=4)
def _children(catalog: Catalog) -> Mapping[str, Sequence[str]]:
    """Table → its partitions, and those that inherit from it."""
    found: dict[str, list[str]] = defaultdict(list)
    for fact in (*catalog.by_kind.get("partition", ()), *catalog.by_kind.get("inherits", ())):
        for parent in parents_of(fact.name, catalog):
            found[parent].append(fact.name)
    return found


def _of_key(table: str, name: str, before: Catalog) -> Iterator[Lock]:
    """A foreign key has triggers on what it refers to."""
    fact = before.facts.get(("constraint", f"{table}.{name}"))
    yield from _of_foreign_keys([fact] if fact else [], before)


def _of_enforced(table: str, name: str, before: Catalog) -> Iterator[Lock]:
    yield from ((other, _WRITERS) for other, _ in _of_key(table, name, before))


def _of_retyped(table: str, column: str, before: Catalog) -> Iterator[Lock]:
    """Foreign keys of a column, and those that refer to it, are made again for another type."""
    yield from _of_column(table, column, before)
    for fact in references(table, before):
        key = Constraint.of(fact)
        if isinstance(key, ForeignKey) and column in key.referenced:
            yield from _with_parts(fact.object, _ALL, before)


def _of_column(table: str, column: str, before: Catalog) -> Iterator[Lock]:
    """With a column go its foreign keys."""
    for fact in before.parts("constraint", table):
        key = Constraint.of(fact)
        if isinstance(key, ForeignKey) and column in key.columns:
            yield from _of_foreign_keys([fact], before)


def _of_foreign_keys(facts: Iterable[Fact], before: Catalog, mode: str = _ALL) -> Iterator[Lock]:
    for fact in facts:
        key = Constraint.of(fact)
        if isinstance(key, ForeignKey):
            yield from _with_parts(key.table, mode, before)


def _with_parts(table: str, mode: str, before: Catalog) -> Iterator[Lock]:
    yield table, mode
    yield from ((part, mode) for part in _descendants(table, before, parts=True))


def _of_referring(table: str, mode: str, before: Catalog) -> Iterator[Lock]:
    """What refers to a partitioned table refers to each partition."""
    yield from ((fact.object, mode) for fact in references(table, before))


def _of_attached(table: str, part: str, before: Catalog) -> Iterator[Lock]:
    """It gets the foreign keys of its table; of those that it has, triggers go."""
    yield from _of_partition(table, part, before)
    yield from _of_referring(table, _WRITERS, before)
    keys = before.parts("constraint", table)
    own = {fact.definition for fact in before.parts("constraint", part)}
    yield from _of_foreign_keys(keys, before, _WRITERS)
    yield from _of_foreign_keys([key for key in keys if key.definition in own], before)


def _of_detached(table: str, part: str, before: Catalog) -> Iterator[Lock]:
    yield from _of_partition(table, part, before)
    yield from _of_referring(table, _ALL, before)


def _of_partition(table: str, part: str, before: Catalog) -> Iterator[Lock]:
    yield from _with_parts(part, _ALL, before)
    yield from _of_default(table, before)


def _of_default(table: str, before: Catalog) -> Iterator[Lock]:
    """What the default partition may hold changes with each other one."""
    if default := default_of(table, before):
        yield default, _ALL


_ACTIONS: Mapping[ActionKind, Callable[[str, str, Catalog], Iterator[Lock]]] = {
    "enforce": _of_enforced,
    "not enforce": _of_key,
    "drop constraint": _of_key,
    "drop column": _of_column,
    "retype": _of_retyped,
    "attach": _of_attached,
    "detach": _of_detached,
}
"""Action of ALTER TABLE → what it locks besides the table, by what it names."""


def _on_table(mode: str, *, parts: bool = False) -> _Locks:
    """A lock on the table that the statement names; with `parts`, unless it is on that alone."""

    def locks(its: Match[str], before: Catalog) -> Iterator[Lock]:
        yield its["table"], mode
        if parts and not its["only"]:
            yield from ((part, mode) for part in _descendants(its["table"], before))

    return locks


def _on_tables_index(mode: str) -> _Locks:
    def locks(its: Match[str], before: Catalog) -> Iterator[Lock]:
        if fact := before.facts.get(("index", its["index"])):
            yield fact.object, mode
            yield from ((part, mode) for part in _descendants(fact.object, before))

    return locks


def _creates(its: Match[str], before: Catalog) -> Iterator[Lock]:
    if parent := its["parent"]:
        yield parent, _ALL
        yield from _of_default(parent, before)
        yield from _of_referring(parent, _WRITERS, before)
    for found in _REFERS.finditer(its.string, its.end()):
        yield from _with_parts(found["table"], _WRITERS, before)


_REFERS = Regex(rf" REFERENCES (?P<table>{NAME})")


def _drops(its: Match[str], before: Catalog) -> Iterator[Lock]:
    for table in map(str.strip, listed(its.string[its.end() :].removesuffix(" CASCADE"))):
        yield table, _ALL
        yield from _of_foreign_keys(before.parts("constraint", table), before)
        if fact := before.facts.get(("partition", table)):
            parent = Partition.of(fact).parent
            yield parent, _ALL
            yield from _of_default(parent, before)


def _attributes(its: Match[str], before: Catalog) -> Iterator[Lock]:
    """Tables of a composite type change with it."""
    for fact in before.by_kind.get("of type", ()):
        if fact.definition == its["type"]:
            yield fact.name, _ALL


def _checks(its: Match[str], before: Catalog) -> Iterator[Lock]:
    for fact in before.by_kind.get("column", ()):
        if Column.of(fact).type.removesuffix("[]") == its["domain"]:
            yield fact.object, _SHARE


_STATEMENTS: tuple[tuple[Regex, _Locks], ...] = (
    (CREATES_INDEX, _on_table(_SHARE, parts=True)),
    (Regex(rf"REINDEX INDEX (?P<index>{NAME})"), _on_tables_index(_SHARE)),
    (Regex(rf"DROP INDEX (?:IF EXISTS )?(?P<index>{NAME})"), _on_tables_index(_ALL)),
    (
        Regex(
            rf"CREATE (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER {IDENTIFIER} (?:\"[^\"]*\"|[^\"])*?"
            rf" ON (?P<table>{NAME}) "
        ),
        _on_table(_WRITERS),
    ),
    (
        Regex(rf"CREATE (?:OR REPLACE )?RULE {IDENTIFIER} AS\s+ON \w+ TO (?P<table>{NAME})"),
        _on_table(_ALL),
    ),
    (
        Regex(
            rf"(?:CREATE|ALTER|DROP) (?:POLICY|RULE|TRIGGER) (?:IF EXISTS )?{IDENTIFIER} "
            rf"ON (?P<table>{NAME})(?![\w.]| (?:NO )?DEPENDS )"
        ),
        _on_table(_ALL),
    ),
    (
        Regex(rf"(?:ALTER|DROP|REFRESH) MATERIALIZED VIEW (?:IF EXISTS )?(?P<table>{NAME})"),
        _on_table(_ALL),
    ),
    (CREATES_TABLE, _creates),
    (Regex(r"DROP (?:FOREIGN )?TABLE (?:IF EXISTS )?"), _drops),
    (
        Regex(rf"ALTER DOMAIN (?P<domain>{NAME}) (?:ADD |VALIDATE |SET NOT NULL)"),
        _checks,
    ),
    (Regex(rf"ALTER TYPE (?P<type>{NAME}) (?:ADD|ALTER|DROP) ATTRIBUTE "), _attributes),
)
