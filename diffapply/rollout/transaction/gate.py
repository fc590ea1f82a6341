"""The gate: checks the shape of tenants before and after they are changed.

Statements wait until an answer is needed; see `diffapply.database.pipeline`. So a check costs two
round trips, which it takes to read structures, and the statements cost none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.catalog.reader import read_catalogs, read_fingerprints
from diffapply.database.pipeline import Pipeline
from diffapply.database.transaction import NEUTRAL
from diffapply.model.scope import Scope


class UnlikeError(Exception):
    """Some tenants have another shape than the required one.

    Attributes:
        live: tenant → the fingerprint of what it is, for those that exist.
    """

    def __init__(self, live: Mapping[str, str]) -> None:
        super().__init__()
        self.live = live


class Gate(Pipeline):
    """Tenants that are changed in one transaction, in a block.

    Args:
        connection: in a transaction, or the first statement begins one.
        tenants: names of live schemas, or of one that does not exist yet.
        scope: what of them counts.
    """

    def __init__(self, connection: Connection, tenants: Sequence[str], scope: Scope) -> None:
        super().__init__(connection)
        self.tenants = tenants
        self.scope = scope

    @contextmanager
    def looking(self) -> Iterator[None]:
        """In the block, read catalogs. The settings and locks of that are undone at its end."""
        self.run("savepoint gate")
        yield
        self.run("rollback to savepoint gate", "release savepoint gate")

    def require(self, shape: str) -> None:
        """Check that all tenants have this shape now. Raises `UnlikeError` if not.

        PostgreSQL writes definitions as they are now, after the snapshot of the rest. If another
        tenant's change is committed in between, what is read may be half of each. So who is unlike
        is read twice.
        """
        for _ in range(2):
            live = self._live()
            if all(live.get(tenant) == shape for tenant in self.tenants):
                return
        raise UnlikeError(live)

    def _live(self) -> Mapping[str, str]:
        """Tenant → its fingerprint now, for those that exist."""
        scope = self.scope
        with self.looking():
            if scope.managed is None:
                return read_fingerprints(self.connection, self.tenants, scope.counting)
            found = read_catalogs(self.connection, self.tenants, counting=scope.counting)
            return {name: scope.part_of(its).fingerprint for name, its in found.items()}

    def record(
        self, run: int, steps: Iterable[journal.Step], undoes: Mapping[str, Sequence[int]]
    ) -> None:
        """Write the steps of tenants to the journal.

        Args:
            undoes: tenant → runs whose steps in it are undone.
        """
        self.run(NEUTRAL)
        for step in steps:
            undone = undoes.get(step.tenant, ())
            self.run(journal.step_statements(self.cursor, run, step, undone))
