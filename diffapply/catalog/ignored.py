"""What patterns leave of a catalog that was read without them, such as a snapshot."""

from collections.abc import Iterable, Iterator

from diffapply.catalog.ignored_queries import is_object
from diffapply.ddl.kinds import KINDS
from diffapply.errors import UsageError, alike
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.model.ignoring import Ignoring, Pattern
from diffapply.model.plan import Shape
from diffapply.values.grammar import words


def ignoring(patterns: tuple[str, ...]) -> Ignoring:
    """What these patterns leave alone.

    Raises:
        UsageError: one of them names no kind.
    """
    for text in patterns:
        pattern = Pattern.read(text)
        if pattern is None or not any(map(pattern.is_about, KINDS)):
            raise UsageError(
                f"The pattern {text!r} to ignore names no kind.",
                alike(text.partition(":")[0], KINDS, f"The kinds are: {', '.join(KINDS)}."),
            )
    return Ignoring((patterns,) if patterns else ())


def without_ignored(catalog: Catalog, patterns: Ignoring) -> Catalog:
    """The catalog as the server would have read it with these patterns."""
    ignored = {fact.key for fact in catalog.facts.values() if patterns.names(*fact.key)}
    return without(catalog, ignored) if ignored else catalog


def without(catalog: Catalog, keys: Iterable[FactKey]) -> Catalog:
    """The catalog without these facts, and without what belongs to those that are objects."""
    ignored = {*keys}
    objects = {key for key in ignored if _is_object(key)}
    while more := {fact.key for fact in _belonging(catalog, objects)} - ignored:
        ignored |= more
        objects |= {key for key in more if _is_object(key)}
    left = (fact for fact in catalog.facts.values() if fact.key not in ignored)
    return Catalog.of(left, catalog.strangers)


def shape_without_ignored(shape: Shape, patterns: Ignoring) -> Shape:
    """The same for a shape. What built more than is left no longer counts."""
    left = without_ignored(shape.catalog, patterns)
    return shape if left is shape.catalog else Shape(left)


def _is_object(key: FactKey) -> bool:
    return is_object(key[0]) or KINDS[key[0]].is_of_types


def _belonging(catalog: Catalog, objects: set[FactKey]) -> Iterator[Fact]:
    """The facts that belong to any of the objects directly."""
    wholes = {name for kind, name in objects if not KINDS[kind].is_part}
    for fact in catalog.facts.values():
        kind = KINDS[fact.kind]
        names = {fact.object, *(words(fact.name) if kind.is_of_types else ())}
        holders = {*kind.goes_with(fact), *kind.ignored_with(fact, catalog)}
        if kind.is_of_columns:
            holders |= {("column", f"{fact.object}.{word}") for word in words(fact.definition)}
        if wholes & names or objects & holders:
            yield fact
