"""Does work in the caller's transaction, again and again while others are in the way.

Nobody waits while holding locks that others wait for: each try undoes what it did, lets some time
pass, and begins again.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.pipeline import Pipeline
from diffapply.errors import DatabaseError, DiffapplyError
from diffapply.rollout.retry import TenantBusyError, is_transient, pause

PATIENCE = 10.0
"""Seconds to wait for locks, in all, if the caller does not say."""

_STEADY = 2
"""Pauses become no longer from so many tries on: a request waits for its answer."""

_ITS_SNAPSHOT = "select pg_catalog.current_setting('transaction_isolation')"

_Result = TypeVar("_Result")


class StillBusyError(Exception):
    """Others were in the way of each try.

    Attributes:
        error: of the last one.
        tries: how many there were.
    """

    def __init__(self, error: Exception, tries: int) -> None:
        super().__init__()
        self.error = error
        self.tries = tries


def do_in_turn(connection: Connection, work: Callable[[], _Result], seconds: float) -> _Result:
    """What the work returns, as soon as nobody is in its way.

    Args:
        connection: in a transaction.
        work: undoes what it did if it fails.
        seconds: for all waiting together.

    Raises:
        StillBusyError: somebody is, after this time; or the transaction could not see it if not.
        psycopg2.errors.SerializationFailure: only another transaction can do it.
    """
    until = time.monotonic() + seconds
    tries = 0
    while True:
        tries += 1
        try:
            return work()
        except (psycopg2.Error, DiffapplyError, TenantBusyError) as error:
            if (
                connection.closed
                or not is_transient(error)
                or isinstance(error, psycopg2.errors.SerializationFailure)
            ):
                raise
            left = until - time.monotonic()
            if left <= 0 or _stays(connection, error):
                raise StillBusyError(error, tries) from error
        # The server waits, and no thread: an event loop goes on meanwhile.
        with Pipeline(connection) as waiting:
            length = min(pause(min(tries, _STEADY)), left)
            waiting.ask(f"select from pg_catalog.pg_sleep({length:.3f})")


def _stays(connection: Connection, error: Exception) -> bool:
    """Whether it stays so to the end of the transaction: what it has read, it would read again."""
    if type(error) not in (DatabaseError, TenantBusyError):
        return False
    with Pipeline(connection) as asking:
        [(level,)] = asking.ask(_ITS_SNAPSHOT)
    return level in ("repeatable read", "serializable")
