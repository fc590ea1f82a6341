"""Queries that take longer to plan than to run: prepared once on a connection of our own.

Behind a pooler, the next transaction may have another server connection, and another client may get
ours. A prepared statement, some megabytes large, would stay there. So behind a pooler the query is
planned each time.

PostgreSQL analyses a prepared query again if the search path is not the one that it was prepared
with, and then a tenant's own `pg_class` could come first. Some of our queries change the path while
they run. So each execution must follow a statement that makes the path neutral; see `read_batch`
and `diffapply.tenants.tokens`.
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
from diffapply.database.foreign import written

_PREFIX = "diffapply_"
"""The prefix of our prepared statements."""

_PARAMETER = re.compile(r"\$(\d+)")

PREPARED = (
    "pg_backend_pid(), array(select p.name::text from pg_prepared_statements p "
    f"where p.name ^@ '{_PREFIX}')"
)
"""Two columns for `Prepared.execution`: the process, and our prepared statements there."""


@dataclass(frozen=True)
class Prepared:
    """A query with parameters.

    Attributes:
        text: with parameters $1 and so on.
        types: of the parameters.
    """

    text: str
    types: tuple[str, ...] = ("oid[]",)

    @cached_property
    def name(self) -> str:
        """The name of the prepared statement."""
        return f"{_PREFIX}{sha256(self.text.encode()).hexdigest()[:16]}"

    def execution(
        self, connection: Connection, process: int, prepared: Sequence[str], *arrays: Sequence[Any]
    ) -> str:
        """The text to execute, with the values in it.

        Args:
            connection: where it is executed, in the current transaction.
            process: the server process of the current transaction.
            prepared: names of our prepared statements there.
            arrays: a value for each parameter.
        """
        values = [
            f"{_array(connection, array)}::{its}"
            for array, its in zip(arrays, self.types, strict=True)
        ]
        if not is_ours(connection, process):
            # One pass over the text: a value may contain what looks like a parameter.
            return _PARAMETER.sub(lambda its: values[int(its[1]) - 1], self.text)
        types = ", ".join(self.types)
        prepare = (
            "" if self.name in prepared else f"prepare {self.name} ({types}) as {self.text};\n"
        )
        return f"{prepare}execute {self.name} ({', '.join(values)})"


def _array(connection: Connection, values: Sequence[Any]) -> str:
    """An array literal without a type."""
    return written(sql.Literal(list(values)), connection) if values else "'{}'"
