"""Reads the structure of live schemas, and groups tenants by their shape."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from diffapply.catalog.reader import read_catalogs
from diffapply.database.connection import Database
from diffapply.database.reading import TenantsLockedError, rows
from diffapply.errors import DatabaseError, TenantError
from diffapply.model.catalog import Catalog
from diffapply.model.ignoring import Ignoring
from diffapply.model.memory import Memory
from diffapply.model.own_name import Naming
from diffapply.model.scope import WHOLE, Scope
from diffapply.model.unreadable import Locked, Unreadable, reading_asked
from diffapply.progress import Progress, silent
from diffapply.tenants.fingerprints import read_all_fingerprints
from diffapply.tenants.tokens import read_tokens

_TRIES = 5

_WORTH_IT = 8
"""Tokens are always read for all schemas; that takes as long as reading the fingerprints of an
eighth of them."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the structure of live schemas.

    Attributes:
        scope: which part of a tenant counts.
        memory: what tenants were earlier; what they are now is added.
        jobs: largest number of connections.
        known: structures that tenants probably have. If all have one of these, no facts are read.
        locked: tenant → why it could not be read in a group, because others keep it locked; filled
            while groups are read.
    """

    database: Database
    scope: Scope = WHOLE
    memory: Memory = field(default_factory=Memory)
    jobs: int = 1
    known: Sequence[Catalog] = ()
    locked: dict[str, Unreadable] = field(default_factory=dict)

    def ignoring(self, patterns: Ignoring) -> "Reader":
        """The same, but for what is ignored; remembers nothing."""
        return replace(self, scope=replace(self.scope, ignoring=patterns), memory=Memory())

    def tenant(self, schema: str) -> Catalog:
        """The catalog of a tenant now."""
        return self.tenants([schema])[schema]

    def tenants(self, schemas: Sequence[str]) -> dict[str, Catalog]:
        """The catalogs of tenants now."""
        return self._read(schemas, Naming.OWN)

    def template(self, schema: str, managed: frozenset[str] | None = None) -> Catalog:
        """The catalog of a template now; only of the `managed` objects, if given."""
        catalog = self._read([schema], Naming.AS_IT_IS)[schema]
        return self.scope.of_template(schema, managed).part_of(catalog)

    def leave_out(self, error: TenantsLockedError) -> None:
        """Note tenants that others keep locked."""
        for name, locked in error.locked.items():
            self.locked[name] = Unreadable(name, Locked(locked.relation, locked.holder))

    def require_all(self) -> None:
        """Refuse to go on without tenants that others keep locked. Raises `TenantError`."""
        for tenant in self.locked.values():
            raise TenantError(
                f"The tenant {tenant.name!r} cannot be read.", reading_asked([tenant.why])
            )

    def _read(self, schemas: Sequence[str], naming: Naming) -> dict[str, Catalog]:
        connection, counting = self.database.connection, self.scope.counting
        return read_catalogs(connection, schemas, naming, counting, strangers=True)


@dataclass(frozen=True, slots=True)
class Group:
    """Live schemas of one shape that have one goal.

    Attributes:
        catalog: of each of them.
        known: whether it was known from their fingerprint, and not read. Who owns parts of it is
            not known then, so it must not be built.
    """

    names: tuple[str, ...]
    catalog: Catalog
    known: bool = False


def group_by_shape(
    reader: Reader, names: Sequence[str], progress: Progress = silent
) -> list[Group]:
    """Tenants grouped by their shape, largest group first; without those that others keep locked.

    Raises:
        DatabaseError: other sessions keep changing them while they are read.
    """
    for name in names:  # from an earlier look
        reader.locked.pop(name, None)
    tries = 0
    while tries < _TRIES:
        memory = reader.memory if tries == 0 else reader.memory.emptied()
        free = [name for name in names if name not in reader.locked]
        try:
            groups = _grouped(replace(reader, memory=memory), free, progress)
        except TenantsLockedError as error:  # so there are fewer now
            reader.leave_out(error)
            continue
        if groups is not None:
            return sorted(groups, key=lambda group: -len(group.names))
        tries += 1
    raise DatabaseError(
        "The tenants are being changed while they are compared.",
        "Try again when no other session is changing them.",
    )


def _grouped(reader: Reader, names: Sequence[str], progress: Progress) -> list[Group] | None:
    """The groups; None if all tenants of a group have changed since their fingerprint was read."""
    tokens = _tokens(reader, names)
    recalled = reader.memory.recall(tokens)
    fingerprints = recalled | read_all_fingerprints(
        reader.database,
        [name for name in names if name not in recalled],
        reader.scope.counting,
        jobs=reader.jobs,
        leave_out=reader.leave_out,
        progress=progress,
    )
    by_fingerprint: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if name in fingerprints:  # otherwise it was dropped meanwhile
            by_fingerprint[fingerprints[name]].append(name)
    structures = {its.fingerprint: its for its in reader.known}
    known = by_fingerprint.keys() <= structures.keys()
    if known:
        first = {its[0]: structures[fingerprint] for fingerprint, its in by_fingerprint.items()}
    else:
        first = reader.tenants([its[0] for its in by_fingerprint.values()])
    groups = []
    for fingerprint, alike in by_fingerprint.items():
        catalog = first[alike[0]]
        if catalog.fingerprint != fingerprint:
            others = (reader.tenant(name) for name in alike[1:])
            found = next((other for other in others if other.fingerprint == fingerprint), None)
            if found is None:
                return None
            catalog = found
        reader.memory.learn(tokens, alike, catalog)
        groups.append(Group(tuple(alike), catalog, known))
    return groups


def _tokens(reader: Reader, names: Sequence[str]) -> dict[str, str]:
    if not reader.memory.in_use:
        return {}
    [(schemas,)] = rows(reader.database.connection, "select count(*) from pg_namespace")
    if len(names) * _WORTH_IT < schemas:
        return {}
    return read_tokens(
        reader.database,
        names,
        reader.scope.counting,
        inside=reader.memory.known,
        jobs=reader.jobs,
    )
