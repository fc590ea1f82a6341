"""Indexes that are built again when one of their columns gets another type or collation."""

from collections.abc import Iterator

from diffapply.ddl.conversion.conversions import Conversion, is_rewritten, may_merge, sorts_alike
from diffapply.ddl.conversion.own_types import below
from diffapply.ddl.risk import Risk
from diffapply.ddl.risks.demands import no_equals, of_key
from diffapply.ddl.risks.work import rebuilding
from diffapply.ddl.structure.partitions import tables_above
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.hazards import Hazard
from diffapply.values import Column, Constraint, Exclude, Index, Key
from diffapply.values.grammar import leading_name, names_any


def rebuilds(old: Fact, new: str, ends: Ends, *, by: Conversion, changed: bool) -> Iterator[Hazard]:
    """What it risks for the indexes of a column that stands.

    Those of a table that is rewritten are built with it. Others stay as they are if values are
    compared as before.

    Args:
        old: the column.
        new: its new type.
        by: how values are converted, as an assignment does, by a cast, or in another way.
        changed: whether the type is another one of the same name.
    """
    had, wants = below(Column.of(old).type, ends.live), below(new, ends.goal)
    collations = _collations(old, ends.goal)
    exact = collations[0] == collations[1] or _is_exact(collations[1], ends.goal)
    merges = changed or may_merge(had, wants, by) or not exact
    rewritten = is_rewritten(Column.of(old).type, new)
    partitions = (
        part.name
        for part in ends.live.by_kind.get("partition", ())
        if old.object in tables_above(part.name, ends.live)
    )
    for table in (old.object, *partitions):
        for part in (*ends.live.parts("index", table), *ends.live.parts("constraint", table)):
            if (
                part.key not in ends.goal.facts
                or ("index attachment", part.part) in ends.live.facts
            ):
                continue
            keys = _keys(part)
            key = next((its for its in keys if leading_name(its) == old.part), "")
            computed = names_any(_computed(part), (old.part,))
            if not (key or computed):
                continue
            same = collations[0] == collations[1] or " COLLATE " in key
            if not rewritten and (computed or not same or not sorts_alike(had, wants)):
                yield rebuilding(table)
            if merges and (demand := _demand(part)):
                yield from demand.tell(ends)


def _keys(part: Fact) -> tuple[str, ...]:
    """What an index sorts by; nothing for other constraints."""
    if part.kind == "index":
        return Index.of(part).keys
    match Constraint.of(part):
        case Key() as its:
            return its.keys
        case Exclude() as its:
            return its.elements
    return ()


def _computed(part: Fact) -> str:
    """The expressions of an index, and its condition."""
    its = Index.of(part) if part.kind == "index" else Constraint.of(part)
    where = its.where if isinstance(its, Index | Exclude) else None
    return " ".join((*(key for key in _keys(part) if not leading_name(key)), where or ""))


def _demand(part: Fact) -> Risk | None:
    """What a key, an exclusion constraint or a unique index demands."""
    if part.kind == "constraint":
        return of_key(part)
    unique = f"unique index {part.name}"
    return no_equals(part.object, unique, *part.key) if Index.of(part).unique else None


def _collations(old: Fact, goal: Catalog) -> tuple[str | None, str | None]:
    """Its collation, now and afterwards."""
    new = goal.facts.get(old.key)
    now = Column.of(old).collation
    return now, Column.of(new).collation if new else now


def _is_exact(collation: str | None, goal: Catalog) -> bool:
    """Whether only equal texts are equal by it: so it is with all of PostgreSQL's own."""
    if collation is None or "." not in collation:
        its = goal.facts.get(("collation", collation or ""))
        return its is None or "deterministic = false" not in its.definition.lower()
    return False
