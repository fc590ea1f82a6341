"""Collations, enums, domains, composite and base types."""

from collections.abc import Sequence
from dataclasses import replace

from diffapply.ddl.conversion.conversions import Type
from diffapply.ddl.conversion.own_types import columns_of
from diffapply.ddl.kind import Kind, Text, dropper, renamed_aside, set_anew, step_aside
from diffapply.ddl.kinds.ranges import RANGE
from diffapply.ddl.risks.losses import changes_attributes, drops_fact
from diffapply.ddl.risks.work import checks_domain
from diffapply.ddl.statements import (
    Ways,
    drafts,
    one,
    risky,
)
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.model.identifier import quoted
from diffapply.values import (
    BaseType,
    Check,
    Column,
    Composite,
    Default,
    Enum,
    NamedOptions,
    NotNull,
)
from diffapply.values.grammar import bare


def _create_collation(fact: Fact, _: Catalog) -> Ways:
    return one(f"CREATE COLLATION {fact.name} {fact.definition}")


def _create_type(fact: Fact, _: Catalog) -> Ways:
    return one(f"CREATE TYPE {fact.name} AS {fact.definition}")


def _create_base_type(fact: Fact, _: Catalog) -> Ways:
    """Its functions come first: the one that reads it makes a shell of it."""
    settings = BaseType.of(fact).settings
    return one(f"CREATE TYPE {fact.name} {settings}" if settings else f"CREATE TYPE {fact.name}")


def _define_base_type(old: Fact, new: Fact, _: Ends) -> Ways:
    return () if BaseType.of(old).settings else one(f"CREATE TYPE {new.name} {new.definition}")


def _alter_enum(old: Fact, new: Fact, ends: Ends) -> Ways:
    """ADD VALUE for each new label, at its place, if no label goes or moves."""
    have, want = Enum.of(old).labels, Enum.of(new).labels
    if tuple(label for label in want if label in have) != have:
        return _in_place_of_old(new, ends.goal)
    statements = []
    for index, label in enumerate(want):
        if label not in have:
            # The label in front is there already: it was there before, or was just added.
            place = f"AFTER {want[index - 1]}" if index else f"BEFORE {have[0]}" if have else ""
            if not {*have} & {*want[index:]}:
                place = ""  # at the end
            statements.append(f"ALTER TYPE {new.name} ADD VALUE {label} {place}".rstrip())
    return one(*statements)


def _in_place_of_old(new: Fact, goal: Catalog) -> Ways:
    """The old type stays beside the new one until all columns have the new one."""
    old_name = quoted(f"{bare(new.name)}_old")
    columns = goal.by_kind.get("column", ())
    if ("enum", old_name) in goal.facts or not any(_has_type(its, new.name) for its in columns):
        return ()
    rename = f"ALTER TYPE {new.name} RENAME TO {old_name}"
    return one(rename, *_create_type(new, goal)[0])


def _has_type(column: Fact, name: str) -> bool:
    return Column.of(column).type.removesuffix("[]") == name


def _alter_composite(old: Fact, new: Fact, _: Ends) -> Ways:
    have, want = Composite.of(old).by_name, Composite.of(new).by_name
    actions = [f"ADD ATTRIBUTE {name} {kind}" for name, kind in want.items() if name not in have]
    actions += [
        f"ALTER ATTRIBUTE {name} TYPE {kind}"
        for name, kind in want.items()
        if name in have and have[name] != kind
    ]
    actions += [f"DROP ATTRIBUTE {name}" for name in have if name not in want]
    kept = [name for name in have if name in want]
    if list(want)[: len(kept)] != kept or not actions:
        return ()  # the order of attributes is structure, and cannot be altered
    alter = f"ALTER TYPE {new.name} {', '.join(actions)}"
    adds = len(want) - len(kept) == len(actions)
    risks = () if adds else (changes_attributes(new.name),)
    return drafts(risky(alter, *risks)), drafts(risky(f"{alter} CASCADE", *risks))


def _composite_anew(old: Fact, new: Fact, ends: Ends) -> Ways:
    """Put aside, once it has the attributes that come, if arrays hold values of it.

    Before PostgreSQL 17, those in arrays find their attributes by their places alone.
    """
    anew = step_aside("TYPE", _create_type)(old, new, ends)
    have, want = Composite.of(old).by_name, Composite.of(new).by_name
    columns = (Column.of(its).type for its in columns_of(new.name, ends.live))
    if not (have.keys() < want.keys() and any(Type.of(its).array for its in columns)):
        return anew
    wider = str(Composite(tuple((name, have.get(name, kind)) for name, kind in want.items())))
    adds = _alter_composite(old, replace(new, definition=wider), ends)[:1]
    return (*((*add, *way) for add in adds for way in anew), *anew)


def _create_domain(fact: Fact, goal: Catalog) -> Ways:
    """With all that CREATE DOMAIN can say; if that fails, the rest is added later."""
    create = f"CREATE DOMAIN {fact.name} AS {fact.definition}"
    default = goal.facts.get(("domain default", fact.name))
    not_null = goal.facts.get(("domain not null", fact.name))
    said = [f"DEFAULT {default.definition}"] if default else []
    said += [not_null.definition] if not_null else []
    said += [
        f"CONSTRAINT {check.part} {check.definition}"
        for check in sorted(goal.parts("domain constraint", fact.name), key=lambda its: its.name)
        if _said_with_domain(check, goal)
    ]
    return drafts(" ".join((create, *said))), drafts(create)


def _said_with_domain(fact: Fact, _: Catalog) -> Sequence[FactKey]:
    """The domain, unless a check is not valid: then it is added afterwards."""
    valid = fact.kind != "domain constraint" or Check.of(fact).valid
    return (("domain", fact.object),) if valid else ()


def _set_default(fact: Fact, _: Catalog) -> Ways:
    return one(f"ALTER DOMAIN {fact.name} SET DEFAULT {fact.definition}")


def _set_not_null(fact: Fact, _: Catalog) -> Ways:
    if NotNull.of(fact).name:
        add = f"ALTER DOMAIN {fact.name} ADD {fact.definition}"
        return one(risky(add, checks_domain(fact.name)))
    return one(risky(f"ALTER DOMAIN {fact.name} SET NOT NULL", checks_domain(fact.name)))


def _add_check(fact: Fact, _: Catalog) -> Ways:
    add = f"ALTER DOMAIN {fact.object} ADD CONSTRAINT {fact.part} {fact.definition}"
    return one(risky(add, *([checks_domain(fact.object)] if Check.of(fact).valid else [])))


def _drop_check(fact: Fact, _: Catalog) -> Ways:
    drop = f"ALTER DOMAIN {fact.object} DROP CONSTRAINT {fact.part}"
    return one(risky(drop, drops_fact(fact)))


def _alter_check(old: Fact, new: Fact, _: Ends) -> Ways:
    if Check.of(old) == replace(Check.of(new), valid=False):
        validate = f"ALTER DOMAIN {new.object} VALIDATE CONSTRAINT {new.part}"
        return one(risky(validate, checks_domain(new.object)))
    return ()


def _domain_anew(fact: Fact, ends: Ends) -> Ways:
    """A domain that is part of other types takes no constraint: so it steps aside."""
    old, new = ends.both(("domain", fact.object))
    if old is None or new is None:
        return ()
    return step_aside("DOMAIN", _create_domain)(old, new, ends)


TYPES = (
    Kind(
        "collation",
        _create_collation,
        dropper("COLLATION"),
        value=NamedOptions,
        alter_last=step_aside("COLLATION", _create_collation),
        owns_facts=True,
    ),
    Kind(
        "enum",
        _create_type,
        dropper("TYPE"),
        _alter_enum,
        value=Enum,
        alter_last=step_aside("TYPE", _create_type),
        put_aside=renamed_aside("TYPE"),
        text=Text.LABELS,
        owns_facts=True,
        namespace="type",
        rename="ALTER TYPE {old} RENAME TO {new}",
    ),
    Kind(
        "domain",
        _create_domain,
        dropper("DOMAIN"),
        value=Column,
        alter_last=step_aside("DOMAIN", _create_domain),
        put_aside=renamed_aside("TYPE"),
        owns_facts=True,
        shown_whole=True,
        namespace="type",
        rename="ALTER TYPE {old} RENAME TO {new}",
    ),
    Kind(
        "domain default",
        _set_default,
        lambda fact, _: one(f"ALTER DOMAIN {fact.name} DROP DEFAULT"),
        set_anew(_set_default),
        value=Default,
        said_with=_said_with_domain,
        text=Text.EXPRESSIONS,
    ),
    Kind(
        "domain not null",
        _set_not_null,
        lambda fact, _: one(f"ALTER DOMAIN {fact.name} DROP NOT NULL"),
        value=NotNull,
        said_with=_said_with_domain,
        create_last=_domain_anew,
    ),
    Kind(
        "domain constraint",
        _add_check,
        _drop_check,
        _alter_check,
        value=Check,
        said_with=_said_with_domain,
        create_last=_domain_anew,
        alter_last=lambda _, new, ends: _domain_anew(new, ends),
        text=Text.EXPRESSIONS,
        rename="ALTER DOMAIN {table} RENAME CONSTRAINT {old} TO {new}",
        renamed_freely="domain constraint",
        follows_declared=True,
    ),
    Kind(
        "composite type",
        _create_type,
        dropper("TYPE"),
        _alter_composite,
        value=Composite,
        alter_last=_composite_anew,
        put_aside=renamed_aside("TYPE"),
        owns_facts=True,
        namespace="type",
        rename="ALTER TYPE {old} RENAME TO {new}",
    ),
    RANGE,
)

# Their functions come before.
BASE_TYPES = (
    Kind(
        "base type",
        _create_base_type,
        dropper("TYPE"),
        _define_base_type,
        value=BaseType,
        owns_facts=True,
        namespace="type",
    ),
)
