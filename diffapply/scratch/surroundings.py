"""The surroundings: what tenants refer to outside themselves, built in scratch."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.catalog.mentions import mentioned_by_routines
from diffapply.catalog.reader import read_catalogs
from diffapply.database.advice import reason
from diffapply.database.reading import read, rows
from diffapply.model.catalog import Catalog
from diffapply.queries import query
from diffapply.scratch.defaults import BUILT_IN, Given, read_given
from diffapply.scratch.elsewhere import drawn_elsewhere, sequence_statements, stand_ins
from diffapply.scratch.roles import missing_roles

_REFERENCES = query("scratch", "references")
_SERVER_SETTINGS = query("scratch", "server_settings")
_EXISTING = query("scratch", "existing_schemas")

_EXTENSIONS = query("scratch", "extensions")


_FOREIGN_SERVERS = query("scratch", "foreign_servers")


def shared_schemas(
    live: Connection,
    schemas: Iterable[str],
    named: Iterable[str],
    always: Iterable[str] = ("public",),
    tenants: Collection[str] = (),
) -> list[str]:
    """Names of the schemas that scratch needs: templates, and what structures refer to.

    References are followed, also those in routines' bodies.

    Args:
        schemas: one live schema of each shape, and the templates.
        named: names that the desired state mentions; those that are no schema are ignored.
        always: names that are always included.
        tenants: all tenants. References from shared schemas and templates to tenants are not
            followed: a single view over all tenants would bring all of them into scratch.
    """
    own, everyone = set(schemas), frozenset(tenants)
    return read(live, lambda _: _shared(live, own, {*named, *always}, everyone))


def _shared(
    live: Connection, own: set[str], named: set[str], everyone: frozenset[str]
) -> list[str]:
    """The same, within one transaction."""

    def referred(names: Collection[str]) -> set[str]:
        if not names:
            return set()
        return {name for (name,) in rows(live, _REFERENCES, {"schemas": sorted(names)})}

    def existing(names: Iterable[str]) -> set[str]:
        wanted = sorted(names)
        return {name for (name,) in rows(live, _EXISTING, [wanted])} if wanted else set()

    found = existing(named) | (own - everyone) | referred(own & everyone)
    new = found
    while new:
        more = referred(new) | existing(mentioned_by_routines(live, new))
        new = more - found - everyone
        found = found | new
    return sorted(found)


@dataclass(frozen=True)
class Surroundings:
    """What tenants refer to outside themselves.

    Attributes:
        extensions: name, schema and version of each.
        foreign: statements that create foreign-data wrappers and servers.
        schemas: shared schema → its catalog.
        sequences: sequences in further schemas that columns draw from: schema and statement.
        given: the default privileges of the role.
        stand_ins: replacements for views that read tenants: schema and statement.
        roles: those that structures name.
        settings: digest of the settings that a new database has here; nothing is built of it.
    """

    extensions: Sequence[tuple[str, str, str]]
    foreign: Sequence[str]
    schemas: Mapping[str, Catalog]
    sequences: Sequence[tuple[str, str]] = ()
    given: Given = field(default_factory=lambda: BUILT_IN)
    stand_ins: Sequence[tuple[str, str]] = ()
    settings: str = ""
    roles: frozenset[str] = frozenset()

    def emptied(self) -> "Surroundings":
        """The same extensions and schemas, with nothing in them."""
        schemas = dict.fromkeys(self.schemas, Catalog.of([]))
        return replace(self, schemas=schemas, sequences=(), stand_ins=())

    @property
    def digest(self) -> str:
        """Equal exactly when two surroundings are equal."""
        fingerprints = {name: catalog.fingerprint for name, catalog in self.schemas.items()}
        defaults = sorted((key, sorted(grants)) for key, grants in self.given.items())
        built = (
            *(list(self.extensions), list(self.foreign), fingerprints),
            *(list(self.sequences), defaults, list(self.stand_ins), self.settings),
        )
        return hashlib.sha256(repr(built).encode()).hexdigest()

    @property
    def strangers(self) -> frozenset[str]:
        """Strangers that own some of it; see `Catalog`."""
        return frozenset().union(*(catalog.strangers for catalog in self.schemas.values()))

    def prepare(self, scratch: Connection) -> tuple[str, ...]:
        """Create what needs more rights than the rest: extensions and foreign servers.

        What cannot be created (for example, an extension that is not installed) is left out. A
        transition that needs it is then blocked, with PostgreSQL's own message.

        Returns:
            PostgreSQL's reasons why something is left out.
        """
        lacking = [f'role "{name}" does not exist' for name in missing_roles(scratch, self.roles)]
        with scratch.cursor() as cursor:
            of_others = [its[1] for its in self.extensions] + [its[0] for its in self.sequences]
            for name in dict.fromkeys([*self.schemas, *of_others]):
                if not name.startswith("pg_"):
                    cursor.execute(
                        sql.SQL("create schema if not exists {}").format(sql.Identifier(name))
                    )
            for name, schema, version in self.extensions:
                lacking += _create_extension(cursor, name, schema, version)
            for statement in self.foreign:
                try:
                    cursor.execute(statement)
                except psycopg2.errors.InsufficientPrivilege as error:
                    lacking.append(reason(error))
                except psycopg2.Error:
                    pass  # an extension may have created the wrapper
        return tuple(lacking)


def read_surroundings(
    live: Connection,
    shared: Sequence[str],
    sequences: Collection[str] = (),
    tenants: Collection[str] = (),
) -> Surroundings:
    """Read the surroundings from the live database.

    Args:
        shared: see `shared_schemas`.
        sequences: qualified names of sequences in other schemas that tenants draw from.
        tenants: all tenants.
    """

    def ask(cursor: Cursor) -> list[list[tuple[Any, ...]]]:
        found = []
        for question in (_EXTENSIONS, _FOREIGN_SERVERS, _SERVER_SETTINGS):
            cursor.execute(question)
            found.append(cursor.fetchall())
        return found

    extensions, servers, [(settings,)] = read(live, ask)
    foreign = [statement for (statement,) in servers]
    catalogs = read_catalogs(live, shared, strangers=True)
    drawn = {*sequences, *drawn_elsewhere(catalogs.values())}
    alone = [its for its in sequence_statements(live, drawn) if its[0] not in shared]
    return Surroundings(
        extensions,
        foreign,
        {name: catalogs[name] for name in shared},
        alone,
        read_given(live),
        stand_ins(live, shared, tenants),
        settings,
    )


def _create_extension(
    cursor: psycopg2.extensions.cursor, name: str, schema: str, version: str
) -> list[str]:
    """Create it, also in another version; returns PostgreSQL's reason if it cannot be created."""
    reasons = []
    create = sql.SQL("create extension if not exists {} with schema {}").format(
        sql.Identifier(name), sql.Identifier(schema)
    )
    exactly = create + sql.SQL(" version {} cascade").format(sql.Literal(version))
    for statement in (exactly, create + sql.SQL(" cascade")):
        try:
            cursor.execute(statement)
        except psycopg2.Error as error:
            reasons = [reason(error)]
        else:
            return []
    return reasons
