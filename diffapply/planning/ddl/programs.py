"""Views, routines, triggers, rules, policies, statistics objects, comments."""

import re

from diffapply.catalog.model import Catalog, Fact
from diffapply.planning.ddl.statements import Kind, Options, literal, one, part

_POLICY_FIXED = re.compile(r"AS \w+ FOR \w+")
_ROLES = re.compile(r"TO (?P<roles>.*?)(?= USING \(| WITH CHECK \(|$)", re.DOTALL)


def _create_view(fact: Fact, _: Catalog) -> Options:
    return one(f"CREATE VIEW {fact.name} {fact.definition}")


def _replace_view(_old: Fact, new: Fact, goal: Catalog) -> Options:
    drop, create = _drop("VIEW")(new, goal)[0], _create_view(new, goal)[0]
    # OR REPLACE keeps options that the new definition does not name: those are not at the goal
    # afterwards, and are reset in the next round by drop and create.
    return ((f"CREATE OR REPLACE VIEW {new.name} {new.definition}",), (*drop, *create))


def _create_routine(fact: Fact, _: Catalog) -> Options:
    return one(f"CREATE {fact.definition}")


def _replace_routine(old: Fact, new: Fact, goal: Catalog) -> Options:
    return (
        (f"CREATE OR REPLACE {new.definition}",),
        (*_drop("ROUTINE")(old, goal)[0], *_create_routine(new, goal)[0]),
    )


def _create_aggregate(fact: Fact, _: Catalog) -> Options:
    name = fact.name.rpartition("(")[0]
    arguments, _, options = fact.definition.partition(") (")
    listed = arguments.removeprefix("(") or "*"
    return one(f"CREATE AGGREGATE {name}({listed}) ({options}")


def _drop_aggregate(fact: Fact, _: Catalog) -> Options:
    name = fact.name.replace("()", "(*)")
    return one(f"DROP AGGREGATE {name}")


def _drop(word: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def drop(fact: Fact, _: Catalog) -> Options:
        return one(f"DROP {word} {fact.name}")

    return drop


def _drop_on_table(word: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def drop(fact: Fact, _: Catalog) -> Options:
        return one(f"DROP {word} {part(fact)} ON {fact.owner}")

    return drop


def _create_as_defined(fact: Fact, _: Catalog) -> Options:
    return one(fact.definition)


def _create_policy(fact: Fact, _: Catalog) -> Options:
    return one(f"CREATE POLICY {part(fact)} ON {fact.owner} {fact.definition}")


def _alter_policy(old: Fact, new: Fact, _: Catalog) -> Options:
    """ALTER POLICY changes roles and expressions, but adds none that is not there."""
    had, wants = _POLICY_FIXED.match(old.definition), _POLICY_FIXED.match(new.definition)
    if not had or not wants or had[0] != wants[0]:
        return ()
    for expression in (" USING (", " WITH CHECK ("):
        if expression in old.definition and expression not in new.definition:
            return ()
    return one(
        f"ALTER POLICY {part(new)} ON {new.owner} {new.definition[wants.end() :].strip()}"
    )


def _state(word: str) -> Kind:
    def assign(fact: Fact, _: Catalog) -> Options:
        action, _, mode = fact.definition.partition(" ")
        return one(f"ALTER TABLE {fact.owner} {action} {mode} {word} {part(fact)}".replace("  ", " "))

    def unset(fact: Fact, _: Catalog) -> Options:
        return one(f"ALTER TABLE {fact.owner} ENABLE {word} {part(fact)}")

    return Kind(assign, unset, lambda _old, new, goal: assign(new, goal))


def _row_security(on: str, off: str) -> Kind:
    return Kind(
        lambda fact, _: one(f"ALTER TABLE {fact.name} {on} ROW LEVEL SECURITY"),
        lambda fact, _: one(f"ALTER TABLE {fact.name} {off} ROW LEVEL SECURITY"),
    )


def _create_statistics(fact: Fact, _: Catalog) -> Options:
    return one(f"CREATE STATISTICS {fact.name} {fact.definition}")


def _statistics_target(fact: Fact, target: str) -> Options:
    return one(f"ALTER STATISTICS {fact.name} SET STATISTICS {target}")


def _set_comment(fact: Fact, _: Catalog) -> Options:
    return one(f"COMMENT ON {fact.name} IS {literal(fact.definition)}")


def _drop_comment(fact: Fact, _: Catalog) -> Options:
    return one(f"COMMENT ON {fact.name} IS NULL")


PROGRAMS = {
    "view": Kind(_create_view, _drop("VIEW"), _replace_view),
    "materialized view": Kind(
        lambda fact, _: one(f"CREATE MATERIALIZED VIEW {fact.name} {fact.definition}"),
        _drop("MATERIALIZED VIEW"),
    ),
    "routine": Kind(_create_routine, _drop("ROUTINE"), _replace_routine),
    "aggregate": Kind(_create_aggregate, _drop_aggregate),
    "trigger": Kind(_create_as_defined, _drop_on_table("TRIGGER")),
    "trigger state": _state("TRIGGER"),
    "rule": Kind(_create_as_defined, _drop_on_table("RULE")),
    "rule state": _state("RULE"),
    "row security": _row_security("ENABLE", "DISABLE"),
    "forced row security": _row_security("FORCE", "NO FORCE"),
    "policy": Kind(_create_policy, _drop_on_table("POLICY"), _alter_policy),
    "extended statistics": Kind(_create_statistics, _drop("STATISTICS")),
    "extended statistics target": Kind(
        lambda fact, _: _statistics_target(fact, fact.definition),
        lambda fact, _: _statistics_target(fact, "-1"),
        lambda _old, new, _: _statistics_target(new, new.definition),
    ),
    "comment": Kind(_set_comment, _drop_comment, lambda _old, new, goal: _set_comment(new, goal)),
}
