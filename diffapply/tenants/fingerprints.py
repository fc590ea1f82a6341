"""Reads the fingerprints of many schemas over several connections."""

from collections.abc import Callable, Sequence
from functools import partial

from psycopg2.extensions import connection as Connection

from diffapply.catalog.reader import BATCH, read_fingerprints
from diffapply.database.connection import Database, connected
from diffapply.database.pool import share
from diffapply.database.reading import TenantsLockedError
from diffapply.model.scope import Counting
from diffapply.progress import Progress, silent

_WORTH_IT = 4 * BATCH
"""Schemas for one more connection, which has to plan the query again; fewer are not worth it."""


def read_all_fingerprints(  # noqa: PLR0913 - what it needs, by name
    database: Database,
    schemas: Sequence[str],
    counting: Counting,
    *,
    jobs: int,
    leave_out: Callable[[TenantsLockedError], None],
    progress: Progress = silent,
) -> dict[str, str]:
    """Schema name → fingerprint, as `read_fingerprints` has it, without those that are left out.

    Args:
        database: its connection is used, too. If a further connection fails, the others do its
            work.
        jobs: largest number of connections, the given one included.
        leave_out: told which tenants others keep locked; the others of their batch are read.
    """
    batches = [schemas[start : start + BATCH] for start in range(0, len(schemas), BATCH)]
    others = min(jobs - 1, len(schemas) // _WORTH_IT)

    def read(connection: Connection, batch: Sequence[str]) -> dict[str, str]:
        while True:
            try:
                return read_fingerprints(connection, batch, counting)
            except TenantsLockedError as error:
                leave_out(error)
                batch = [name for name in batch if name not in error.locked]

    found = share(
        batches,
        read,
        database.connection,
        [partial(connected, database.url)] * others,
        lambda done: progress("fingerprint", min(done * BATCH, len(schemas)), len(schemas)),
    )
    return {name: fingerprint for batch in found for name, fingerprint in batch.items()}
