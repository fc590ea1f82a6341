"""What stands when a statement runs: what those before it dropped is gone, and more has come.

Rows are as they were when the transition began. So columns stay what they were, and what the rows
met then they still meet.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Self

from diffapply.ddl.statements import Draft, spares
from diffapply.ddl.table_statements import CREATES_INDEX, CREATES_TABLE, table_alteration
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.values import Attachment, Constraint, ForeignKey, Identity, Inherits, Partition
from diffapply.values.grammar import LITERAL, NAME, Regex, words

_CARRIES = Regex(
    rf"SELECT pg_catalog\.setval\({LITERAL}, last_value, is_called\) FROM (?P<source>{NAME})"
)

_ON_COLUMNS = ("constraint", "index")


def after(draft: Draft, said: str, ends: Ends, *, known: bool) -> Ends:
    """What stands once a statement has run, and the goal.

    Args:
        said: the statement as the table of kinds or the parser's printer writes it.
        known: whether nobody else's statements may fill a table that comes in place of one.
    """
    live = ends.live
    heirs = {*_with_parents(said, live)}
    gone = {*_gone(draft, said, live), *(its.key for its in heirs)} & live.facts.keys()
    come = {
        fact.key: fact
        for fact in (*_come(said, ends.goal), *heirs)
        if fact.definition and (fact.key not in live.facts or fact.key in gone)
    }
    if tables := {name for kind, name in draft.gone if kind == "table" and known}:
        tables |= {part for name in tables for part in _partitions(name, live)}
        gone |= {fact.key for fact in live.facts.values() if fact.object in tables}
    if not (gone or come):
        return ends
    return replace(ends, live=_Left.of_change(live, gone, come), begun=ends.held)


class _Left(Catalog):
    """What is left between two statements: there are many, and nobody compares them."""

    def __hash__(self) -> int:
        """Of the catalog itself: the digest of all its facts takes longer than what is cached."""
        return id(self)

    @classmethod
    def of_change(
        cls, live: Catalog, gone: Collection[FactKey], come: Mapping[FactKey, Fact]
    ) -> Self:
        """What is left of a catalog, and has come; it is sorted again only where it changed."""
        facts = {**live.facts}
        by_kind, by_object = {**live.by_kind}, {**live.by_object}
        changed = [*map(live.facts.__getitem__, gone), *come.values()]
        for key in gone:
            del facts[key]
        for kind in {fact.kind for fact in changed}:
            by_kind[kind] = [its for its in by_kind.get(kind, ()) if its.key not in gone]
        for part in {(fact.kind, fact.object) for fact in changed}:
            by_object[part] = [its for its in by_object.get(part, ()) if its.key not in gone]
        for fact in come.values():
            by_kind[fact.kind] = [*by_kind[fact.kind], fact]
            part = (fact.kind, fact.object)
            by_object[part] = [*by_object[part], fact]
        facts.update(come)
        left = cls(facts)
        vars(left).update(
            by_kind={kind: its for kind, its in by_kind.items() if its},
            by_object={part: its for part, its in by_object.items() if its},
        )
        return left


def _gone(draft: Draft, said: str, live: Catalog) -> Iterator[FactKey]:
    for kind, name in draft.gone:
        if kind == "table":
            for table in (name, *_partitions(name, live)):
                yield from (("partition", table), ("inherits", table), *_on_columns(table, live))
        elif fact := live.facts.get((kind, name)):
            yield from _gone_with(fact, live)
    if alteration := table_alteration(said):
        yield from (("partition", its.name) for its in alteration.actions if its.kind == "detach")
    if its := _CARRIES.fullmatch(said):  # so nothing of it is lost any more
        yield "sequence", its["source"]
        for fact in live.by_kind.get("identity", ()):
            if Identity.of(fact).sequence == its["source"]:
                yield fact.key


def _gone_with(fact: Fact, live: Catalog) -> Iterator[FactKey]:
    """A key or an index; of a column, those that name it."""
    if fact.kind in _ON_COLUMNS:
        yield from _whole(fact, live)
    elif fact.kind == "column":
        for table in (fact.object, *_partitions(fact.object, live)):
            yield from _on_columns(table, live, fact.part)


def _come(said: str, goal: Catalog) -> Iterator[Fact]:
    if alteration := table_alteration(said):
        for action in alteration.actions:
            if action.kind == "add constraint":
                yield from _with_parts(("constraint", f"{alteration.table}.{action.name}"), goal)
            elif action.kind == "attach":
                yield from _with_parts(("partition", action.name), goal)
    elif its := CREATES_INDEX.match(said):
        facts = goal.parts("index", its["table"])
        wanted = (fact.name for fact in facts if its["name"] in (fact.name, *spares(fact.name)))
        for name in wanted:
            yield from _with_parts(("index", name), goal)
    elif its := CREATES_TABLE.match(said):
        for fact in goal.parts("constraint", its["table"]):
            if f" CONSTRAINT {fact.part} FOREIGN KEY " in said:
                yield fact


def _with_parents(said: str, live: Catalog) -> Iterator[Fact]:
    """What a table inherits from then, also a helper; no definition: from none."""
    alteration = table_alteration(said)
    if alteration is None:
        return
    table = alteration.table
    for its in alteration.actions:
        if its.kind in ("inherit", "not inherit"):
            had = live.facts.get(("inherits", table))
            parents = [*(Inherits.of(had).parents if had else ()), its.name]
            kept = (name for name in parents if its.kind == "inherit" or name != its.name)
            yield Fact("inherits", table, table, str(Inherits(tuple(kept))))


def _with_parts(key: FactKey, catalog: Catalog) -> Iterator[Fact]:
    """A fact; of a key or an index of a partitioned table, those of its partitions, too."""
    if fact := catalog.facts.get(key):
        yield from (catalog.facts[its] for its in _whole(fact, catalog))


def _whole(fact: Fact, catalog: Catalog) -> Iterator[FactKey]:
    yield fact.key
    for its in catalog.by_kind.get("index attachment", ()):
        if fact.kind in _ON_COLUMNS and Attachment.of(its).to == fact.part:
            for key in (("index", its.name), ("constraint", f"{its.object}.{its.name}")):
                if part := catalog.facts.get(key):
                    yield from _whole(part, catalog)


def _on_columns(table: str, catalog: Catalog, column: str = "") -> Iterator[FactKey]:
    """The constraints and indexes of a table; with a column, those that name it."""
    for kind in _ON_COLUMNS:
        for fact in catalog.parts(kind, table):
            if not column or column in _columns(fact):
                yield fact.key


def _columns(fact: Fact) -> Collection[str]:
    """The columns of its table that it is about; those that it refers to are another table's."""
    key = Constraint.of(fact) if fact.kind == "constraint" else None
    return key.columns if isinstance(key, ForeignKey) else words(fact.definition)


def _partitions(table: str, catalog: Catalog) -> Iterator[str]:
    for fact in catalog.by_kind.get("partition", ()):
        if Partition.of(fact).parent == table:
            yield fact.name
            yield from _partitions(fact.name, catalog)
