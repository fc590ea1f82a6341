"""Waiting for what another process, or the server, is still doing."""

import time
from collections.abc import Callable

from tests.servers import LONGEST_WAIT, Database

_SCRATCH = """
select datname::text, pg_get_userbyid(datdba)::text
from pg_database where datname ~ '^diffapply_scratch_'
union all
select rolname::text, null from pg_roles where rolname ~ '^diffapply_scratch_'
"""


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until it is so, for three minutes at most.

    Raises:
        AssertionError: it never is.
    """
    deadline = time.monotonic() + LONGEST_WAIT
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def wait_until_scratch_is_gone(database: Database, *names: str, owner: str | None = None) -> None:
    """Wait until scratch databases, and throw-away roles, are gone.

    The server drops them after the command has ended.

    Args:
        database: of their server.
        names: of those; without names, all that there are now. Other tests make new ones meanwhile.
        owner: only those of this role.
    """

    def there() -> set[str]:
        return {name for name, whose in database.rows(_SCRATCH) if owner in (None, whose)}

    those = {*names} or there()
    wait_for(lambda: not those & there())
