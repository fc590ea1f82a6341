"""Reads the fingerprints of many schemas over several connections."""

from collections import deque
from collections.abc import Sequence
from threading import Lock

from psycopg2.extensions import connection as Connection

from diffapply.catalog.reader import BATCH, read_fingerprints
from diffapply.database.connection import Database, connected
from diffapply.database.interruption import helpers
from diffapply.errors import ConnectionFailedError
from diffapply.progress import Progress, silent

_WORTH_IT = 4 * BATCH
"""Schemas that make another connection, which plans the query anew, worth its while."""


def read_all_fingerprints(
    database: Database,
    schemas: Sequence[str],
    *,
    jobs: int,
    privileges: bool = False,
    progress: Progress = silent,
) -> dict[str, str]:
    """Schema name → fingerprint, as `read_fingerprints` has it.

    Args:
        database: its connection takes part in the work; where further ones cannot be had, the
            others do their work.
        jobs: how many connections at most, the given one included.
    """
    batches = deque(schemas[start : start + BATCH] for start in range(0, len(schemas), BATCH))
    found: dict[str, str] = {}
    lock = Lock()
    done = 0

    def work(connection: Connection) -> None:
        nonlocal done
        while True:
            try:
                batch = batches.popleft()
            except IndexError:
                return
            fingerprints = read_fingerprints(connection, batch, privileges=privileges)
            with lock:
                found.update(fingerprints)
                done += len(batch)
                progress("fingerprint", done, len(schemas))

    def work_on_a_connection_of_its_own() -> None:
        try:
            with connected(database.url) as another:
                work(another)
        except ConnectionFailedError:
            return

    others = min(jobs - 1, len(schemas) // _WORTH_IT)
    with helpers(max(others, 1)) as pool:
        futures = [pool.submit(work_on_a_connection_of_its_own) for _ in range(others)]
        try:
            work(database.connection)
        except BaseException:
            batches.clear()
            raise
        for future in futures:
            future.result()
    return found
