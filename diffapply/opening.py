"""What a command works on: the live database, and what the journal remembers of it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial

from diffapply import journal
from diffapply.config import Settings
from diffapply.database import embedded
from diffapply.database.connection import Database, connected, read_server, require_primary
from diffapply.database.fresh_session import read_world
from diffapply.ddl.lookup import quoted
from diffapply.desired import Desired, load
from diffapply.model.memory import Memory
from diffapply.model.own_name import Naming
from diffapply.model.scope import Scope
from diffapply.model.world import World
from diffapply.plan.means import Means
from diffapply.progress import Progress
from diffapply.rehearsal.cache import ProofCache
from diffapply.rehearsal.stage import Stage
from diffapply.tenants.discovery import Chosen, Tenancy, choose, look, tenant_pattern
from diffapply.tenants.shapes import Reader

_log = logging.getLogger(__name__)


def desired_state(settings: Settings) -> Desired:
    """The desired state, loaded. Raises `DesiredStateError` if it cannot be."""
    token = settings.tenant_token
    desired = load(settings.desired, token, settings.schemaless)
    if token is not None and tenant_pattern(settings.tenants).fullmatch(token):
        # It is no word, but such as tenants are called: it was made from one.
        return replace(desired, naming=Naming.OWN)
    return desired


def database_url(settings: Settings) -> str:
    """The URL of the live database; without one, the embedded server's, which then runs."""
    return settings.database_url or embedded.ensure_running()


@contextmanager
def live_database(settings: Settings) -> Iterator[Database]:
    """The live database, checked to be one that can be worked on."""
    url = database_url(settings)
    with connected(url) as connection:
        server = read_server(connection)
        require_primary(server)
        if server.superuser and settings.database_url:
            _warn_superuser(server.role)
        yield Database(connection, url, server)


@cache
def _warn_superuser(role: str) -> None:
    """Once a process: a command connects more than once."""
    _log.warning(
        "diffapply: connected as %s, a superuser; the role that owns the tenants is safer and "
        "enough, see docs/role.md.",
        role,
    )


def look_around(database: Database, settings: Settings) -> tuple[Tenancy, World]:
    """Which schemas are tenants, and what sessions of the application have behind them.

    Raises:
        UsageError: the tenants pattern, the tenants query or the search path cannot be used.
    """
    tenancy = look(database.connection, settings)
    return tenancy, read_world(database.connection, settings.search_path, tenancy.tenants)


def scope(database: Database, settings: Settings) -> Scope:
    """What counts of a tenant."""
    role = quoted(database.server.role) if settings.privileges else ""
    return Scope(privileges=settings.privileges, role=role)


@contextmanager
def stage(settings: Settings) -> Iterator[Stage]:
    """Where structures of the live database can be rehearsed."""
    with live_database(settings) as database:
        yield _stage(database, settings, *look_around(database, settings))


def _stage(database: Database, settings: Settings, tenancy: Tenancy, world: World) -> Stage:
    return Stage(
        database, world, tenancy.tenants, settings.scratch_url, trusted=settings.trust_tenants
    )


@contextmanager
def planning(
    settings: Settings, progress: Progress, *, remember: bool | None = None
) -> Iterator[tuple[Means, Chosen]]:
    """What plans are made with, and what a command is about.

    Args:
        remember: whether the journal is to know what was found; see `remembering`.
    """
    with live_database(settings) as database:
        tenancy, world = look_around(database, settings)
        with remembering(database, settings, world, wanted=remember) as (memory, proofs):
            chosen = choose(database.connection, tenancy, settings)
            reader = Reader(database, scope(database, settings), memory, settings.jobs)
            its_stage = _stage(database, settings, tenancy, world)
            yield Means(reader, its_stage, proofs, progress), chosen


def hands(database: Database, settings: Settings) -> journal.Hands:
    """Who else has a hand in the journal, if that matters."""
    if settings.trust_tenants:
        return journal.Hands()
    return journal.others_hands(database.connection)


@contextmanager
def remembering(
    database: Database, settings: Settings, world: World, *, wanted: bool | None
) -> Iterator[tuple[Memory, ProofCache]]:
    """What the journal remembers of the tenants; afterwards it remembers what was found.

    Args:
        settings: with `full`, nothing is remembered that would save reading.
        world: what the database's event triggers are to find, if a journal is made.
        wanted: whether to write; None: where there is a journal in which the role may.

    Raises:
        RefusedError: others have a hand in the journal that is to be written.
        PermissionDeniedError: the role may not write to it.
        JournalError: it is of a newer version.
    """
    connection = database.connection
    its = hands(database, settings)
    if wanted:
        if not settings.trust_tenants:
            journal.claim(connection, world)
        journal.ensure(connection, world)
        its = hands(database, settings)
    if its.owners:
        _log.warning(
            "diffapply: the journal belongs to %s: it is passed over (see docs/role.md).",
            its.owners[0],
        )
    # A plan carries what it found to its apply, also where there is no journal to read.
    memory = Memory(learning=wanted is not False)
    proofs = ProofCache()
    if its.legible and not settings.full:
        memory = replace(memory, known=journal.load_looks(connection))
        if not its.writers:
            proofs = ProofCache(partial(journal.find_proof, connection))
    keeping = its.legible and not its.planters
    if keeping and not wanted:
        keeping = wanted is None and journal.may_remember(connection)
    yield memory, proofs
    if keeping:
        journal.remember_looks(connection, memory.learned)
        journal.remember_proofs(connection, proofs.made)
