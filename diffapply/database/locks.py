"""Advisory locks: one for the upgrade of the journal, one for each run that is going on.

They belong to a transaction. So they also work behind a pooler in transaction mode, and end with
the transaction, even if the client is killed. The first one is polled: a session that waits inside
pg_advisory_lock holds a snapshot, and CREATE INDEX CONCURRENTLY waits for such sessions. Any role
can take an advisory lock, so nothing that must be safe depends on them.
"""

import time
from hashlib import sha256

from psycopg2.extensions import cursor as Cursor

_NAMESPACE = "diffapply"
_POLL_SECONDS = 0.05
_HALF = 0xFFFFFFFF
"""Masks the lower half of a key; pg_locks shows the two halves apart."""


def journal_lock_key() -> int:
    """The 64-bit key for the structure of the journal."""
    return _key("journal")


def run_lock_space() -> int:
    """The upper half of each run's key, as pg_locks shows it in `classid`."""
    return _key("run") >> 32 & _HALF


def run_lock_key(run: int) -> int:
    """The 64-bit key of a run. The lower half, `objid` in pg_locks, is the run's id."""
    key = run_lock_space() << 32 | run & _HALF
    return key - (1 << 64) if key >> 63 else key


def try_journal_lock(cursor: Cursor, timeout: float) -> bool:
    """Lock the structure of the journal for the rest of the transaction.

    Args:
        cursor: inside a transaction with a neutral search path.
        timeout: seconds to try.

    Returns:
        Whether we have the lock; false if another session still has it.
    """
    deadline = time.monotonic() + timeout
    while True:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [journal_lock_key()])
        [(locked,)] = cursor.fetchall()
        if locked or time.monotonic() >= deadline:
            return bool(locked)
        # The server waits, and no thread: an event loop goes on meanwhile.
        cursor.execute(f"select pg_sleep({_POLL_SECONDS})")


def _key(subject: str) -> int:
    digest = sha256(f"{_NAMESPACE}\0{subject}\0".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
