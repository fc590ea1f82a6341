"""Which errors are worth another try, and when."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.reading import TenantsLockedError
from diffapply.errors import ConnectionFailedError, DatabaseError, DiffapplyError

TRIES = 12
"""Tries before a tenant counts as failed; with the pauses, about a minute."""

_SHORTEST_PAUSE = 0.1
LONGEST_PAUSE = 10.0

_TRANSIENT = {
    "40P01",  # deadlock detected: foreign keys lock shared tables in any order
    "40001",  # serialization failure
    "55P03",  # lock not available: lock_timeout has passed
}


@dataclass(frozen=True, slots=True)
class GaveUp:
    """Why some work was not done.

    Attributes:
        error: the last one.
        tries: after which it was no use to try again.
    """

    error: Exception
    tries: int


class TenantBusyError(Exception):
    """Another session has the tenant locked."""


class LocksBusyError(TenantBusyError):
    """The locks on the tenant's tables were not free within the time for all of them."""


def is_transient(error: Exception) -> bool:
    """Whether the same work may succeed later."""
    if isinstance(error, psycopg2.Error):
        concurrent = "tuple concurrently" in str(error)  # two sessions changed one catalog row
        return error.pgcode in _TRANSIENT or concurrent
    # Otherwise: a plain DatabaseError comes from the reader, if catalogs changed during reading.
    return (
        isinstance(error, TenantBusyError | TenantsLockedError | ConnectionFailedError)
        or type(error) is DatabaseError
    )


def pause(tries: int) -> float:
    """Seconds to wait after so many tries: doubled each time, limited, with a random part."""
    longest = min(_SHORTEST_PAUSE * 2.0**tries, LONGEST_PAUSE)
    return random.uniform(longest / 2, longest)  # noqa: S311 - not used for security


def persist(connection: Connection, work: Callable[[], None]) -> GaveUp | None:
    """Do the work of one tenant; again, after errors that may pass. None if it is done."""
    tries = 0
    while True:
        tries += 1
        try:
            work()
        except (psycopg2.Error, DiffapplyError, TenantBusyError) as error:
            if tries == TRIES or connection.closed or not is_transient(error):
                return GaveUp(error, tries)
            time.sleep(pause(tries))
        else:
            return None
