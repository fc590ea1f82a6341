"""Queries that take longer to plan than to run: each is planned once a connection.

Behind a pooler the connection may be another one each time; so whether it is prepared there is
looked up in the transaction that executes it, and its name tells its text.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

PREFIX = "diffapply_"
"""What the names of prepared queries begin with."""


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
        return f"{PREFIX}{sha256(self.text.encode()).hexdigest()[:16]}"

    def execution(self, *, prepared: bool) -> str:
        """What psycopg2 is to execute, with the oids as `schemas`.

        Args:
            prepared: whether the connection has it already.
        """
        prepare = "" if prepared else f"prepare {self.name} (oid[]) as {self.text};\n"
        return f"{prepare.replace('%', '%%')}execute {self.name} (%(schemas)s::oid[])"
