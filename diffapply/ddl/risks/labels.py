"""Labels of enums that go, and the rows whose values have them, however deep these are."""

from collections.abc import Iterator, Mapping, Sequence

from diffapply.ddl.conversion.conversions import Type
from diffapply.ddl.conversion.own_types import below, range_of
from diffapply.ddl.structure.lookup import fact_named
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values import Column, Composite, Enum, Range

_Gone = Mapping[str, Sequence[str]]
"""Enum → its labels that go."""


def labels_of(type_: str, catalog: Catalog) -> tuple[str, ...] | None:
    """Those of an enum, also of an array or a domain of one; None if it is none."""
    fact = fact_named(catalog, "enum", Type.of(below(type_, catalog)).base)
    return Enum.of(fact).labels if fact else None


def drops_labels(column: Fact, new: str, ends: Ends) -> Iterator[Hazard]:
    """The hazard of labels that rows may have, and that the new type has not."""
    type_ = Column.of(column).type
    gone = {
        enum: labels
        for enum, labels in _gone(type_, new, ends).items()
        if _has(column.part, type_, ends.live, {enum: labels})
    }
    if not gone:
        return
    used = _has(column.part, type_, ends.live, gone)
    listed = dict.fromkeys(label for labels in gone.values() for label in labels)
    plural = "" if len(listed) == 1 else "s"
    yield Hazard(
        HazardCode.DROPS_LABEL,
        f"drops label{plural} {', '.join(listed)} that rows of {column.object} may have in "
        f"{column.part}",
        check=f"SELECT EXISTS (SELECT FROM {column.object} WHERE {used})",
        lock=column.object,
    )


def _gone(type_: str, new: str, ends: Ends) -> _Gone:
    had, wants = labels_of(type_, ends.live), labels_of(new, ends.goal)
    if had is not None and wants is not None:
        its = Type.of(below(type_, ends.live)).base
        return {its: lost} if (lost := [its for its in had if its not in wants]) else {}
    if Type.of(type_) != Type.of(new):
        return {}
    # A type of the same name that consists of enums: these may have other labels.
    found = {}
    for fact in ends.live.by_kind.get("enum", ()):
        kept = ends.goal.facts.get(fact.key)
        wanted = Enum.of(kept).labels if kept else ()
        if kept and (lost := [its for its in Enum.of(fact).labels if its not in wanted]):
            found[fact.name] = lost
    return found


def _has(value: str, type_: str, catalog: Catalog, gone: _Gone, above: tuple[str, ...] = ()) -> str:
    """SQL condition: a value has one of these labels; empty if values of its type have none.

    Args:
        above: the types that it is in; a table's row type may contain itself.
    """
    its = Type.of(below(type_, catalog))
    name, of_range = its.base, range_of(its.base, catalog)
    if name in gone:
        listed = f"ARRAY[{', '.join(gone[name])}]::pg_catalog.text[]"
        if its.array:
            return f"{value}::pg_catalog.text[] OPERATOR(pg_catalog.&&) {listed}"
        return f"{value}::pg_catalog.text OPERATOR(pg_catalog.=) ANY ({listed})"
    if name in above:
        return ""
    if its.array:
        return _one_has(value, name, catalog, gone, above)
    if of_range and of_range.name != name:
        return _one_has(value, of_range.name, catalog, gone, above)
    if of_range:
        subtype = Range.of(of_range).subtype
        parts = [(f"pg_catalog.{end}({value})", subtype) for end in ("lower", "upper")]
    else:
        parts = [(f"({value}).{part}", kind) for part, kind in _attributes(name, catalog)]
    found = (_has(part, kind, catalog, gone, (*above, name)) for part, kind in parts)
    return " OR ".join(filter(None, found))


def _one_has(value: str, type_: str, catalog: Catalog, gone: _Gone, above: tuple[str, ...]) -> str:
    """The same of what an array or a multirange consists of."""
    one = f"diffapply_{len(above)}"
    found = _has(one, type_, catalog, gone, (*above, ""))
    return found and f"EXISTS (SELECT FROM pg_catalog.unnest({value}) {one} WHERE {found})"


def _attributes(name: str, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """The attributes of a composite type, or of a table's row type, each with its type."""
    if fact := fact_named(catalog, "composite type", name):
        for attribute, kind in Composite.of(fact).attributes:
            yield attribute, kind.partition(" COLLATE ")[0]
    for column in catalog.parts("column", name):
        yield column.part, Column.of(column).type
