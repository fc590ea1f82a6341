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
from diffapply.rollout.explanation import sentence
from diffapply.rollout.in_application.in_turn import StillBusyError, do_in_turn
from diffapply.rollout.lifecycle.creation import NewTenant, create_in

_NO_TABLES = Catalog.of(())


def create_patiently(connection: Connection, new: NewTenant) -> None:
    """Create it; its `lock_timeout` is for all waiting together. Raises as `create_in`."""
    try:
        do_in_turn(connection, partial(create_in, connection, new), new.lock_timeout)
    except StillBusyError as busy:
        raise _busy(connection, new, busy) from busy.error


def _busy(connection: Connection, new: NewTenant, busy: StillBusyError) -> TenantError:
    """Names the table that it waited for, and who has it locked."""
    locks = {lock for ddl in new.shape.ddl or () for lock in locks_of(ddl, _NO_TABLES).items()}
    found = find_blockers_within(connection, sorted(locks))
    why = TenantError(str(found[0])) if found else busy.error
    return TenantError(
        f"The tenant {new.name!r} cannot be created now: {sentence(why, busy.tries)}",
        "Try again in a new transaction. Sign-ups whose tenants refer to one table wait for each "
        "other: let them end soon after.",
    )
