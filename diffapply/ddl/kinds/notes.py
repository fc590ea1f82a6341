"""Extended statistics, extensions that objects depend on, comments."""

from diffapply.ddl.kind import Kind, Text, dropper, set_anew
from diffapply.ddl.statements import Ways, literal, one
from diffapply.ddl.structure.belonging import its, its_subject
from diffapply.model.catalog import Catalog, Ends, Fact


def _create_statistics(fact: Fact, _: Catalog) -> Ways:
    return one(f"CREATE STATISTICS {fact.name} {fact.definition}")


def _statistics_target(fact: Fact, target: str) -> Ways:
    return one(f"ALTER STATISTICS {fact.name} SET STATISTICS {target}")


def _set_statistics_target(fact: Fact, _: Catalog) -> Ways:
    return _statistics_target(fact, fact.definition)


def _depend_on_extension(fact: Fact, _: Catalog) -> Ways:
    return one(f"ALTER {fact.name}")


def _no_longer_depend(fact: Fact, _: Catalog) -> Ways:
    dependent = fact.definition
    return one(f"ALTER {dependent} NO{fact.name.removeprefix(dependent)}")


def _set_comment(fact: Fact, _: Catalog) -> Ways:
    return one(f"COMMENT ON {fact.name} IS {literal(fact.definition)}")


def _drop_comment(fact: Fact, _: Catalog) -> Ways:
    return one(f"COMMENT ON {fact.name} IS NULL")


def _goes_with_its_subject(fact: Fact, ends: Ends) -> bool:
    """Whether the object that it is on goes. With a relation or a routine it goes anyway."""
    word, _, name = fact.name.partition(" ")
    on_table = f"{fact.object}.{name.removesuffix(f' ON {fact.object}')}"
    subject = (word.lower(), name if word in ("COLUMN", "INDEX") else on_table)
    return ends.loses(subject)


STATISTICS = (
    Kind(
        "extended statistics",
        _create_statistics,
        dropper("STATISTICS"),
        text=Text.EXPRESSIONS,
        is_of_columns=True,
        left_alone_as="extended statistics",
        is_light=True,
    ),
    Kind(
        "extended statistics target",
        _set_statistics_target,
        lambda fact, _: _statistics_target(fact, "-1"),
        set_anew(_set_statistics_target),
        ignored_with=its("extended statistics"),
        is_light=True,
    ),
)


NOTES = (
    Kind("extension dependency", _depend_on_extension, _no_longer_depend, ignored_with=its_subject),
    Kind(
        "comment",
        _set_comment,
        _drop_comment,
        set_anew(_set_comment),
        goes_without=_goes_with_its_subject,
        text=Text.PROSE,
        ignored_with=its_subject,
        left_alone_as="comment",
        is_light=True,
    ),
)
