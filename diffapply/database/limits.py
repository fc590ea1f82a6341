"""How long we wait for a lock.

After `deadlock_timeout`, PostgreSQL looks for deadlocks and cancels one of the queries, which may
be the application's. So our `lock_timeout` is well below that: we give way first. Measured: with 5
s, 9 queries of an application were cancelled in 24 s; with 0.1 s to 0.5 s, none.
"""

from psycopg2.extensions import connection as Connection

from diffapply.config import DEFAULT_LOCK_TIMEOUT

_SHARE = 1 / 3
"""The longest `lock_timeout`, as a part of the server's `deadlock_timeout`."""
_LONGEST_READING = 300
"""Seconds that a statement which reads live tenants may take; a hundredth of it is usual."""

_DEADLOCK_TIMEOUT = (
    "pg_catalog.date_part('epoch', "
    "pg_catalog.current_setting('deadlock_timeout')::pg_catalog.interval)"
)

WHILE_READING = f"""
select pg_catalog.set_config('lock_timeout', greatest(1, least({DEFAULT_LOCK_TIMEOUT * 1000},
    {_DEADLOCK_TIMEOUT} * {_SHARE * 1000}))::int::text, true);
set local statement_timeout = '{_LONGEST_READING}s';
"""
"""Statements that limit a transaction which reads live tenants; for a neutral search path."""

FOR_AUTOVACUUM = f"""
select pg_catalog.set_config('lock_timeout', ({_DEADLOCK_TIMEOUT} * 1500)::int::text, true);
"""
"""Lets a transaction wait so long that autovacuum gives way, which it does after
`deadlock_timeout`."""


def bounded_lock_timeout(connection: Connection, wanted: float) -> float:
    """Seconds to wait for a lock while holding others.

    Args:
        connection: to the server.
        wanted: seconds; at most a third of the server's `deadlock_timeout` is returned.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"select {_DEADLOCK_TIMEOUT}")
        [(deadlock_timeout,)] = cursor.fetchall()
    return min(wanted, float(deadlock_timeout) * _SHARE)


def milliseconds(seconds: float) -> int:
    """Seconds as PostgreSQL's timeouts take them; at least 1, because 0 means no limit."""
    return max(round(seconds * 1000), 1)
