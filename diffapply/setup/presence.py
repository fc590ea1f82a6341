"""Which schemas have the tables of the models, and so which of them are the tenants'."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral
from diffapply.queries import query
from diffapply.setup.models import Models
from diffapply.tenants.families import Family, families, listed

_QUERY = query("setup/sql", "have_tables")

_HALF = 0.5
"""A schema that has so many of a list of tables has that list."""
_WIDER = 1.2
"""How many times more tenants a wider pattern must find."""

Part = tuple[str, str | None]
"""The tables of a MetaData that have one schema: its label, and the schema."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Which of the models' tables there are in which schemas.

    Attributes:
        models: of the project, the largest first.
        schemas: all that there are.
        parts: the names of the tables of each MetaData by their schema.
        shares: part → schema → how many of the part's tables it has: from 0 to 1.
        stamped: schemas that have Alembic's table of versions.
    """

    models: Sequence[Models]
    schemas: Collection[str]
    parts: Mapping[Part, Collection[str]]
    shares: Mapping[Part, Mapping[str, float]]
    stamped: frozenset[str]

    def holds(self, schema: str, parts: Collection[Part]) -> bool:
        """Whether it has most tables of one of the parts."""
        return any(self.share(part, [schema]) >= _HALF for part in parts)

    def share(self, part: Part, schemas: Collection[str]) -> float:
        """How much of the part is in that of the schemas which has most of it: from 0 to 1."""
        return max((self.shares[part].get(schema, 0) for schema in schemas), default=0)

    def likely_tenants(self) -> Family | None:
        """The family of schemas that has the models' tables; without any, the largest one."""
        shared = {"public", *(schema for _, schema in self.parts if schema in self.schemas)}
        free = frozenset(self.schemas) - shared
        holding = {schema for schema in free if self.holds(schema, self.parts.keys())}
        best, most = None, 0.0
        for family in families(free):
            if holding:
                found = len(family.members & holding)
            else:  # no tables yet, or no models: schemas of one pattern are tenants all the same
                found = len(family.members) if len(family.members) > 1 else 0
            score = found / (_WIDER if family.wide else 1)
            if score > most:
                best, most = family, score
        return best or listed(holding)

    def of_tenants(self, tenants: Collection[str]) -> tuple[tuple[Models, ...], tuple[Part, ...]]:
        """The MetaData whose tables the tenants have, and the parts of them that are theirs."""
        shares = {part: self.share(part, tenants) for part in self.parts}
        held = [part for part in self.parts if shares[part] >= _HALF]
        if not held:
            return tuple(self.models[:1]), self._first_part()
        token = max(held, key=lambda part: len(self.parts[part]) * shares[part])[1]
        # One schema name stands for the tenant; beside it, names without a schema may.
        own = tuple(part for part in held if part[1] in (token, None))
        labels = {label for label, _ in own}
        return tuple(found for found in self.models if found.label in labels), own

    def _first_part(self) -> tuple[Part, ...]:
        """What will be the tenants', as none has any yet: a schema that does not exist is one."""
        first = [part for part in self.parts if part[0] == self.models[0].label]
        absent = [part for part in first if part[1] and part[1] not in self.schemas]
        without = [part for part in first if part[1] is None]
        return (*absent, *without) if len(absent) == 1 else tuple(without)


def find_presence(
    connection: Connection, models: Sequence[Models], schemas: Collection[str]
) -> Presence:
    """Look which schemas have the models' tables; writes nothing."""
    parts: dict[Part, set[str]] = {}
    for found in models:
        for schema, name in found.tables:
            parts.setdefault((found.label, schema), set()).add(name)
    *counts, stamped = _counts(connection, schemas, [*parts.values(), {"alembic_version"}])
    shares = {
        part: {schema: number / len(parts[part]) for schema, number in having.items()}
        for part, having in zip(parts, counts, strict=True)
    }
    return Presence(models, schemas, parts, shares, frozenset(stamped))


def _counts(
    connection: Connection, schemas: Collection[str], lists: Sequence[Collection[str]]
) -> list[dict[str, int]]:
    """Of each list of tables: schema → how many of them it has; nothing of one that has none."""
    wanted = [(number, name) for number, names in enumerate(lists) for name in names]
    found: list[dict[str, int]] = [{} for _ in lists]
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(
            _QUERY,
            {
                "numbers": [number for number, _ in wanted],
                "names": [name for _, name in wanted],
                "schemas": [*schemas],
            },
        )
        for schema, number, count in cursor.fetchall():
            found[number][schema] = count
    return found
