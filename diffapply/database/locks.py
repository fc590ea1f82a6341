"""Advisory locks: of a tenant, of the journal's upgrade, of a run that goes on.

They belong to a transaction, so that they also hold behind a pooler in transaction mode and end
with it, even when the client is killed. They are polled for: a session that waits inside
pg_advisory_lock holds a snapshot, and CREATE INDEX CONCURRENTLY waits for that in turn.
"""

import time
from collections.abc import Sequence
from hashlib import sha256

from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor

_NAMESPACE = "diffapply"
_POLL_SECONDS = 0.05
HALF = 0xFFFFFFFF
"""Masks the lower half of a key: pg_locks shows the halves apart."""

_NOTHING = sql.SQL("")


def tenant_lock_key(schema: str) -> int:
    """The 64-bit key that stands for a tenant; the same in every version and process."""
    return _key("tenant", schema)


def journal_lock_key() -> int:
    """The 64-bit key that stands for the journal's own structure."""
    return _key("journal", "")


def apply_lock_key() -> int:
    """The 64-bit key that an apply holds from its beginning to its end."""
    return _key("apply", "")


def run_lock_space() -> int:
    """The upper half of every run's key, as the view pg_locks shows it in `classid`."""
    return _key("run", "") >> 32 & HALF


def run_lock_key(run: int) -> int:
    """The 64-bit key of a run; its lower half, `objid` in pg_locks, is the run's id."""
    key = run_lock_space() << 32 | run & HALF
    return key - (1 << 64) if key >> 63 else key


def try_tenant_locks(
    cursor: Cursor,
    schemas: Sequence[str],
    timeout: float,
    *,
    before: sql.Composable = _NOTHING,
    after: sql.Composable = _NOTHING,
) -> bool:
    """Take tenants for the rest of the transaction.

    Args:
        cursor: inside a transaction with a neutral search path, or one that `before` begins so.
        schemas: the tenants' names.
        timeout: seconds to go on trying; it is tried at least once.
        before: statements, each ended, that travel with the first try to save a round trip.
        after: statements, each ended, that travel with each try, and run even if it fails.

    Returns:
        Whether all were had; false when another session still has one.
    """
    return _try_locks(cursor, [tenant_lock_key(name) for name in schemas], timeout, before, after)


def try_journal_lock(cursor: Cursor, timeout: float) -> bool:
    """Take the journal's structure for the rest of the transaction; see `try_tenant_locks`."""
    return _try_locks(cursor, [journal_lock_key()], timeout, _NOTHING, _NOTHING)


def _key(subject: str, name: str) -> int:
    digest = sha256(f"{_NAMESPACE}\0{subject}\0{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _try_locks(
    cursor: Cursor,
    keys: Sequence[int],
    timeout: float,
    before: sql.Composable,
    after: sql.Composable,
) -> bool:
    deadline = time.monotonic() + timeout
    # Only the last statement's answer reaches us: the locks' is told by the search path, which is
    # neutral either way. A setting of our own would leave its name in the session.
    attempt = sql.SQL(
        "select set_config('search_path', case "
        "when bool_and(pg_try_advisory_xact_lock(key)) then 'pg_catalog' "
        "else 'pg_catalog, pg_temp' end, true) from unnest({}::bigint[]) key; "
        "{} select current_setting('search_path') = 'pg_catalog'"
    ).format(sql.Literal(list(keys)), after)
    cursor.execute(sql.Composed([before, attempt]))
    while True:
        [(locked,)] = cursor.fetchall()
        if locked or time.monotonic() >= deadline:
            return bool(locked)
        time.sleep(_POLL_SECONDS)
        cursor.execute(attempt)
