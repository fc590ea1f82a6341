"""Queries that take longer to plan than to run: planned once on a connection that is ours alone.

Behind a pooler the next transaction may have another connection, and ours the next client: a
prepared statement would stay there, some megabytes large. So where a pooler stands between, the
query is planned anew each time, and nothing is left behind.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.connection import is_ours

_PREFIX = "diffapply_"
"""What the names of prepared queries begin with."""

_PARAMETER = re.compile(r"\$(\d+)")

PREPARED = (
    "pg_backend_pid(), array(select p.name::text from pg_prepared_statements p "
    f"where p.name ^@ '{_PREFIX}')"
)
"""Two columns that tell `execution` what the connection has; for a query with a neutral path."""


@dataclass(frozen=True)
class Prepared:
    """A query with parameters.

    Attributes:
        text: as PostgreSQL is to read it; its parameters are $1 and so on.
        types: of its parameters.
    """

    text: str
    types: tuple[str, ...] = ("oid[]",)

    @cached_property
    def name(self) -> str:
        """Of the prepared statement."""
        return f"{_PREFIX}{sha256(self.text.encode()).hexdigest()[:16]}"

    def execution(
        self, connection: Connection, process: int, prepared: Sequence[str], *arrays: Sequence[Any]
    ) -> str:
        """What to execute, without parameters.

        Args:
            connection: where it is executed, in this transaction.
            process: of the server, behind the connection in this transaction.
            prepared: the names of the queries that are prepared there.
            arrays: a value for each parameter.
        """
        values = [
            f"{_array(connection, array)}::{its}"
            for array, its in zip(arrays, self.types, strict=True)
        ]
        if not is_ours(connection, process):
            # No value is looked into: it may have what looks like a parameter.
            return _PARAMETER.sub(lambda its: values[int(its[1]) - 1], self.text)
        types = ", ".join(self.types)
        prepare = (
            "" if self.name in prepared else f"prepare {self.name} ({types}) as {self.text};\n"
        )
        return f"{prepare}execute {self.name} ({', '.join(values)})"


def _array(connection: Connection, values: Sequence[Any]) -> str:
    """As a literal; its type is told by what follows."""
    written = sql.Literal(list(values)).as_string(connection)
    return written if values else "'{}'"
