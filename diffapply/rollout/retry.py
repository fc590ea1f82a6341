"""What went wrong: whether it passes by itself, and how it is said."""

import random
from collections.abc import Sequence
from textwrap import shorten

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.database.advice import advice
from diffapply.database.blockers import Blocker, find_blockers
from diffapply.errors import ConnectionFailedError, DatabaseError
from diffapply.model.plan import Transition
from diffapply.rollout.table_locks import wanted_locks

TRIES = 12
"""How often a tenant is tried before it counts as failed: with the pauses, for about a minute."""

ROLLED_BACK = "rolled back"
NOT_KNOWN = "the connection was lost: whether it was committed before, the journal tells"
"""What became of a tenant."""

_SHORTEST_PAUSE = 0.1
_LONGEST_PAUSE = 10.0

_TRANSIENT = {
    "40P01",  # deadlock detected: foreign keys to shared tables lock them in any order
    "40001",  # serialization failure
    "55P03",  # lock not available: lock_timeout ran out
}


class TenantBusyError(Exception):
    """Another session has the tenant locked."""


class LocksBusyError(TenantBusyError):
    """The locks on the tenant's tables could not be had in the time for all of them."""


_NO_LOCK = (
    LocksBusyError,
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.QueryCanceled,
)


def is_transient(error: Exception) -> bool:
    """Whether the same work may succeed a little later."""
    if isinstance(error, psycopg2.Error):
        concurrent = "tuple concurrently" in str(error)  # two sessions changed one catalog row
        return error.pgcode in _TRANSIENT or concurrent
    # Of the rest, a plain DatabaseError is the reader's: the catalogs changed under it.
    return (
        isinstance(error, TenantBusyError | ConnectionFailedError) or type(error) is DatabaseError
    )


def pause(tries: int) -> float:
    """Seconds to wait after so many tries: doubling, bounded, and never in step with others."""
    longest = min(_SHORTEST_PAUSE * 2.0**tries, _LONGEST_PAUSE)
    return random.uniform(longest / 2, longest)  # noqa: S311 - nothing to guess here


def find_obstacles(
    connection: Connection, error: Exception, tenants: Sequence[str], transition: Transition
) -> list[Blocker]:
    """Who keeps tenants from being done, as far as it is somebody's lock that is still there.

    Args:
        connection: on which the error came; its transaction is rolled back, if it has one.
        error: what PostgreSQL or we said.
        tenants: of one transition.
    """
    if isinstance(error, _NO_LOCK):
        wanted = wanted_locks(connection, tenants, transition)
        found = find_blockers(connection, tenants, wanted) if wanted else []
        # Reading waits, too; and a plan of an older version does not say what is locked.
        return found or find_blockers(connection, tenants, any_mode=not wanted)
    if isinstance(error, TenantBusyError):
        return journal.find_tenant_holders(connection, tenants)
    return []


def explain(error: Exception, blocker: Blocker | None, transition: Transition) -> Exception:
    """The error in words that say who is in the way of which statement, if somebody is."""
    if blocker is None:
        return error
    if not blocker.relation:
        return TenantBusyError(f"{error}: {blocker.holder}")
    better = TenantBusyError(str(blocker))
    notes = getattr(error, "__notes__", [])
    statements = transition.statements
    for number, statement in enumerate(statements, 1):
        if not notes and any(
            lock.table == (blocker.own if lock.own else blocker.relation)
            for lock in statement.locks
        ):
            notes = [naming(number, len(statements), statement.sql)]
    for note in notes:
        better.add_note(note)
    return better


def naming(number: int, total: int, statement: str) -> str:
    """How a statement of several is named."""
    return shorten(f"statement {number} of {total}: {statement}", 300, placeholder=" …")


def sentence(error: Exception, tries: int = 1, outcome: str = ROLLED_BACK) -> str:
    """The error in PostgreSQL's words, with the notes on it, how often it was met, and the end."""
    words = str(error)
    if isinstance(error, psycopg2.Error) and error.diag.message_primary:
        words = ". ".join(filter(None, [error.diag.message_primary, error.diag.message_detail]))
    words = ". ".join(filter(None, [" ".join(words.split()).rstrip("."), advice(error)])).rstrip(
        "."
    )
    notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    again = f" (tried {tries} times)" if tries > 1 else ""
    return f"{words}{notes}{again}; {outcome}."
