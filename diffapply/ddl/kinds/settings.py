"""What is set on tables, indexes and materialized views as a whole."""

from collections.abc import Sequence

from diffapply.ddl.kind import Kind, Turn, its_index, set_anew
from diffapply.ddl.kinds.constraints import add_key, drop_constraint
from diffapply.ddl.kinds.new_table import parameters_said_with
from diffapply.ddl.risk import Risk
from diffapply.ddl.risks.work import rewrites
from diffapply.ddl.statements import Alteration, Ways, alter_table, one
from diffapply.ddl.structure import partitions
from diffapply.ddl.structure.belonging import its_chosen_index
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.values import Constraint, Exclude, Key, Parameters


def _set_parameters(fact: Fact, catalog: Catalog) -> Ways:
    if key := _key_of_partitioned(fact, catalog):
        return _key_again(key, fact.definition, catalog)
    return one(_alter_relation(fact, catalog, f"SET ({fact.definition})"))


def _reset_parameters(fact: Fact, catalog: Catalog) -> Ways:
    if key := _key_of_partitioned(fact, catalog):
        return _key_again(key, "", catalog)
    return one(_alter_relation(fact, catalog, f"RESET ({Parameters.of(fact).names})"))


def _key_again(fact: Fact, parameters: str, catalog: Catalog) -> Ways:
    key = Constraint.of(fact)
    if not isinstance(key, Key | Exclude):
        return ()
    drop = drop_constraint(fact, catalog)[0]
    return tuple((*drop, *way) for way in add_key(fact, key, parameters, catalog))


def _alter_parameters(old: Fact, new: Fact, ends: Ends) -> Ways:
    if _key_of_partitioned(new, ends.goal):
        return _set_parameters(new, ends.goal)
    changes = Parameters.of(old).changes_to(Parameters.of(new))
    return one(*(_alter_relation(new, ends.goal, change) for change in changes))


def _parameters_said_with(fact: Fact, goal: Catalog) -> Sequence[FactKey]:
    key = _key_of_partitioned(fact, goal)
    return parameters_said_with(fact, goal) or ((key.key,) if key else ())


def _key_of_partitioned(fact: Fact, catalog: Catalog) -> Fact | None:
    """The constraint, if the parameters are those of a partitioned table's key."""
    if fact.name == fact.object or not partitions.is_partitioned(fact.object, catalog):
        return None
    return catalog.facts.get(("constraint", f"{fact.object}.{fact.name}"))


def _alter_relation(fact: Fact, catalog: Catalog, action: str, *risks: Risk) -> Alteration:
    """An action on a table, an index or a materialized view."""
    word = "TABLE"
    if fact.name != fact.object:
        word = "INDEX"
    elif ("materialized view", fact.object) in catalog.facts:
        word = "MATERIALIZED VIEW"
    return Alteration(action, f"ALTER {word} {fact.name}", risks=risks)


def _set_tablespace(fact: Fact, catalog: Catalog) -> Ways:
    return _move_to(fact.definition, fact, catalog)


def _move_to(tablespace: str, fact: Fact, catalog: Catalog) -> Ways:
    action = f"SET TABLESPACE {tablespace}"
    return one(_alter_relation(fact, catalog, action, rewrites(fact.name)))


def _by_index(name: str, form: str, unset: str) -> Kind:
    """A table's setting that one form sets, and another sets back; it may name an index."""

    def assign(fact: Fact, _: Catalog) -> Ways:
        return one(alter_table(fact.name, form.format(fact.definition)))

    return Kind(
        name,
        assign,
        lambda fact, _: one(alter_table(fact.name, unset)),
        set_anew(assign),
        is_action=True,
        turn=Turn.SET,
        ignored_with=its_chosen_index,
        left_alone_as=name,
        is_light=True,
    )


STORAGE_PARAMETERS = Kind(
    "storage parameters",
    _set_parameters,
    _reset_parameters,
    _alter_parameters,
    value=Parameters,
    said_with=_parameters_said_with,
    goes_with=its_index,
    is_action=True,
    turn=Turn.SET,
    left_alone_as="storage parameters",
)


# They may name an index, which must be there.
TABLE_SETTINGS = (
    Kind(
        "tablespace",
        _set_tablespace,
        lambda fact, catalog: _move_to("pg_default", fact, catalog),
        set_anew(_set_tablespace),
        goes_with=its_index,
        is_action=True,
        turn=Turn.SET,
        left_alone_as="tablespace",
    ),
    _by_index("cluster", "CLUSTER {}", "SET WITHOUT CLUSTER"),
    _by_index("replica identity", "REPLICA IDENTITY {}", "REPLICA IDENTITY DEFAULT"),
)
