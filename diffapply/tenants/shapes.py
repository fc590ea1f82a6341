"""The live database, and its tenants grouped by what they are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from psycopg2.extensions import connection as Connection

from diffapply.catalog.reader import read_catalog, read_catalogs
from diffapply.database.connection import Server
from diffapply.database.transaction import neutral
from diffapply.ddl.lookup import quoted
from diffapply.errors import DatabaseError
from diffapply.model.catalog import Catalog
from diffapply.model.memory import Memory
from diffapply.model.own_name import Naming
from diffapply.model.world import PLAIN, World
from diffapply.progress import Progress, silent
from diffapply.rehearsal.cache import ProofCache
from diffapply.scratch.sandbox import TENANT, Scope
from diffapply.tenants.fingerprints import read_all_fingerprints
from diffapply.tenants.tokens import read_tokens

_TRIES = 5

_WORTH_IT = 8
"""Tokens are read of all schemas there are; that takes about as long as reading so large a part of
their fingerprints."""


@dataclass(frozen=True, slots=True)
class Live:
    """The live database, and how it is compared.

    Attributes:
        privileges: whether owners and grants count.
        jobs: how many connections at most read it.
        memory: what an earlier look found.
        proofs: what was proved before.
        trusted: whether code of objects that belong to others may run as the connecting role.
        everyone: all tenants that there are, whether the command is about them or not.
        world: the application's path and settings there.
    """

    connection: Connection
    url: str
    server: Server
    scratch_url: str | None = None
    privileges: bool = False
    jobs: int = 1
    memory: Memory = field(default_factory=Memory)
    proofs: ProofCache = field(default_factory=ProofCache)
    trusted: bool = False
    everyone: frozenset[str] = frozenset()
    world: World = PLAIN

    def tenant(self, schema: str) -> Catalog:
        """What a tenant is now."""
        return read_catalog(
            self.connection, schema, Naming.OWN, privileges=self.privileges, strangers=True
        )

    def template(self, schema: str, managed: frozenset[str] | None = None) -> Catalog:
        """What a template is now; only what belongs to `managed`, if they are given."""
        catalog = read_catalog(self.connection, schema, privileges=self.privileges, strangers=True)
        return catalog if managed is None else catalog.restricted_to(managed)

    def scope(self, schema: str = TENANT, managed: frozenset[str] | None = None) -> Scope:
        """Where in scratch a template stands, or any tenant."""
        role = quoted(self.server.role) if self.privileges else ""
        return Scope(schema, managed, self.privileges, role)


@dataclass(frozen=True, slots=True)
class Group:
    """Live schemas of one shape that have one goal.

    Attributes:
        catalog: what each of them is.
    """

    names: tuple[str, ...]
    catalog: Catalog


def group_by_shape(live: Live, names: Sequence[str], progress: Progress = silent) -> list[Group]:
    """Tenants grouped by their structure, largest group first.

    Raises:
        DatabaseError: they are being changed all the time while they are read.
    """
    for tries in range(_TRIES):
        memory = live.memory if tries == 0 else live.memory.emptied()
        groups = _grouped(replace(live, memory=memory), names, progress)
        if groups is not None:
            return sorted(groups, key=lambda group: -len(group.names))
    raise DatabaseError(
        "The tenants are being changed while they are compared.",
        "Try again when no other session is changing them.",
    )


def _grouped(live: Live, names: Sequence[str], progress: Progress) -> list[Group] | None:
    """The groups; None when no tenant of a group is any more what it was when it was read."""
    tokens = _tokens(live, names)
    recalled = live.memory.recall(tokens)
    fingerprints = recalled | read_all_fingerprints(
        live.connection,
        live.url,
        [name for name in names if name not in recalled],
        jobs=live.jobs,
        privileges=live.privileges,
        progress=progress,
    )
    by_fingerprint: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if name in fingerprints:  # else it was dropped since it was discovered
            by_fingerprint[fingerprints[name]].append(name)
    first = read_catalogs(
        live.connection,
        [its[0] for its in by_fingerprint.values()],
        Naming.OWN,
        privileges=live.privileges,
        strangers=True,
    )
    groups = []
    for fingerprint, its in by_fingerprint.items():
        catalog = first[its[0]]
        if catalog.fingerprint != fingerprint:
            others = (live.tenant(name) for name in its[1:])
            found = next((other for other in others if other.fingerprint == fingerprint), None)
            if found is None:
                return None
            catalog = found
        live.memory.learn(tokens, its, catalog)
        groups.append(Group(tuple(its), catalog))
    return groups


def _tokens(live: Live, names: Sequence[str]) -> dict[str, str]:
    if not live.memory.in_use:
        return {}
    with neutral(live.connection, read_only=True) as cursor:
        cursor.execute("select count(*) from pg_namespace")
        [(schemas,)] = cursor.fetchall()
    if len(names) * _WORTH_IT < schemas:
        return {}
    return read_tokens(
        live.connection,
        live.url if live.jobs > 1 else None,
        live.server,
        names,
        inside=live.memory.known,
        privileges=live.privileges,
    )
