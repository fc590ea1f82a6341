"""What patterns leave of a catalog that was read without them, such as a snapshot."""

from collections.abc import Iterator

from diffapply.catalog.ignored_queries import is_object
from diffapply.ddl import KINDS
from diffapply.ddl.partitions import parent_of
from diffapply.errors import UsageError
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.model.ignoring import Ignoring, Pattern
from diffapply.model.plan import Shape
from diffapply.values.grammar import words

_PARTS = frozenset({"column", "constraint", "index", "trigger", "policy", "rule"})
"""Kinds of objects that belong to another one, which has their facts as well."""

_WORDS = {"STATISTICS": "extended statistics"}
"""What COMMENT ON calls a kind otherwise."""

_OF_TYPE = frozenset({"cast", "transform"})
"""Kinds of objects that go with their type."""

_OF_COLUMN = frozenset({"constraint", "index", "extended statistics"})
"""Kinds of objects that go with any of their columns."""


def ignoring(patterns: tuple[str, ...]) -> Ignoring:
    """What these patterns leave alone.

    Raises:
        UsageError: one of them is about no kind that there is.
    """
    for text in patterns:
        pattern = Pattern.read(text)
        if pattern is None or not any(map(pattern.is_about, KINDS)):
            raise UsageError(
                f"The pattern {text!r} to ignore is about no kind that there is.",
                f"The kinds are: {', '.join(KINDS)}.",
            )
    return Ignoring((patterns,) if patterns else ())


def without_ignored(catalog: Catalog, its: Ignoring) -> Catalog:
    """The catalog as the server would have read it with these patterns."""
    ignored = {fact.key for fact in catalog.facts.values() if its.names(*fact.key)}
    objects = {key for key in ignored if _is_object(key)}
    if not ignored:
        return catalog
    while more := {fact.key for fact in _belonging(catalog, objects)} - ignored:
        ignored |= more
        objects |= {key for key in more if _is_object(key)}
    left = (fact for fact in catalog.facts.values() if fact.key not in ignored)
    return Catalog.of(left, catalog.strangers)


def shape_without_ignored(shape: Shape, its: Ignoring) -> Shape:
    """The same for a shape. What built more than is left no longer counts."""
    left = without_ignored(shape.catalog, its)
    return shape if left is shape.catalog else Shape(left)


def _is_object(key: FactKey) -> bool:
    return is_object(key[0]) or key[0] in _OF_TYPE


def _belonging(catalog: Catalog, objects: set[FactKey]) -> Iterator[Fact]:
    """The facts that belong to any of the objects directly."""
    wholes = {name for kind, name in objects if kind not in _PARTS}
    for fact in catalog.facts.values():
        names = {fact.object, *(words(fact.name) if fact.kind in _OF_TYPE else ())}
        if wholes & names or objects & {*_holders(fact, catalog), *_named_in(fact)}:
            yield fact


def _holders(fact: Fact, catalog: Catalog) -> Iterator[FactKey]:
    """The objects that take this fact along, beside the one that it is in."""
    yield from KINDS[fact.kind].goes_with(fact)
    match fact.kind:
        case "sequence owner":
            yield "sequence", fact.name
        case "sequence" if owner := catalog.facts.get(("sequence owner", fact.name)):
            yield "column", owner.definition
        case "index" | "constraint":
            yield from _attached_to(fact, catalog)
        case "partition" | "table":
            yield "table", _table_of(fact, catalog)
        case "trigger state":
            yield "trigger", fact.name
            yield "trigger", f"{_table_of(fact, catalog)}.{fact.part}"
        case _:
            yield from _subjects(fact)


def _named_in(fact: Fact) -> Iterator[FactKey]:
    """The columns that it goes with, as far as its words tell."""
    if fact.kind in _OF_COLUMN:
        for word in words(fact.definition):
            yield "column", f"{fact.object}.{word}"


def _subjects(fact: Fact) -> Iterator[FactKey]:
    """What a fact says something about; some of these do not exist."""
    match fact.kind:
        case "comment" | "extension dependency":
            word, _, name = fact.name.partition(" ")
            name = name.partition(" DEPENDS ON EXTENSION ")[0]
            yield _WORDS.get(word, word.lower()), name
            yield word.lower(), f"{fact.object}.{name.removesuffix(f' ON {fact.object}')}"
        case "rule state" | "extended statistics target":
            yield fact.kind.rpartition(" ")[0], fact.name
        case "validated check":
            yield "constraint", fact.name
        case "index statistics":
            yield "index", fact.name.rpartition(".")[0]
        case "cluster" | "replica identity":
            name = fact.definition.removeprefix("USING INDEX ").removeprefix("ON ")
            yield from _index(fact, name)
        case "column privilege":
            column = fact.name.partition(" (")[2].rpartition(") TO ")[0]
            yield "column", f"{fact.object}.{column}"
        case _ if fact.kind not in _PARTS:
            yield from _index(fact, fact.name)
            yield "column", fact.name


def _index(fact: Fact, name: str) -> Iterator[FactKey]:
    """The index of this name, or the constraint that it implements."""
    yield "index", name
    yield "constraint", f"{fact.object}.{name}"


def _attached_to(fact: Fact, catalog: Catalog) -> Iterator[FactKey]:
    """The index or constraint of the partitioned table that this one is a part of."""
    if attached := catalog.facts.get(("index attachment", fact.part)):
        name = attached.definition.removeprefix("TO ")
        yield "index", name
        yield "constraint", f"{_table_of(fact, catalog)}.{name}"


def _table_of(fact: Fact, catalog: Catalog) -> str:
    """The table that the one of this fact is a partition of; empty if it is none."""
    return parent_of(fact.object, catalog) or ""
