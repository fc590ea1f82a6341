"""Creates one new tenant in the caller's transaction, as soon as no others are in the way.

A tenant that refers to a shared table locks it until its caller commits, so of several sign-ups
at once one can go on.
"""

from functools import partial

from psycopg2.extensions import connection as Connection

from diffapply.database.blockers import find_blockers_within
from diffapply.ddl.locks import locks_of
from diffapply.errors import TenantError
from diffapply.model.catalog import Catalog
from diffapply.model.plan import Shape
from diffapply.planning.desired_shape import DesiredShape
from diffapply.rollout.creation import create_in
from diffapply.rollout.in_turn import StillBusyError, do_in_turn
from diffapply.rollout.retry import sentence

_NO_TABLES = Catalog.of(())


def create_patiently(  # noqa: PLR0913 - what it needs, most of it by name
    connection: Connection,
    tenant: str,
    shape: Shape,
    run: int | None,
    *,
    desired: str | None,
    message: str | None,
    lock_timeout: float,
) -> None:
    """See `diffapply.rollout.in_application.provision_in`.

    Args:
        lock_timeout: seconds for all waiting together.
    """
    create = partial(
        create_in,
        connection,
        tenant,
        shape,
        run,
        desired=desired,
        message=message,
        lock_timeout=lock_timeout,
    )
    try:
        do_in_turn(connection, create, lock_timeout)
    except StillBusyError as its:
        raise _busy(connection, tenant, shape, its) from its.error


def _busy(connection: Connection, tenant: str, shape: Shape, its: StillBusyError) -> TenantError:
    """Names the table that it waited for, and who has it locked."""
    goal = DesiredShape.of(shape).for_tenant(tenant)
    locks = {lock for ddl in goal.ddl or () for lock in locks_of(ddl, _NO_TABLES).items()}
    found = find_blockers_within(connection, sorted(locks))
    why = TenantError(str(found[0])) if found else its.error
    return TenantError(
        f"The tenant {tenant!r} cannot be created now: {sentence(why, its.tries)}",
        "Try again in a new transaction. Sign-ups whose tenants refer to one table wait for each "
        "other: let them end soon after.",
    )
