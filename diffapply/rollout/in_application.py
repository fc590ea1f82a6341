"""What an application calls, in its own transaction and on its own connection."""

from functools import partial
from typing import TYPE_CHECKING

from diffapply.config import DEFAULT_LOCK_TIMEOUT
from diffapply.database.lent import lent, within
from diffapply.model.plan import Shape
from diffapply.rollout.creation import create_in

if TYPE_CHECKING:
    from diffapply.database.lent import AsyncLendable, Lendable


def provision_in(  # noqa: PLR0913 - what it needs, most of it by name
    connection: "Lendable",
    tenant: str,
    shape: Shape,
    run: int | None = None,
    *,
    desired: str = "the desired state",
    message: str | None = None,
    lock_timeout: float = DEFAULT_LOCK_TIMEOUT,
) -> None:
    """Create one tenant in the caller's transaction, such as that of a sign-up request.

    Nothing is committed. Afterwards, the session's settings are as before. After an error, the
    transaction is as before, so that the caller can go on with it.

    Args:
        connection: a Connection or Session of SQLAlchemy, or a connection of psycopg2 or psycopg;
            with an open transaction, or not in autocommit mode.
        tenant: the name of the new schema; it must not exist yet.
        shape: its shape, with DDL; see `diffapply.desired_shape`.
        run: the run in the journal that its step belongs to; the empty shape and `shape` must be
            stored there. None: a new run, in the same transaction.
        desired: how the new run names the shape.
        message: what the new run is for.
        lock_timeout: seconds that a statement waits for a lock.

    Raises:
        WrongConnectionError: what was given is no connection of these.
        UsageError: the name cannot be a tenant's, the schema exists, or no transaction is open.
        DesiredStateError: the shape cannot be built from nothing, or the statements do not lead
            to it here.
        JournalError, PermissionDeniedError: the journal cannot be written.
        psycopg2.Error, psycopg.Error: PostgreSQL refused a statement.
    """
    with lent(connection) as its:
        create_in(
            its, tenant, shape, run, desired=desired, message=message, lock_timeout=lock_timeout
        )


async def provision_in_async(  # noqa: PLR0913 - as above
    connection: "AsyncLendable",
    tenant: str,
    shape: Shape,
    *,
    desired: str = "the desired state",
    message: str | None = None,
    lock_timeout: float = DEFAULT_LOCK_TIMEOUT,
) -> None:
    """The same on an asynchronous connection: see `provision_in`.

    Args:
        connection: an AsyncConnection or AsyncSession of SQLAlchemy, or a connection of psycopg or
            asyncpg; with an open transaction.

    Raises:
        asyncpg.PostgresError: PostgreSQL refused a statement; otherwise as `provision_in`.
    """
    work = partial(
        provision_in,
        tenant=tenant,
        shape=shape,
        desired=desired,
        message=message,
        lock_timeout=lock_timeout,
    )
    await within(connection, work)
