"""Proves that a transition changes nothing outside the sandbox.

If a statement names an object that the tenant does not have, it may find an object of another
schema on the search path. So everything in scratch outside the sandbox is compared with what was
built there: all structures, with grants, and the objects of the database itself. There are no rows
in scratch, but to change some takes a lock. Positions of sequences are not compared: functions may
draw numbers.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from diffapply.catalog.comparison import compare
from diffapply.catalog.reader import read_catalogs
from diffapply.model.catalog import Catalog
from diffapply.model.scope import TENANT
from diffapply.queries import query
from diffapply.scratch.sandbox import Sandbox

_OF_THE_DATABASE = query("rehearsal/proof", "outside")

_OF_SCHEMAS = ("schema", "rights in schema")
_ROWS = "rows of"

_CHANGES = {"extra": "makes", "missing": "drops", "changed": "changes"}


@dataclass(frozen=True)
class Outside:
    """Everything outside a sandbox.

    Attributes:
        things: kind and name of objects of the database itself → their definition.
        schemas: the other schemas → their catalogs.
    """

    things: Mapping[tuple[str, str], str]
    schemas: Mapping[str, Catalog]

    @classmethod
    def of(cls, sandbox: Sandbox, shared: Collection[str]) -> "Outside":
        """What is outside this sandbox now.

        Args:
            shared: the schemas that were built; of others, only the names count.
        """
        own = [sandbox.scope.schema, TENANT]
        asked = {"shared": [*shared], "own": own}
        things = {
            (kind, name): its
            for kind, name, its in sandbox.rows(_OF_THE_DATABASE, asked)
            if kind not in _OF_SCHEMAS or name not in own
        }
        names = [name for name in shared if ("schema", name) in things]
        # The same query as for the sandbox, which the server has planned already.
        schemas = read_catalogs(sandbox.connection, names, counting=sandbox.counting)
        sandbox.enter()
        return cls(things, schemas)

    def changes(self, sandbox: Sandbox) -> Iterator[str]:
        """What has changed outside this sandbox since, each as a clause."""
        now = Outside.of(sandbox, self.schemas)
        for name in self.schemas.keys() & now.schemas.keys():
            for its in compare(now.schemas[name], self.schemas[name]):
                yield f"it {_CHANGES[its.change]} {its.kind} {its.name} in schema {name}"
        for key in sorted(self.things.keys() | now.things.keys()):
            if key[0] == _ROWS and not (key in self.things and key in now.things):
                continue  # the table is told
            if key not in self.things:
                yield f"it makes {' '.join(key)}"
            elif key not in now.things:
                yield f"it drops {' '.join(key)}"
            elif self.things[key] != now.things[key]:
                yield f"it changes {' '.join(key)}"
