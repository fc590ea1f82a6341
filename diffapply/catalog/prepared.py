"""Queries that take longer to plan than to run: planned once on a connection that is ours alone.

Behind a pooler the next transaction may have another connection, and ours the next client: a
prepared statement would stay there, some megabytes large. So where a pooler stands between, the
query is planned anew each time, and nothing is left behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from psycopg2.extensions import connection as Connection

from diffapply.database.connection import is_ours

_PREFIX = "diffapply_"
"""What the names of prepared queries begin with."""

PREPARED = (
    "pg_backend_pid(), array(select p.name::text from pg_prepared_statements p "
    f"where p.name ^@ '{_PREFIX}')"
)
"""Two columns that tell `execution` what the connection has; for a query with a neutral path."""


@dataclass(frozen=True)
class Prepared:
    """A query over some schemas; their oids are its parameter $1.

    Attributes:
        text: as PostgreSQL is to read it.
    """

    text: str

    @cached_property
    def name(self) -> str:
        """Of the prepared statement."""
        return f"{_PREFIX}{sha256(self.text.encode()).hexdigest()[:16]}"

    def execution(
        self, connection: Connection, process: int, prepared: Sequence[str], oids: Sequence[int]
    ) -> str:
        """What to execute, without parameters.

        Args:
            connection: where it is executed, in this transaction.
            process: of the server, behind the connection in this transaction.
            prepared: the names of the queries that are prepared there.
            oids: of the schemas.
        """
        schemas = f"'{{{','.join(map(str, oids))}}}'::oid[]"
        if not is_ours(connection, process):
            return self.text.replace("$1", schemas)
        prepare = "" if self.name in prepared else f"prepare {self.name} (oid[]) as {self.text};\n"
        return f"{prepare}execute {self.name} ({schemas})"
