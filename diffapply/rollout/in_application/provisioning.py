"""What an application calls, in its own transaction and on its own connection."""

from functools import partial
from typing import TYPE_CHECKING

from diffapply.database.lent import lent, within
from diffapply.errors import UsageError
from diffapply.model.plan import Shape
from diffapply.planning.desired_shape import DesiredShape
from diffapply.rollout.in_application.ensuring import ensure
from diffapply.rollout.in_application.in_turn import PATIENCE
from diffapply.rollout.in_application.sign_up import create_patiently
from diffapply.rollout.lifecycle.creation import NewTenant
from diffapply.tenants.discovery import require_matching

if TYPE_CHECKING:
    from diffapply.database.lent import AsyncLendable, Lendable


def provision_in(  # noqa: PLR0913 - what it needs, most of it by name
    connection: "Lendable",
    tenant: str,
    shape: Shape,
    run: int | None = None,
    *,
    desired: str | None = None,
    message: str | None = None,
    lock_timeout: float = PATIENCE,
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
        desired: how the new run names the shape; None: as the shape says.
        message: what the new run is for.
        lock_timeout: seconds to wait for locks, in all. A statement waits for at most a third of
            the server's `deadlock_timeout`; then all is undone, so that nobody waits for this
            meanwhile, and tried again after a pause.

    Raises:
        WrongConnectionError: what was given is no connection of these.
        UsageError: the name cannot be a tenant's, or is none by the settings that the shape was
            made with; the schema exists; or no transaction is open.
        TenantError: a lock was not free in this time; names the table, and who has it locked.
        DesiredStateError: the shape cannot be built from nothing, or the statements do not lead
            to it here.
        JournalError, PermissionDeniedError: the journal cannot be written.
        psycopg2.Error, psycopg.Error: PostgreSQL refused a statement; in REPEATABLE READ and
            SERIALIZABLE also as a serialization failure (40001), after which a new transaction
            can do it.
    """
    _require_shape(shape, Shape)
    if isinstance(shape, DesiredShape) and shape.tenants:
        require_matching(shape.tenants, [tenant])
    new = NewTenant(tenant, DesiredShape.of(shape), run, desired, message, lock_timeout)
    with lent(connection) as ours:
        create_patiently(ours, new)


async def provision_in_async(  # noqa: PLR0913 - as above
    connection: "AsyncLendable",
    tenant: str,
    shape: Shape,
    *,
    desired: str | None = None,
    message: str | None = None,
    lock_timeout: float = PATIENCE,
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


def ensure_in(
    connection: "Lendable",
    tenant: str,
    shape: DesiredShape,
    *,
    message: str | None = None,
    lock_timeout: float = PATIENCE,
) -> bool:
    """Make sure that a tenant has its shape, in the caller's transaction: at a login, say.

    If nobody has changed the tenant since this process found it current, that costs one round
    trip. Otherwise its structure is read. If it has another shape from which a proved way leads,
    and others only have to wait for locks of its statements, these run. All else is left to
    `diffapply apply`.

    Nothing is committed, and what `provision_in` says of settings and errors holds here, too. Many
    workers may ensure one tenant at once: one of them changes it, the others wait for that.

    Args:
        connection: as for `provision_in`.
        tenant: a schema that exists.
        shape: the desired state with its ways: ``diffapply.desired_shape(settings, ways=True)``.
        message: what a run is for, if one is necessary.
        lock_timeout: seconds to wait for others, in all; as for `provision_in`.

    Returns:
        Whether the tenant was changed.

    Raises:
        WrongConnectionError: what was given is no connection of these.
        TenantNotCurrentError: it has another shape, and cannot be changed here; or others were in
            the way all this time. Says why.
        UsageError: no transaction is open.
        ShapeFileError: the shape was made on another version of PostgreSQL.
        JournalError, PermissionDeniedError: the journal cannot be written.
        psycopg2.Error, psycopg.Error: as for `provision_in`.
    """
    _require_shape(shape, DesiredShape)
    with lent(connection) as ours:
        return ensure(ours, tenant, shape, message=message, lock_timeout=lock_timeout)


async def ensure_in_async(
    connection: "AsyncLendable",
    tenant: str,
    shape: DesiredShape,
    *,
    message: str | None = None,
    lock_timeout: float = PATIENCE,
) -> bool:
    """The same on an asynchronous connection: see `ensure_in` and `provision_in_async`."""
    work = partial(
        ensure_in, tenant=tenant, shape=shape, message=message, lock_timeout=lock_timeout
    )
    return await within(connection, work)


def _require_shape(shape: object, kind: type[Shape]) -> None:
    if not isinstance(shape, kind):
        raise UsageError(
            f"{type(shape).__name__} is no shape that a tenant can have.",
            "Get one from diffapply.desired_shape or diffapply.Shape.load.",
        )
