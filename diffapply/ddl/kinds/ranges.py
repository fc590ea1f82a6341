"""Range types, whose multirange types and constructors come and go with them."""

from diffapply.ddl.conversion.conversions import Type
from diffapply.ddl.conversion.own_types import columns_of
from diffapply.ddl.kind import Kind, dropper, renamed_aside, step_aside
from diffapply.ddl.risk import Risk
from diffapply.ddl.risks.labels import drops_labels
from diffapply.ddl.statements import Drafts, Ways, alter_column, aside, drafts, dropped_anew, one
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.identifier import quoted
from diffapply.values import Column, Range
from diffapply.values.grammar import bare


def _create_range(fact: Fact, _: Catalog) -> Ways:
    # See `makeMultirangeTypeName` in PostgreSQL's pg_type.c.
    name = bare(fact.name)
    usual = name.replace("range", "multirange", 1) if "range" in name else f"{name}_multirange"
    return one(f"CREATE TYPE {fact.name} AS {Range.of(fact).said(quoted(usual))}")


def _range_aside(old: Fact, new: Fact, ends: Ends) -> Ways:
    ways = step_aside("TYPE", _create_range)(old, new, ends)
    asides = tuple((*_parts_of_range_aside(old), *way) for way in ways)
    return (*asides, *_range_anew(old, new, ends))


def _range_anew(old: Fact, new: Fact, ends: Ends) -> Ways:
    """Its columns hold texts until the new one is there.

    The constructors belong to the superuser who made the cluster: an owner cannot put them aside.
    """
    names = (old.name, Range.of(old).multirange)
    columns = [its for name in names for its in columns_of(name, ends.live)]
    texts = [its for column in columns for its in _as_text(column, ends.live)]
    (drop,) = dropper("TYPE")(old, ends.live)
    return tuple((*texts, *dropped_anew(drop), *way) for way in _create_range(new, ends.goal))


def _as_text(column: Fact, live: Catalog) -> Drafts:
    its = Column.of(column)
    if its.inherited:
        return ()  # the parent's changes it
    labels = Risk(lambda ends: drops_labels(column, its.type, ends), drops=column.key)
    retype = alter_column(column, f"TYPE text{Type.of(its.type).array}", labels)
    has_default = ("default", column.name) in live.facts
    return (alter_column(column, "DROP DEFAULT"), retype) if has_default else (retype,)


def _parts_of_range_aside(old: Fact) -> Drafts:
    """The multirange type and the constructors, which come and go with it, step aside with it."""
    its = Range.of(old)
    multirange, bounds = its.multirange, f"{its.subtype}, {its.subtype}"
    of_range = (f"{old.name}({bounds})", f"{old.name}({bounds}, text)")
    of_multirange = (f"{multirange}{its}" for its in ("()", f"({old.name})", f"({old.name}[])"))
    return drafts(
        *(f"ALTER FUNCTION {its} RENAME TO {aside(old.name)}" for its in of_range),
        *(f"ALTER FUNCTION {its} RENAME TO {aside(multirange)}" for its in of_multirange),
        f"ALTER TYPE {multirange} RENAME TO {aside(multirange)}",
    )


def _put_range_aside(fact: Fact) -> Drafts:
    return (*_parts_of_range_aside(fact), *renamed_aside("TYPE")(fact))


RANGE = Kind(
    "range type",
    _create_range,
    dropper("TYPE"),
    value=Range,
    alter_last=_range_aside,
    put_aside=_put_range_aside,
    owns_facts=True,
    namespace="type",
)
