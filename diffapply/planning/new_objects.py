"""Tells whom what is new in the tenants will belong to, where that is not who applies the plan."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from psycopg2.extensions import connection as Connection

from diffapply.model.affected import Owned
from diffapply.model.listing import some_of
from diffapply.model.order import natural
from diffapply.model.plan import Plan, Shape
from diffapply.renewal.made_again import stands_alone
from diffapply.tenants.owners import TenantOwner, other_owners


def owners_of_what_is_new(
    connection: Connection, plan: Plan, tenants: Collection[str]
) -> Mapping[str, TenantOwner]:
    """Tenant → its owner, for those that get something new and belong to another role.

    Nothing if owners are compared: then the desired state says whose each object is.

    Args:
        tenants: those of the plan that are asked for.
    """
    if plan.privileges:
        return {}
    return other_owners(connection, sorted(_extended(plan).intersection(tenants)))


def notes_on_owners(connection: Connection, plan: Plan) -> Iterator[str]:
    """At most two sentences: in which tenants the owner gets it, and in which it cannot."""
    found = owners_of_what_is_new(connection, plan, _extended(plan))
    if given := {tenant: its for tenant, its in found.items() if its.gets}:
        yield f"What is new will belong to the tenants' owners: {_told(given)}."
    if kept := {tenant: its for tenant, its in found.items() if not its.gets}:
        role = next(iter(kept.values())).role
        yield (
            f"What is new will belong to {role}, not to the tenants' owners: {_told(kept)}. To "
            f"give it to them, {role} must be a member of them, and they need CREATE on the schema."
        )


def _told(owners: Mapping[str, TenantOwner]) -> str:
    tenants = defaultdict(list)
    for tenant in sorted(owners, key=natural):
        tenants[owners[tenant].name].append(tenant)
    return some_of([f"{owner} in {some_of(names)}" for owner, names in tenants.items()], joint="; ")


def _extended(plan: Plan) -> set[str]:
    """The tenants that get an object of their own; a column's sequence is its table's."""
    return {
        tenant
        for its in plan.transitions
        if not its.blocked and any(_is_own(one, plan.shapes[its.goal]) for one in its.created)
        for tenant in its.tenants
    }


def _is_own(its: Owned, goal: Shape) -> bool:
    return its.kind != "column" and (its.kind != "sequence" or stands_alone(its.name, goal.catalog))
