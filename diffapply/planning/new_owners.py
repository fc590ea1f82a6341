"""Which tenants get something new that apply gives to their owner."""

from collections.abc import Collection, Mapping

from psycopg2.extensions import connection as Connection

from diffapply.model.affected import Owned
from diffapply.model.plan import Plan, Shape
from diffapply.renewal.made_again import stands_alone
from diffapply.tenants.owners import TenantOwner, other_owners


def owners_of_what_is_new(
    connection: Connection, plan: Plan, tenants: Collection[str] | None = None
) -> Mapping[str, TenantOwner]:
    """Tenant → its owner, for those that get something new and belong to another role.

    Nothing if owners are compared: then the desired state says whose each object is.

    Args:
        tenants: those of the plan that are asked for; None: all.
    """
    if plan.privileges:
        return {}
    extended = _extended(plan)
    asked = extended if tenants is None else extended.intersection(tenants)
    return other_owners(connection, sorted(asked))


def _extended(plan: Plan) -> set[str]:
    """The tenants that get an object of their own; a column's sequence is its table's."""
    return {
        tenant
        for its in plan.transitions
        if not its.blocked and any(_is_own(one, plan.shapes[its.goal]) for one in its.created)
        for tenant in its.tenants
    }


def _is_own(owned: Owned, goal: Shape) -> bool:
    return owned.kind != "column" and (
        owned.kind != "sequence" or stands_alone(owned.name, goal.catalog)
    )
