"""How long we wait for a lock: we give way first.

`lock_timeout` stays well below the server's `deadlock_timeout`, after which PostgreSQL looks for
deadlocks and ends somebody's query, which may be the application's. Measured with 5 s, 9 queries of
an application in 24 s; with 0.1 to 0.5 s, none.
"""

from psycopg2.extensions import connection as Connection

from diffapply.config import DEFAULT_LOCK_TIMEOUT

_SHARE = 1 / 3
"""Of the server's `deadlock_timeout`."""
_LONGEST_READING = 300
"""Seconds that one statement may take which reads live tenants; a hundredth is usual."""

_DEADLOCK_TIMEOUT = (
    "pg_catalog.date_part('epoch', "
    "pg_catalog.current_setting('deadlock_timeout')::pg_catalog.interval)"
)

WHILE_READING = f"""
select pg_catalog.set_config('lock_timeout', greatest(1, least({DEFAULT_LOCK_TIMEOUT * 1000},
    {_DEADLOCK_TIMEOUT} * {_SHARE * 1000}))::int::text, true);
set local statement_timeout = '{_LONGEST_READING}s';
"""
"""Statements, for a neutral search path, that bound a transaction which reads live tenants."""

FOR_AUTOVACUUM = f"""
select pg_catalog.set_config('lock_timeout', ({_DEADLOCK_TIMEOUT} * 1500)::int::text, true);
"""
"""A statement that lets a transaction wait for so long that autovacuum gives way to it: it does
after `deadlock_timeout`."""


def bounded_lock_timeout(connection: Connection, wanted: float) -> float:
    """Seconds to wait for a lock while holding others: as wanted, but less than a deadlock takes.

    Args:
        connection: to the server; its `deadlock_timeout` counts.
        wanted: seconds; a third of that at most is given.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"select {_DEADLOCK_TIMEOUT}")
        [(deadlock_timeout,)] = cursor.fetchall()
    return min(wanted, float(deadlock_timeout) * _SHARE)


def milliseconds(seconds: float) -> int:
    """As PostgreSQL's timeouts take them; 0 would be no limit."""
    return max(round(seconds * 1000), 1)
