"""The hazard that changing a tenant runs the code of others with all rights of a superuser."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from psycopg2.extensions import connection as Connection

from diffapply.catalog.mentions import mentioned_by_routines
from diffapply.catalog.strangers import Strange, is_superuser, strangers_in
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.mentions import mentioned
from diffapply.model.plan import Plan, Shape, Transition
from diffapply.scratch.surroundings import shared_schemas

_NEW = ""
"""Stands for a tenant that is not there yet, and so belongs to nobody."""


def guarded_schemas(connection: Connection, plan: Plan) -> Mapping[str, Sequence[str]]:
    """Source of a transition → the schemas whose code may run in its tenants.

    A tenant that passes the gate has the structure that the plan has of it. So what it refers to
    is read from the plan, and not from a tenant, which may be another one a moment later.

    Returns:
        Nothing if the connection has no rights that others have not.
    """
    if not is_superuser(connection):
        return {}
    found: dict[str, set[str]] = defaultdict(set)
    referred: dict[frozenset[str], set[str]] = {}
    for transition in plan.transitions:
        ends = [
            plan.shapes[name].catalog
            for name in (transition.source, transition.goal)
            if name in plan.shapes
        ]
        named = mentioned(ends) | {*plan.world.behind}
        if named not in referred:  # of many shapes, most name the same
            referred[named] = _referred_to(connection, named)
        found[transition.source] |= referred[named]
    return {source: sorted(schemas) for source, schemas in found.items()}


def _referred_to(connection: Connection, named: frozenset[str]) -> set[str]:
    """The schemas that are named, and those that they refer to in turn.

    Args:
        named: also those behind the tenant, where code that runs finds what it names.
    """
    while True:
        schemas = {*shared_schemas(connection, (), named, always=())}
        more = mentioned_by_routines(connection, schemas) - named
        if not more:
            return schemas
        named |= more


def strange_code(connection: Connection, goal: Shape) -> Sequence[Strange]:
    """What of others would run where a new tenant is built; nothing unless that is as superuser."""
    if not is_superuser(connection):
        return ()
    shared = _referred_to(connection, mentioned([goal.catalog]) | {*goal.world.behind})
    return strangers_in(connection, [_NEW], shared).get(_NEW, ())


def with_hazards(connection: Connection, plan: Plan) -> Plan:
    """The plan, which says where code of others would run."""
    guarded = guarded_schemas(connection, plan)
    if not guarded:
        return plan
    return replace(
        plan,
        transitions=tuple(
            transition
            if transition.blocked or not transition.statements
            else _with_hazard(
                transition,
                strangers_in(connection, transition.tenants, guarded[transition.source]),
            )
            for transition in plan.transitions
        ),
    )


def _with_hazard(transition: Transition, strange: Mapping[str, Sequence[Strange]]) -> Transition:
    if not strange:
        return transition
    tenant = next(name for name in transition.tenants if name in strange)
    rest = f" and {len(strange) - 1:,} more" if len(strange) > 1 else ""
    hazard = Hazard(
        HazardCode.RUNS_CODE,
        f"runs code of others with all rights of a superuser in {tenant}{rest}: "
        f"{strange[tenant][0]}; refused without --trust-tenants",
    )
    first, *others = transition.statements
    first = replace(first, hazards=(*first.hazards, hazard))
    return replace(transition, statements=(first, *others))
