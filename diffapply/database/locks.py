"""Advisory locks: of the journal's upgrade, and of a run that goes on.

They belong to a transaction, so that they also hold behind a pooler in transaction mode and end
with it, even when the client is killed. The first is polled for: a session that waits inside
pg_advisory_lock holds a snapshot, and CREATE INDEX CONCURRENTLY waits for that in turn. Whoever may
log in can hold them: so nothing that runs rests on them.
"""

import time
from hashlib import sha256

from psycopg2.extensions import cursor as Cursor

_NAMESPACE = "diffapply"
_POLL_SECONDS = 0.05
_HALF = 0xFFFFFFFF
"""Masks the lower half of a key: pg_locks shows the halves apart."""


def journal_lock_key() -> int:
    """The 64-bit key that stands for the journal's own structure."""
    return _key("journal")


def run_lock_space() -> int:
    """The upper half of every run's key, as the view pg_locks shows it in `classid`."""
    return _key("run") >> 32 & _HALF


def run_lock_key(run: int) -> int:
    """The 64-bit key of a run; its lower half, `objid` in pg_locks, is the run's id."""
    key = run_lock_space() << 32 | run & _HALF
    return key - (1 << 64) if key >> 63 else key


def try_journal_lock(cursor: Cursor, timeout: float) -> bool:
    """Take the journal's structure for the rest of the transaction.

    Args:
        cursor: inside a transaction with a neutral search path.
        timeout: seconds to go on trying.

    Returns:
        Whether it was had; false when another session still has it.
    """
    deadline = time.monotonic() + timeout
    while True:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [journal_lock_key()])
        [(locked,)] = cursor.fetchall()
        if locked or time.monotonic() >= deadline:
            return bool(locked)
        time.sleep(_POLL_SECONDS)


def _key(subject: str) -> int:
    digest = sha256(f"{_NAMESPACE}\0{subject}\0".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
