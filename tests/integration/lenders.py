"""What applications have as connections, each with how it begins, executes and commits.

The tests are the same for all; asynchronous ones run in an event loop of their own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec

import asyncpg
import psycopg
import psycopg2
from psycopg.rows import dict_row
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import (
    AsyncSession,
    async_scoped_session,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import Session, scoped_session, sessionmaker

import diffapply

Rows = list[tuple[Any, ...]]
_Given = ParamSpec("_Given")


def in_a_loop(test: Callable[_Given, Coroutine[Any, Any, None]]) -> Callable[_Given, None]:
    """The test, in an event loop of its own."""

    @wraps(test)
    def run(*given: _Given.args, **named: _Given.kwargs) -> None:
        asyncio.run(test(*given, **named))

    return run


@dataclass(frozen=True)
class Lender:
    """An application's connection, in a transaction.

    Attributes:
        connection: what is lent.
        query: the application's own way to execute, and to get rows.
        commit: its own way to commit.
    """

    connection: Any
    query: Callable[[str], Awaitable[Rows]]
    commit: Callable[[], Awaitable[None]]
    asynchronous: bool = False

    async def call(self, function: str, *arguments: object, **named: object) -> Any:  # noqa: ANN401
        """Call a function of the library in the way that this connection needs."""
        name = f"{function}_async" if self.asynchronous else function
        result = getattr(diffapply, name)(self.connection, *arguments, **named)
        return await result if self.asynchronous else result


def _later(work: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def done(*arguments: object) -> Any:  # noqa: ANN401
        return work(*arguments)

    return done


@asynccontextmanager
async def _psycopg2(url: str) -> AsyncIterator[Lender]:
    connection = psycopg2.connect(url)

    def query(statement: str) -> Rows:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    try:
        yield Lender(connection, _later(query), _later(connection.commit))
    finally:
        connection.close()


@asynccontextmanager
async def _psycopg(url: str) -> AsyncIterator[Lender]:
    # Its cursors return dictionaries: that is the application's affair.
    connection = psycopg.connect(url, row_factory=dict_row)

    def query(statement: str) -> Rows:
        cursor = connection.execute(statement.encode())
        return [tuple(row.values()) for row in cursor.fetchall()] if cursor.description else []

    try:
        yield Lender(connection, _later(query), _later(connection.commit))
    finally:
        connection.close()


@asynccontextmanager
async def _psycopg_async(url: str) -> AsyncIterator[Lender]:
    connection = await psycopg.AsyncConnection.connect(url)

    async def query(statement: str) -> Rows:
        cursor = await connection.execute(statement.encode())
        return list(await cursor.fetchall()) if cursor.description else []

    try:
        yield Lender(connection, query, connection.commit, asynchronous=True)
    finally:
        await connection.close()


@asynccontextmanager
async def _asyncpg(url: str) -> AsyncIterator[Lender]:
    async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool, pool.acquire() as its:
        transaction = its.transaction()
        await transaction.start()

        async def query(statement: str) -> Rows:
            return [tuple(row) for row in await its.fetch(statement)]

        yield Lender(its, query, transaction.commit, asynchronous=True)


def _sqlalchemy(driver: str, kind: str) -> Callable[[str], Any]:
    @asynccontextmanager
    async def lender(url: str) -> AsyncIterator[Lender]:
        engine = create_engine(url.replace("postgresql", f"postgresql+{driver}", 1))
        its: Any
        if kind == "Connection":
            its = engine.connect()
        elif kind == "Session":
            its = Session(engine)
        else:
            its = scoped_session(sessionmaker(engine))

        def query(statement: str) -> Rows:
            result = its.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []

        try:
            yield Lender(its, _later(query), _later(its.commit))
        finally:
            its.close()
            engine.dispose()

    return lender


def _sqlalchemy_async(driver: str, kind: str) -> Callable[[str], Any]:
    @asynccontextmanager
    async def lender(url: str) -> AsyncIterator[Lender]:
        engine = create_async_engine(url.replace("postgresql", f"postgresql+{driver}", 1))
        its: Any
        if kind == "AsyncConnection":
            its = await engine.connect()
        elif kind == "AsyncSession":
            its = AsyncSession(engine)
        else:
            its = async_scoped_session(async_sessionmaker(engine), asyncio.current_task)

        async def query(statement: str) -> Rows:
            result = await its.execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []

        try:
            yield Lender(its, query, its.commit, asynchronous=True)
        finally:
            await its.close()
            await engine.dispose()

    return lender


LENDERS: dict[str, Callable[[str], Any]] = {
    "psycopg2": _psycopg2,
    "psycopg": _psycopg,
    "psycopg async": _psycopg_async,
    "asyncpg": _asyncpg,
    "SQLAlchemy Connection, psycopg2": _sqlalchemy("psycopg2", "Connection"),
    "SQLAlchemy Connection, psycopg": _sqlalchemy("psycopg", "Connection"),
    "SQLAlchemy Session, psycopg2": _sqlalchemy("psycopg2", "Session"),
    "SQLAlchemy Session, psycopg": _sqlalchemy("psycopg", "Session"),
    "SQLAlchemy scoped_session, psycopg2": _sqlalchemy("psycopg2", "scoped_session"),
    "SQLAlchemy AsyncConnection, asyncpg": _sqlalchemy_async("asyncpg", "AsyncConnection"),
    "SQLAlchemy AsyncConnection, psycopg": _sqlalchemy_async("psycopg", "AsyncConnection"),
    "SQLAlchemy AsyncSession, asyncpg": _sqlalchemy_async("asyncpg", "AsyncSession"),
    "SQLAlchemy AsyncSession, psycopg": _sqlalchemy_async("psycopg", "AsyncSession"),
    "SQLAlchemy async_scoped_session, asyncpg": _sqlalchemy_async("asyncpg", "scoped"),
}
"""Each opens one for a database, given by its URL."""
