"""Operators, their classes and families, casts, transforms, conversions, aggregates."""

from diffapply.ddl.kind import Alter, Kind, Text, dropper
from diffapply.ddl.risks.losses import drops_fact
from diffapply.ddl.statements import Ways, drafts, one, risky
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Aggregate, Conversion, NamedOptions
from diffapply.values.grammar import before


def _create_aggregate(fact: Fact, _: Catalog) -> Ways:
    return one(f"CREATE AGGREGATE {fact.definition}")


def _drop_aggregate(fact: Fact, _: Catalog) -> Ways:
    name = before(fact.name, "(")
    arguments = fact.name[len(name) :]
    drop = f"DROP AGGREGATE {name}{'(*)' if arguments == '()' else arguments}"
    return one(risky(drop, drops_fact(fact)))


def _replace_aggregate(_old: Fact, new: Fact, _: Ends) -> Ways:
    return one(f"CREATE OR REPLACE AGGREGATE {new.definition}")


def _create_operator(fact: Fact, _: Catalog) -> Ways:
    return one(f"CREATE OPERATOR {before(fact.name, '(')} {fact.definition}")


def _alter_operator(_old: Fact, new: Fact, _: Ends) -> Ways:
    """Estimators can always be altered; from PostgreSQL 17 on, other properties can be added."""
    settings = NamedOptions.of(new).by_name
    estimators = [f"{name} = {settings.get(name, 'NONE')}" for name in ("RESTRICT", "JOIN")]
    links = [f"{name} = {settings[name]}" for name in ("COMMUTATOR", "NEGATOR") if name in settings]
    flags = [name for name in ("HASHES", "MERGES") if name in settings]
    alter = f"ALTER OPERATOR {new.name} SET "
    return (
        drafts(f"{alter}({', '.join(estimators)})"),
        drafts(f"{alter}({', '.join((*estimators, *links, *flags))})"),
    )


def _create_operator_family(fact: Fact, _: Catalog) -> Ways:
    return one(f"CREATE OPERATOR FAMILY {fact.name}")


def _create_operator_class(fact: Fact, _: Catalog) -> Ways:
    return one(f"CREATE OPERATOR CLASS {before(fact.name, ' USING ')} {fact.definition}")


def _add_member(fact: Fact, _: Catalog) -> Ways:
    return one(f"ALTER OPERATOR FAMILY {fact.object} ADD {fact.definition}")


def _drop_member(fact: Fact, _: Catalog) -> Ways:
    return one(f"ALTER OPERATOR FAMILY {fact.object} DROP {fact.part}")


def _create_conversion(fact: Fact, _: Catalog) -> Ways:
    its = Conversion.of(fact)
    return one(f"CREATE {'DEFAULT ' if its.default else ''}CONVERSION {fact.name} {its.rest}")


def _text_search(word: str, alter: Alter | None = None, *, owns_facts: bool = False) -> Kind:
    named = f"TEXT SEARCH {word}"
    return Kind(
        named.lower(),
        lambda fact, _: one(f"CREATE {named} {fact.name} {fact.definition}"),
        dropper(named),
        alter,
        value=NamedOptions,
        owns_facts=owns_facts,
    )


def _alter_dictionary(old: Fact, new: Fact, _: Ends) -> Ways:
    have, want = dict(NamedOptions.of(old).by_name), dict(NamedOptions.of(new).by_name)
    if have.pop("TEMPLATE") != want.pop("TEMPLATE"):
        return ()
    changes = [name for name in have if name not in want]
    changes += [f"{name} = {its}" for name, its in want.items() if have.get(name) != its]
    if not changes:
        changes = [*have, *(f"{name} = {its}" for name, its in want.items())]
    return one(f"ALTER TEXT SEARCH DICTIONARY {new.name} ({', '.join(changes)})")


def _map(verb: str, fact: Fact) -> Ways:
    head = f"ALTER TEXT SEARCH CONFIGURATION {fact.object} {verb} MAPPING FOR {fact.part}"
    return one(head if verb == "DROP" else f"{head} WITH {fact.definition}")


OPERATORS = (
    Kind(
        "aggregate",
        _create_aggregate,
        _drop_aggregate,
        _replace_aggregate,
        value=Aggregate,
        text=Text.CONSTANTS,
        owns_facts=True,
        namespace="routine",
        left_alone_as="routine",
    ),
    Kind(
        "operator",
        _create_operator,
        dropper("OPERATOR"),
        _alter_operator,
        value=NamedOptions,
        owns_facts=True,
        left_alone_as="operator",
    ),
    Kind(
        "operator family",
        _create_operator_family,
        dropper("OPERATOR FAMILY"),
        owns_facts=True,
        left_alone_as="operator",
    ),
    Kind(
        "operator class",
        _create_operator_class,
        dropper("OPERATOR CLASS"),
        owns_facts=True,
        left_alone_as="operator",
    ),
    Kind("operator family member", _add_member, _drop_member),
    Kind(
        "cast",
        lambda fact, _: one(f"CREATE CAST {fact.name} {fact.definition}"),
        dropper("CAST"),
        is_of_types=True,
    ),
    Kind(
        "transform",
        lambda fact, _: one(f"CREATE TRANSFORM {fact.name} {fact.definition}"),
        dropper("TRANSFORM"),
        lambda _old, new, _: one(f"CREATE OR REPLACE TRANSFORM {new.name} {new.definition}"),
        is_of_types=True,
    ),
    Kind(
        "conversion",
        _create_conversion,
        dropper("CONVERSION"),
        value=Conversion,
        owns_facts=True,
        left_alone_as="conversion",
    ),
    _text_search("PARSER"),
    _text_search("TEMPLATE"),
    _text_search("DICTIONARY", _alter_dictionary, owns_facts=True),
    _text_search("CONFIGURATION", owns_facts=True),
    Kind(
        "text search mapping",
        lambda fact, _: _map("ADD", fact),
        lambda fact, _: _map("DROP", fact),
        lambda _old, new, _: _map("ALTER", new),
    ),
)
