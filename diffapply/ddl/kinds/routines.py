"""Routines, and the rules and triggers that run them."""

from diffapply.ddl.kind import Kind, Text, drop_on_table, rename_on_table, set_anew
from diffapply.ddl.risks.losses import drops_fact
from diffapply.ddl.statements import Draft, Ways, alter_table, one, risky
from diffapply.ddl.structure.belonging import Subjects, its, its_trigger, nothing
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Routine


def _create_routine(fact: Fact, _: Catalog) -> Ways:
    return _making(f"CREATE {Routine.of(fact).said}")


def _replace_routine(_old: Fact, new: Fact, _: Ends) -> Ways:
    return _making(f"CREATE OR REPLACE {Routine.of(new).said}")


def _making(statement: str) -> Ways:
    return one(Draft(statement, makes_routine=True))


def _create_as_defined(fact: Fact, _: Catalog) -> Ways:
    return one(fact.definition)


def _replace_as_defined(_old: Fact, new: Fact, _: Ends) -> Ways:
    return one(new.definition.replace("CREATE ", "CREATE OR REPLACE ", 1))


def _on_table(word: str) -> Kind:
    """What a table or view has, and PostgreSQL tells as the statement that creates it."""
    name = word.lower()
    return Kind(
        name,
        _create_as_defined,
        drop_on_table(word),
        _replace_as_defined,
        text=Text.CODE,
        rename=rename_on_table(word),
        renamed_freely=name,
        is_part=True,
        ignored_with=nothing,
        keeps_types=True,
        left_alone_as=name,
        is_light=True,
    )


def _state(word: str, about: Subjects) -> Kind:
    def assign(fact: Fact, _: Catalog) -> Ways:
        return one(alter_table(fact.object, f"{fact.definition} {word} {fact.part}"))

    def unset(fact: Fact, _: Catalog) -> Ways:
        return one(alter_table(fact.object, f"ENABLE {word} {fact.part}"))

    name = f"{word.lower()} state"
    return Kind(
        name,
        assign,
        unset,
        set_anew(assign),
        ignored_with=about,
        is_light=True,
    )


ROUTINE = Kind(
    "routine",
    _create_routine,
    lambda fact, _: one(risky(f"DROP {Routine.of(fact).word} {fact.name}", drops_fact(fact))),
    _replace_routine,
    value=Routine,
    text=Text.BODY,
    owns_facts=True,
    namespace="routine",
    left_alone_as="routine",
)

RULES_AND_TRIGGERS = (
    _on_table("RULE"),
    _state("RULE", its("rule")),
    _on_table("TRIGGER"),
    _state("TRIGGER", its_trigger),
)
