"""What an application has as its connection, as one that our code can work on.

The application keeps its transaction, and its errors: PostgreSQL's refusals are raised as its
driver raises them.
"""

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import psycopg2
from psycopg2.extensions import QuotedString
from psycopg2.extensions import connection as Connection

from diffapply.database.drivers import AsyncpgDriver, Psycopg2Driver, PsycopgDriver, in_greenlet
from diffapply.database.foreign import Driver, ForeignConnection, is_foreign
from diffapply.errors import WrongConnectionError

if TYPE_CHECKING:
    import asyncpg
    import psycopg
    from sqlalchemy.engine import Connection as SQLAlchemyConnection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_scoped_session
    from sqlalchemy.orm import Session, scoped_session

    Lendable: TypeAlias = (
        Connection | psycopg.Connection[Any] | SQLAlchemyConnection | Session | scoped_session[Any]
    )
    """A connection, or what has one."""
    AsyncLendable: TypeAlias = (
        psycopg.AsyncConnection[Any]
        | asyncpg.Connection[Any]
        | asyncpg.pool.PoolConnectionProxy[Any]
        | AsyncConnection
        | AsyncSession
        | async_scoped_session[Any]
    )
    """An asynchronous connection, or what has one."""

_Result = TypeVar("_Result")

_TAKEN = "a Connection or Session of SQLAlchemy, or a connection of psycopg2 or psycopg"
_TAKEN_ASYNC = "an AsyncConnection or AsyncSession of SQLAlchemy, or one of psycopg or asyncpg"


@contextmanager
def lent(connection: object) -> Iterator[Connection]:
    """The application's connection for a block.

    Args:
        connection: see `Lendable`; in a greenlet of SQLAlchemy, also what is asynchronous below.

    Raises:
        WrongConnectionError: it is none of these.
    """
    ours = _ours(connection)
    try:
        yield ours
    except psycopg2.Error as error:
        # Of another driver, it is the cause of the one that we have made of it.
        if is_foreign(ours) and error.__cause__ is not None:
            raise error.__cause__ from None
        raise


async def within(connection: object, work: Callable[..., _Result]) -> _Result:
    """Do synchronous work on an asynchronous connection; see `AsyncLendable`.

    Args:
        work: gets what `lent` takes.

    Raises:
        WrongConnectionError: it is none of these, or SQLAlchemy's asyncio extra is not installed.
    """
    if _is(connection, "sqlalchemy.ext.asyncio", "async_scoped_session"):
        connection = connection()  # type: ignore[operator]
    if _is(connection, "sqlalchemy.ext.asyncio", "AsyncConnection", "AsyncSession"):
        done: Awaitable[_Result] = connection.run_sync(work)  # type: ignore[attr-defined]
        return await done
    if (driver := _asynchronous(connection)) is None:
        try:
            _ours(connection)
        except WrongConnectionError:
            raise _wrong(connection, _TAKEN_ASYNC) from None
        raise WrongConnectionError(
            f"{_name(connection)} is not asynchronous.",
            "Call the function of the same name without _async.",
        )
    _require_greenlet()
    result: _Result = await in_greenlet(partial(work, driver))
    return result


def _ours(connection: object) -> Connection:
    if isinstance(connection, Connection):
        if _escapes(connection):
            return ForeignConnection(Psycopg2Driver(connection)).as_ours
        return connection
    if isinstance(connection, PsycopgDriver | AsyncpgDriver):
        return ForeignConnection(connection).as_ours
    if _is(connection, "psycopg", "Connection"):
        return ForeignConnection(PsycopgDriver(connection)).as_ours  # type: ignore[arg-type]
    found = _of_sqlalchemy(connection)
    if found is not None:
        driver = _asynchronous(found)
        return _ours(found) if driver is None else ForeignConnection(driver).as_ours
    if _asynchronous(connection) is not None or _is(
        connection,
        "sqlalchemy.ext.asyncio",
        *("AsyncConnection", "AsyncSession", "async_scoped_session"),
    ):
        raise WrongConnectionError(
            f"{_name(connection)} is asynchronous.",
            "Await the function of the same name with _async at its end.",
        )
    raise _wrong(connection, _TAKEN)


def _escapes(connection: Connection) -> bool:
    """Whether psycopg2 writes values for a session in which a backslash escapes."""
    value = QuotedString("\\")
    value.prepare(connection)
    return value.getquoted().lstrip().startswith(b"E")


def _of_sqlalchemy(given: Any) -> object | None:  # noqa: ANN401 - whatever was given
    """The driver's connection within one of SQLAlchemy's, which has begun a transaction."""
    if _is(given, "sqlalchemy.orm", "scoped_session"):
        given = given()
    if _is(given, "sqlalchemy.orm", "Session"):
        given = given.connection()
    if _is(given, "sqlalchemy.engine", "Connection"):
        if not given.in_transaction():
            given.begin()  # SQLAlchemy must know, or its commit would do nothing
        if given.dialect.is_async:
            given.exec_driver_sql("select 1")  # its drivers begin with the first statement
        given = given.connection
    if _is(given, "sqlalchemy.pool", "PoolProxiedConnection"):
        found: object = given.driver_connection
        return found
    return None


def _asynchronous(connection: object) -> Driver | None:
    if _is(connection, "psycopg", "AsyncConnection"):
        return PsycopgDriver(connection)  # type: ignore[arg-type]
    if _is(connection, "asyncpg", "Connection"):
        return AsyncpgDriver(connection)
    return None


def _is(value: object, module: str, *names: str) -> bool:
    """Whether it is of one of a module's classes; if the module is not loaded, it is not."""
    loaded = sys.modules.get(module)
    classes = [found for name in names if isinstance(found := getattr(loaded, name, None), type)]
    return isinstance(value, tuple(classes))


def _require_greenlet() -> None:
    if find_spec("greenlet") is None:
        raise WrongConnectionError(
            "To work on asynchronous connections, the package greenlet is needed.",
            "Install sqlalchemy[asyncio].",
        )


def _wrong(connection: object, taken: str) -> WrongConnectionError:
    return WrongConnectionError(
        f"{_name(connection)} is no connection that diffapply can work on.",
        f"Give {taken}.",
    )


def _name(value: object) -> str:
    kind = type(value)
    if isinstance(value, PsycopgDriver | AsyncpgDriver):
        return "the connection"
    module = kind.__module__.split(".")[0]
    return kind.__qualname__ if module == "builtins" else f"{module}'s {kind.__qualname__}"
