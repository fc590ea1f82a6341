"""Creates one new tenant in the caller's transaction, again and again while others are in the way.

A tenant that refers to a shared table locks it until its caller commits, so of several sign-ups
at once one can go on. The others do not wait while they hold locks themselves: each undoes what it
did, lets some time pass, and begins again.
"""

import time
from functools import partial

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.blockers import find_blockers_within
from diffapply.database.pipeline import Pipeline
from diffapply.ddl.locks import locks_of
from diffapply.errors import DiffapplyError, TenantError
from diffapply.model.catalog import Catalog
from diffapply.model.plan import Shape
from diffapply.planning.desired_shape import DesiredShape
from diffapply.rollout.creation import create_in
from diffapply.rollout.retry import is_transient, pause, sentence

PATIENCE = 10.0
"""Seconds to wait for locks, in all, if the caller does not say."""

_STEADY = 2
"""Pauses become no longer from so many tries on: a request waits for its answer."""

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
    create = partial(create_in, desired=desired, message=message, lock_timeout=lock_timeout)
    until = time.monotonic() + lock_timeout
    tries = 0
    while True:
        tries += 1
        try:
            return create(connection, tenant, shape, run)
        except (psycopg2.Error, DiffapplyError) as error:
            if connection.closed or not _may_pass(error):
                raise
            left = until - time.monotonic()
            if left <= 0:
                raise _busy(connection, tenant, shape, error, tries) from error
        # The server waits, and no thread: an event loop goes on meanwhile.
        with Pipeline(connection) as work:
            seconds = min(pause(min(tries, _STEADY)), left)
            work.ask(f"select from pg_catalog.pg_sleep({seconds:.3f})")


def _may_pass(error: psycopg2.Error | DiffapplyError) -> bool:
    """Whether the same work may succeed later in the same transaction, whose snapshot may stay."""
    return is_transient(error) and not isinstance(error, psycopg2.errors.SerializationFailure)


def _busy(
    connection: Connection, tenant: str, shape: Shape, error: Exception, tries: int
) -> TenantError:
    """Names the table that it waited for, and who has it locked."""
    goal = DesiredShape.of(shape).for_tenant(tenant)
    locks = {lock for its in goal.ddl or () for lock in locks_of(its, _NO_TABLES).items()}
    found = find_blockers_within(connection, sorted(locks))
    why = TenantError(str(found[0])) if found else error
    return TenantError(
        f"The tenant {tenant!r} cannot be created now: {sentence(why, tries)}",
        "Try again in a new transaction. Sign-ups whose tenants refer to one table wait for each "
        "other: let them end soon after.",
    )
