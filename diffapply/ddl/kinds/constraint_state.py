"""Constraints whose own triggers are switched off, or run in other sessions than usual.

The names of these triggers are numbers, which differ from tenant to tenant. So they cannot be said
one by one, but a constraint that is added again gets new ones; and the rows are checked.
"""

from diffapply.ddl.kind import Kind
from diffapply.ddl.kinds.constraints import add_constraint, drop_constraint
from diffapply.ddl.statements import Ways, alter_table, dropped_anew, one
from diffapply.ddl.structure.belonging import its
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Constraint, ForeignKey

_OFF, _OTHER_OFF = "DISABLE", "DISABLE WHERE REFERRED TO"


def _switch_off(fact: Fact, goal: Catalog) -> Ways:
    """All triggers of the table together, which only a superuser may do; else there is no way."""
    key = goal.facts.get(("constraint", fact.name))
    states = fact.definition.split(", ")
    if key is None or not {_OFF, _OTHER_OFF}.issuperset(states):
        return ()
    value = Constraint.of(key)
    other = value.table if isinstance(value, ForeignKey) else fact.object
    tables = {_OFF: fact.object, _OTHER_OFF: other}
    return one(*(alter_table(tables[state], "DISABLE TRIGGER ALL") for state in states))


def _add_again(fact: Fact, live: Catalog) -> Ways:
    key = live.facts.get(("constraint", fact.name))
    if key is None:  # a partition's copy is made again with its table's
        return ()
    return tuple(
        (*dropped_anew(drop), *add)
        for drop in drop_constraint(key, live)
        for add in add_constraint(key, live)
    )


def _is_added_again(fact: Fact, ends: Ends) -> bool:
    """Whether another change does that: the constraint goes, or demands something else."""
    had, wants = ends.both(("constraint", fact.name))
    if had is None or wants is None:
        return wants is None
    return Constraint.of(had).demand != Constraint.of(wants).demand


CONSTRAINT_STATE = Kind(
    "constraint state",
    _switch_off,
    _add_again,
    goes_without=_is_added_again,
    ignored_with=its("constraint"),
    is_light=True,
)
