"""The gate: what tenants are is required before and after all that is done to them.

What is run waits until an answer is needed, and travels with the question. So a gate costs no more
than the two exchanges that it takes to read structures.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.catalog.reader import read_catalogs, read_fingerprints
from diffapply.database.pipeline import Pipeline
from diffapply.database.transaction import NEUTRAL_PATH
from diffapply.model.scope import Scope


class UnlikeError(Exception):
    """Tenants are not of the shape that was required.

    Attributes:
        live: tenant → the fingerprint of what it is, for those that exist.
    """

    def __init__(self, live: Mapping[str, str]) -> None:
        super().__init__()
        self.live = live


class Gate(Pipeline):
    """Tenants that are worked on in one transaction, for the length of a block.

    Args:
        connection: in a transaction, or one is begun by what is run first.
        tenants: names of live schemas, or of one that is to be made.
        scope: what of them counts.
    """

    def __init__(self, connection: Connection, tenants: Sequence[str], scope: Scope) -> None:
        super().__init__(connection)
        self.tenants = tenants
        self.scope = scope

    @contextmanager
    def looking(self) -> Iterator[None]:
        """In the block catalogs are read; what that sets and locks is taken back afterwards."""
        self.run("savepoint gate")
        yield
        self.run("rollback to savepoint gate", "release savepoint gate")

    def require(self, shape: str) -> None:
        """Go on only if all tenants are of this shape now. Raises `UnlikeError` if not."""
        live = self._live()
        if any(live.get(tenant) != shape for tenant in self.tenants):
            raise UnlikeError(live)

    def _live(self) -> Mapping[str, str]:
        """Tenant → the fingerprint of what it is now, for those that exist."""
        scope = self.scope
        with self.looking():
            if scope.managed is None:
                return read_fingerprints(self.connection, self.tenants, privileges=scope.privileges)
            found = read_catalogs(self.connection, self.tenants, privileges=scope.privileges)
            return {name: scope.part_of(its).fingerprint for name, its in found.items()}

    def record(self, run: int, step: journal.Step, undoes: Sequence[int] = ()) -> None:
        """Have the journal say what becomes of a tenant.

        Args:
            undoes: runs whose steps of it are taken back.
        """
        self.run(NEUTRAL_PATH, journal.step_statements(self.cursor, run, step, undoes))
