"""What went wrong: whether it passes by itself, and how it is said."""

import random

import psycopg2

from diffapply.database.advice import advice
from diffapply.errors import ConnectionFailedError, DatabaseError

TRIES = 8
"""How often a tenant is tried before it counts as failed."""

ROLLED_BACK = "rolled back"
NOT_KNOWN = "the connection was lost: whether it was committed before, the journal tells"
"""What became of a tenant."""

_SHORTEST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0

_TRANSIENT = {
    "40P01",  # deadlock detected: foreign keys to shared tables lock them in any order
    "40001",  # serialization failure
    "55P03",  # lock not available: lock_timeout ran out
}


class TenantBusyError(Exception):
    """Another session holds the tenant's advisory lock."""


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
