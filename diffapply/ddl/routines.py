"""Views, routines, triggers, rules, policies, statistics objects, comments."""

from diffapply.ddl.kind import Drop, Kind, Text, dropper
from diffapply.ddl.statements import Options, literal, one
from diffapply.model.catalog import Catalog, Fact
from diffapply.values import Policy


def _create_view(fact: Fact, _: Catalog) -> Options:
    return one(f"CREATE VIEW {fact.name} {fact.definition}")


def _replace_view(_old: Fact, new: Fact, _: Catalog) -> Options:
    return one(f"CREATE OR REPLACE VIEW {new.name} {new.definition}")


def _create_materialized_view(fact: Fact, goal: Catalog) -> Options:
    empty = " WITH NO DATA" if ("unpopulated", fact.name) in goal.facts else ""
    return one(f"CREATE MATERIALIZED VIEW {fact.name} {fact.definition}{empty}")


def _create_routine(fact: Fact, _: Catalog) -> Options:
    return one(f"CREATE {fact.definition}")


def _replace_routine(_old: Fact, new: Fact, _: Catalog) -> Options:
    return one(f"CREATE OR REPLACE {new.definition}")


def _drop_on_table(word: str) -> Drop:
    return lambda fact, _: one(f"DROP {word} {fact.part} ON {fact.object}")


def _create_as_defined(fact: Fact, _: Catalog) -> Options:
    return one(fact.definition)


def _replace_as_defined(_old: Fact, new: Fact, _: Catalog) -> Options:
    return one(new.definition.replace("CREATE ", "CREATE OR REPLACE ", 1))


def _create_policy(fact: Fact, _: Catalog) -> Options:
    return one(f"CREATE POLICY {fact.part} ON {fact.object} {fact.definition}")


def _alter_policy(old: Fact, new: Fact, _: Catalog) -> Options:
    """ALTER POLICY changes roles and expressions, but takes none away."""
    had, wants = Policy.of(old), Policy.of(new)
    if (had.mode, had.command) != (wants.mode, wants.command):
        return ()
    if (had.using and not wants.using) or (had.check and not wants.check):
        return ()
    return one(f"ALTER POLICY {new.part} ON {new.object} {wants.rest}")


def _state(word: str) -> Kind:
    def assign(fact: Fact, _: Catalog) -> Options:
        return one(f"ALTER TABLE {fact.object} {fact.definition} {word} {fact.part}")

    def unset(fact: Fact, _: Catalog) -> Options:
        return one(f"ALTER TABLE {fact.object} ENABLE {word} {fact.part}")

    name = f"{word.lower()} state"
    return Kind(name, assign, unset, lambda _old, new, goal: assign(new, goal))


def _row_security(name: str, on: str, off: str) -> Kind:
    return Kind(
        name,
        lambda fact, _: one(f"ALTER TABLE {fact.name} {on} ROW LEVEL SECURITY"),
        lambda fact, _: one(f"ALTER TABLE {fact.name} {off} ROW LEVEL SECURITY"),
    )


def _create_statistics(fact: Fact, _: Catalog) -> Options:
    return one(f"CREATE STATISTICS {fact.name} {fact.definition}")


def _statistics_target(fact: Fact, target: str) -> Options:
    return one(f"ALTER STATISTICS {fact.name} SET STATISTICS {target}")


def _depend_on_extension(fact: Fact, _: Catalog) -> Options:
    return one(f"ALTER {fact.name}")


def _no_longer_depend(fact: Fact, _: Catalog) -> Options:
    dependent = fact.definition
    return one(f"ALTER {dependent} NO{fact.name.removeprefix(dependent)}")


def _set_comment(fact: Fact, _: Catalog) -> Options:
    return one(f"COMMENT ON {fact.name} IS {literal(fact.definition)}")


def _drop_comment(fact: Fact, _: Catalog) -> Options:
    return one(f"COMMENT ON {fact.name} IS NULL")


ROUTINES = (
    Kind(
        "routine",
        _create_routine,
        dropper("ROUTINE"),
        _replace_routine,
        reads=Text.BODY,
        contains=True,
        names="routine",
    ),
)

VIEWS = (
    Kind(
        "view",
        _create_view,
        dropper("VIEW"),
        _replace_view,
        reads=Text.CODE,
        contains=True,
        told_whole=True,
        names="relation",
    ),
    Kind(
        "materialized view",
        _create_materialized_view,
        dropper("MATERIALIZED VIEW"),
        reads=Text.CODE,
        contains=True,
        told_whole=True,
        names="relation",
    ),
    Kind(
        "unpopulated",
        lambda fact, _: one(f"REFRESH MATERIALIZED VIEW {fact.name} WITH NO DATA"),
        lambda fact, _: one(f"REFRESH MATERIALIZED VIEW {fact.name}"),
    ),
)

PROGRAMS = (
    Kind(
        "extended statistics",
        _create_statistics,
        dropper("STATISTICS"),
        reads=Text.EXPRESSIONS,
    ),
    Kind(
        "extended statistics target",
        lambda fact, _: _statistics_target(fact, fact.definition),
        lambda fact, _: _statistics_target(fact, "-1"),
        lambda _old, new, _: _statistics_target(new, new.definition),
    ),
    Kind(
        "rule",
        _create_as_defined,
        _drop_on_table("RULE"),
        _replace_as_defined,
        reads=Text.CODE,
    ),
    _state("RULE"),
    Kind(
        "trigger",
        _create_as_defined,
        _drop_on_table("TRIGGER"),
        _replace_as_defined,
        reads=Text.CODE,
    ),
    _state("TRIGGER"),
    _row_security("row security", "ENABLE", "DISABLE"),
    _row_security("forced row security", "FORCE", "NO FORCE"),
    Kind("policy", _create_policy, _drop_on_table("POLICY"), _alter_policy, reads=Text.CODE),
    Kind("extension dependency", _depend_on_extension, _no_longer_depend),
    Kind(
        "comment",
        _set_comment,
        _drop_comment,
        lambda _old, new, goal: _set_comment(new, goal),
        reads=Text.PROSE,
    ),
)
