"""Enums, domains, composite and range types."""

import re

from diffapply.catalog.model import Catalog, Fact
from diffapply.planning.ddl.statements import Kind, Options, one, part

_LITERAL = re.compile(r"E?'(?:[^']|'')*'")


def _drop_type(fact: Fact, _: Catalog) -> Options:
    return one(f"DROP TYPE {fact.name}")


def _create_type(fact: Fact, _: Catalog) -> Options:
    return one(f"CREATE TYPE {fact.name} AS {fact.definition}")


def _alter_enum(old: Fact, new: Fact, _: Catalog) -> Options:
    """ADD VALUE, each at its place, when labels only come in addition; else nothing."""
    have, want = _LITERAL.findall(old.definition), _LITERAL.findall(new.definition)
    if [label for label in want if label in have] != have:
        return ()
    statements = []
    for index, label in enumerate(want):
        if label not in have:
            # The label in front is there already: it was there before, or was just added.
            place = f"AFTER {want[index - 1]}" if index else f"BEFORE {have[0]}" if have else ""
            statements.append(f"ALTER TYPE {new.name} ADD VALUE {label} {place}".rstrip())
    return (tuple(statements),)


def _attributes(definition: str) -> dict[str, str]:
    """Attribute name → type, from ``(a integer, b numeric(10,2))``."""
    attributes = {}
    depth, quoted, start = 0, False, 1
    for index, char in enumerate(definition):
        quoted ^= char == '"'
        if quoted:
            continue
        depth += (char == "(") - (char == ")")
        if (char == "," and depth == 1) or depth == 0:
            item = definition[start:index].strip()
            if item:
                name = re.match(r'"(?:[^"]|"")*"|\S+', item)
                assert name is not None  # noqa: S101 - PostgreSQL wrote a name there
                attributes[name[0]] = item[name.end() :].strip()
            start = index + 1
    return attributes


def _alter_composite(old: Fact, new: Fact, _: Catalog) -> Options:
    have, want = _attributes(old.definition), _attributes(new.definition)
    actions = [f"DROP ATTRIBUTE {name}" for name in have if name not in want]
    actions += [
        f"ALTER ATTRIBUTE {name} SET DATA TYPE {kind}"
        for name, kind in want.items()
        if name in have and have[name] != kind
    ]
    actions += [f"ADD ATTRIBUTE {name} {kind}" for name, kind in want.items() if name not in have]
    kept = [name for name in have if name in want]
    if list(want)[: len(kept)] != kept or not actions:
        return ()  # the order of attributes is structure, and cannot be altered
    return one(f"ALTER TYPE {new.name} {', '.join(actions)}")


def _create_domain(fact: Fact, _: Catalog) -> Options:
    return one(f"CREATE DOMAIN {fact.name} AS {fact.definition}")


def _set_default(fact: Fact, _: Catalog) -> Options:
    return one(f"ALTER DOMAIN {fact.name} SET DEFAULT {fact.definition}")


def _set_not_null(fact: Fact, _: Catalog) -> Options:
    if fact.definition.startswith("CONSTRAINT"):
        return one(f"ALTER DOMAIN {fact.name} ADD {fact.definition}")
    return one(f"ALTER DOMAIN {fact.name} SET NOT NULL")


def _add_check(fact: Fact, _: Catalog) -> Options:
    return one(f"ALTER DOMAIN {fact.owner} ADD CONSTRAINT {part(fact)} {fact.definition}")


def _drop_check(fact: Fact, _: Catalog) -> Options:
    return one(f"ALTER DOMAIN {fact.owner} DROP CONSTRAINT {part(fact)}")


def _alter_check(old: Fact, new: Fact, _: Catalog) -> Options:
    if old.definition == f"{new.definition} NOT VALID":
        return one(f"ALTER DOMAIN {new.owner} VALIDATE CONSTRAINT {part(new)}")
    return ()


TYPES = {
    "enum": Kind(_create_type, _drop_type, _alter_enum),
    "composite type": Kind(_create_type, _drop_type, _alter_composite),
    "range type": Kind(_create_type, _drop_type),
    "domain": Kind(_create_domain, lambda fact, _: one(f"DROP DOMAIN {fact.name}")),
    "domain default": Kind(
        _set_default,
        lambda fact, _: one(f"ALTER DOMAIN {fact.name} DROP DEFAULT"),
        lambda _old, new, goal: _set_default(new, goal),
    ),
    "domain not null": Kind(
        _set_not_null,
        lambda fact, _: one(f"ALTER DOMAIN {fact.name} DROP NOT NULL"),
    ),
    "domain constraint": Kind(_add_check, _drop_check, _alter_check),
}
