"""Opens scratch databases for rehearsals, with their surroundings."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import parse_dsn

from diffapply.database.connection import Database
from diffapply.database.fresh_session import taken
from diffapply.database.urls import libpq_url
from diffapply.desired import Desired
from diffapply.errors import ConnectionFailedError, ScratchError
from diffapply.model.catalog import Catalog
from diffapply.model.plan import Shape
from diffapply.model.scope import Scope
from diffapply.model.world import PLAIN, World
from diffapply.rehearsal.cache import ProofCache
from diffapply.rehearsal.desired_state import build_desired, require_desired
from diffapply.rehearsal.scene import Scene
from diffapply.scratch.confinement import Confinement
from diffapply.scratch.contents import Contents
from diffapply.scratch.database import scratch_database
from diffapply.scratch.elsewhere import drawn_elsewhere, mentioned_schemas
from diffapply.scratch.making import Make
from diffapply.scratch.roles import MYSELF, named_roles
from diffapply.scratch.surroundings import Surroundings, read_surroundings, shared_schemas

if TYPE_CHECKING:
    from diffapply.rehearsal.rehearse import Rehearsal


def _place(scratch_url: str | None) -> str:
    """Where a scratch database is that is not on the live server; without a password."""
    if scratch_url is None:
        return "embedded"
    try:
        its = parse_dsn(libpq_url(scratch_url))
    except ConnectionFailedError as error:
        raise ScratchError(
            f"The scratch database cannot be reached. {error.message}",
            f"Check --scratch-url. {error.remedy}",
        ) from None
    return repr([its.get(name) for name in ("host", "hostaddr", "port", "dbname", "service")])


@dataclass(frozen=True, slots=True)
class Stage:
    """Opens scratch databases for rehearsals.

    Attributes:
        database: the live database.
        world: the application's path and settings there.
        tenants: all tenants, chosen or not.
        scratch_url: an empty database to use as scratch; None: create one.
        trusted: let code that belongs to other roles run as the connecting role.
        make: makes a scratch database beside the live one, or has begun to.
        proofs: the cache of proofs, and of what desired states were built to; new ones are added.
    """

    database: Database
    world: World = PLAIN
    tenants: frozenset[str] = frozenset()
    scratch_url: str | None = None
    trusted: bool = False
    make: Make | None = None
    proofs: ProofCache = field(default_factory=ProofCache)

    @contextmanager
    def open(
        self,
        schemas: Mapping[str, Catalog],
        named: Iterable[str] = (),
        *,
        ends: Collection[Catalog] = (),
        bare: bool = False,
    ) -> Iterator[Scene]:
        """Read the surroundings; when something is first to be built, open a scratch database.

        Args:
            schemas: one live schema of each shape, and the templates, with their catalogs.
            named: further schemas that the desired state mentions.
            ends: further structures to build. Like those of `schemas`, they may draw numbers from
                sequences of other schemas, and name other schemas in texts.
            bare: of the surroundings, build the extensions and empty schemas alone.

        Raises:
            ScratchError: no scratch database can be created or used, or strangers' code could do
                harm there.
        """
        surroundings = self._surroundings(schemas, named, ends)
        if bare:
            surroundings = surroundings.emptied()
        strangers = surroundings.strangers.union(*(its.strangers for its in schemas.values()))
        contents = Contents(
            () if self.trusted else tuple(map(repr, sorted(strangers))),
            frozenset(name for name, *_ in surroundings.extensions),
            surroundings.prepare,
            surroundings.roles,
        )
        with self._scene(surroundings, contents, self.make) as scene:
            yield scene

    def look_ahead(self, desired: Desired, scope: Scope) -> Catalog:
        """What the desired state says, before any tenant is read.

        Raises:
            DesiredStateError: it is refused.
            ScratchError: as `open`.
        """
        with replace(self, make=None).open({}, desired.shared) as scene:
            return build_desired(scene, desired, replace(scope, ahead=True)).catalog

    def build(self, desired: Desired, scope: Scope) -> Shape:
        """The desired state with DDL that was proved to rebuild it.

        Raises:
            DesiredStateError: it is refused, or cannot be rebuilt from its facts.
            ScratchError: as `open`.
        """
        with self.open({}, desired.shared) as scene:
            return require_desired(scene, desired, scope)

    def _surroundings(
        self, schemas: Mapping[str, Catalog], named: Iterable[str], ends: Collection[Catalog]
    ) -> Surroundings:
        tenants = [catalog for name, catalog in schemas.items() if name in self.tenants]
        named = {
            *named,
            *self.world.behind,
            *mentioned_schemas([*tenants, *ends], self.tenants),
            *(mentioned_schemas(schemas.values()) - self.tenants),
        }
        connection = self.database.connection
        its = read_surroundings(
            connection,
            shared_schemas(connection, schemas, named, tenants=self.tenants),
            drawn_elsewhere([*schemas.values(), *ends]),
            self.tenants,
        )
        catalogs = [*schemas.values(), *ends, *its.schemas.values()]
        if not MYSELF.isdisjoint(name.lower() for name in named):
            named.add(self.database.server.role)
        return replace(its, roles=named_roles(connection, catalogs, named))

    @contextmanager
    def _scene(
        self, surroundings: Surroundings, contents: Contents, make: Make | None = None
    ) -> Iterator[Scene]:
        server = self.database.server
        here = self.scratch_url is None and server.createdb
        # Another server may take other settings, and have other extensions.
        where = "" if here else _place(self.scratch_url)
        conditions = (str(server.version), surroundings.digest, repr(self.world), where)
        with ExitStack() as stack:
            yield Scene(
                lambda: stack.enter_context(self._rehearsal(surroundings, contents, make)),
                frozenset(surroundings.schemas) - self.tenants,
                conditions,
                None if self.scratch_url else partial(self._opened, surroundings, contents),
                self.proofs,
                server.role if here else "",
            )

    @contextmanager
    def _opened(self, surroundings: Surroundings, contents: Contents) -> Iterator[Scene]:
        """One more scene, opened at once: so it is known whether it can be."""
        with self._scene(surroundings, contents) as scene:
            _ = scene.rehearsal
            yield scene

    @contextmanager
    def _rehearsal(
        self, surroundings: Surroundings, contents: Contents, make: Make | None
    ) -> Iterator["Rehearsal"]:
        from diffapply.rehearsal.rehearse import Rehearsal  # noqa: PLC0415 - see `Scene`
        from diffapply.scratch.building_surroundings import surround  # noqa: PLC0415 - likewise

        server = self.database.server
        confinement = Confinement(contents.strangers, server.role) if contents.strangers else None
        lacking: list[str] = []

        def prepare(scratch: Connection) -> Sequence[str]:
            lacking[:] = contents.prepare(scratch)
            return lacking

        noting = replace(contents, prepare=prepare)
        with scratch_database(self.database.url, server, self.scratch_url, noting, make) as scratch:
            try:
                denied = surround(surroundings, scratch)
                its = replace(confinement, denied=denied) if confinement else None
                world = taken(scratch, self.world)
                there, live = scratch.info, self.database.connection.info
                elsewhere = (there.host, there.port) != (live.host, live.port)
                shared = tuple(surroundings.schemas)
                yield Rehearsal(
                    scratch,
                    shared,
                    its,
                    world,
                    lacking=lacking,
                    elsewhere=elsewhere,
                    role=server.role,
                )
            except psycopg2.Error as error:
                ended = isinstance(error, psycopg2.errors.QueryCanceled) or scratch.closed
                if confinement is None or not ended:
                    raise
                raise ScratchError(
                    f"No plan can be made: {confinement.overlong(error)}.",
                    "Find out what its code does, or leave the tenant out with --exclude.",
                ) from error
