"""Opens what a command works on: the live database, and the caches in its journal."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from functools import cache, partial

from diffapply import journal
from diffapply.catalog.ignored import ignoring
from diffapply.config import Settings
from diffapply.database.connection import Database, connected, read_server, require_primary
from diffapply.database.fresh_session import read_world
from diffapply.database.named import database_url
from diffapply.desired import Desired, load
from diffapply.model.catalog import Catalog
from diffapply.model.identifier import quoted
from diffapply.model.ignoring import USUAL, Ignoring
from diffapply.model.memory import Memory
from diffapply.model.own_name import Naming
from diffapply.model.scope import Scope
from diffapply.model.world import World
from diffapply.planning.means import Means
from diffapply.planning.notes.variants import on_those_that_do_not_count
from diffapply.planning.unmanaged import left_by, looks_ahead
from diffapply.planning.variants import Branch, branches
from diffapply.progress import Progress
from diffapply.rehearsal.cache import ProofCache, none_known
from diffapply.rehearsal.stage import Stage
from diffapply.scratch.ahead import made_ahead
from diffapply.scratch.making import Make
from diffapply.tenants.discovery import Chosen, Tenancy, choose, look, tenant_pattern
from diffapply.tenants.own_token import create_function
from diffapply.tenants.shapes import Reader

_log = logging.getLogger(__name__)


def desired_state(settings: Settings) -> Desired:
    """The desired state, loaded. Raises `DesiredStateError` if it cannot be."""
    token = settings.tenant_token
    desired = load(settings.desired, token, settings.schemaless)
    if token is not None and tenant_pattern(settings.tenants).fullmatch(token):
        # The token has a tenant's name: the desired state was made from that tenant.
        return replace(desired, naming=Naming.OWN)
    return desired


@contextmanager
def live_database(settings: Settings, *, writing: bool = False) -> Iterator[Database]:
    """A connection to the live database; refuses servers that cannot be used.

    Args:
        writing: the command writes to it, so it must not be a hot standby.
    """
    url = database_url(settings)
    with connected(url) as connection:
        server = read_server(connection)
        if writing:
            require_primary(server)
        if server.superuser and settings.database_url:
            _warn_superuser(server.role)
        yield Database(connection, url, server)


@cache
def _warn_superuser(role: str) -> None:
    """Once in a process, because a command connects several times."""
    _log.warning(
        "diffapply: connected as %s, a superuser; the role that owns the tenants is safer and "
        "enough, see `diffapply docs role`.",
        role,
    )


def look_around(database: Database, settings: Settings) -> tuple[Tenancy, World]:
    """The tenants of the database, and the application's search path and settings.

    Raises:
        UsageError: the tenants pattern, the tenants query or the search path cannot be used.
    """
    tenancy = look(database.connection, settings)
    return tenancy, read_world(database.connection, settings.search_path, tenancy.tenants)


def left_alone(settings: Settings, desired: Desired | None = None) -> Ignoring:
    """What is left alone: what the settings ignore, and what is usually another tool's.

    Args:
        desired: what it declares is not another tool's. None: on the way back, where only the runs
            that are undone know what they took for another tool's.

    Raises:
        UsageError: a pattern names no kind.
    """
    usual: tuple[str, ...] = ()
    if desired is not None:
        declared = {its.name for its in desired.declarable() if its.kind == "table"}
        usual = tuple(its for its in USUAL if its.partition(":")[2] not in declared)
    return ignoring((*usual, *settings.ignore))


def scope(database: Database, settings: Settings, desired: Desired | None = None) -> Scope:
    """Which part of a tenant counts. Raises as `left_alone`."""
    role = quoted(database.server.role) if settings.privileges else ""
    its = left_alone(settings, desired)
    return Scope(privileges=settings.privileges, role=role, ignoring=its)


def desired_scope(its_stage: Stage, settings: Settings, desired: Desired) -> Scope:
    """Which part of a tenant counts, with what the desired state does not speak of left alone."""
    its = scope(its_stage.database, settings, desired)
    if not looks_ahead(settings):
        return its
    return its.leaving(left_by(its_stage.look_ahead(desired, its), settings))


@contextmanager
def stage(settings: Settings, *, writing: bool = False) -> Iterator[Stage]:
    """The stage on which structures of the live database can be rehearsed.

    Takes and raises what `live_database` does.
    """
    with live_database(settings, writing=writing) as database:
        yield _stage(database, settings, *look_around(database, settings))


def _stage(database: Database, settings: Settings, tenancy: Tenancy, world: World) -> Stage:
    return Stage(
        database, world, tenancy.tenants, settings.scratch_url, trusted=settings.trust_tenants
    )


@contextmanager
def planning(
    settings: Settings,
    progress: Progress,
    desired: Desired | None = None,
    *,
    remember: bool | None = None,
    ahead: bool = True,
) -> Iterator[tuple[Means, Chosen]]:
    """The means for planning, and the tenants of the command.

    Args:
        desired: the desired state; None on the way back.
        remember: write the caches in the journal; see `remembering`.
        ahead: begin to make a scratch database at once.
    """
    with live_database(settings, writing=remember is True) as database:
        tenancy, world = look_around(database, settings)
        with ExitStack() as stack:
            caches = remembering(database, settings, world, wanted=remember)
            memory, proofs, others = stack.enter_context(caches)
            known = _built_before(desired, proofs)
            wanted = ahead and (not known or settings.privileges)
            making = _scratch_ahead(database, settings, wanted=wanted)
            make = stack.enter_context(making)
            chosen = choose(database.connection, tenancy, settings)
            its_stage = replace(
                _stage(database, settings, tenancy, world), make=make, proofs=proofs
            )
            if desired is None:
                its_scope = scope(database, settings)
            else:
                its_scope = desired_scope(its_stage, settings, desired)
            reader = Reader(database, its_scope, memory, settings.jobs, known)
            its = branches_of(its_stage, settings, desired, its_scope)
            notes = tuple(on_those_that_do_not_count(settings, tenancy))
            only_declared = settings.manage == "declared"
            yield (
                Means(reader, its_stage, progress, others, its, notes, only_declared),
                chosen,
            )


def branches_of(
    its_stage: Stage, settings: Settings, desired: Desired | None, its: Scope
) -> tuple[Branch, ...]:
    """The tenants with variants that hold; see `branches`.

    Args:
        desired: None on the way back.
        its: the scope of tenants without variants.
    """
    return branches(settings, its, desired, partial(desired_scope, its_stage, settings))


def _built_before(desired: Desired | None, proofs: ProofCache) -> tuple[Catalog, ...]:
    """What the desired state was built to earlier; if anything, scratch is probably not needed."""
    digest = desired.digest() if desired and proofs.beginning is not none_known else None
    return tuple(proofs.all_built(digest)) if digest else ()


def _scratch_ahead(
    database: Database, settings: Settings, *, wanted: bool
) -> AbstractContextManager[Make | None]:
    if wanted and settings.scratch_url is None and database.server.createdb:
        return made_ahead(database.url)
    return nullcontext()


def other_roles(database: Database, settings: Settings) -> journal.OtherRoles:
    """The roles that can misuse the journal; none if tenants are trusted."""
    if settings.trust_tenants:
        return journal.OtherRoles()
    return journal.other_roles(database.connection)


@contextmanager
def remembering(
    database: Database, settings: Settings, world: World, *, wanted: bool | None
) -> Iterator[tuple[Memory, ProofCache, journal.OtherRoles]]:
    """The caches in the journal, and the roles that can misuse it.

    After the block, what was found is written to the caches.

    Args:
        settings: with `full`, the caches are not read.
        world: the path and settings for the database's event triggers, if a journal is created.
        wanted: whether to write; None: if there is a journal and the role may write to it.

    Raises:
        RefusedError: other roles can misuse the journal that is to be written.
        PermissionDeniedError: the role may not write to it.
        JournalError: it has a newer version.
    """
    connection = database.connection
    its = other_roles(database, settings)
    if wanted:
        if not settings.trust_tenants:
            journal.claim(connection, world)
        journal.ensure(connection, world)
        its = other_roles(database, settings)
    if its.owners:
        _log.warning(
            "diffapply: the journal belongs to %s; it is ignored (see `diffapply docs role`).",
            its.owners[0].role,
        )
    # Tokens are recorded also without a journal, because a plan carries them to its apply.
    memory = Memory(learning=wanted is not False)
    proofs = ProofCache()
    if its.is_safe_to_read and not settings.full and journal.has_caches(connection):
        memory = replace(memory, known=journal.load_looks(connection))
        if not its.writers:
            proofs = ProofCache(
                partial(journal.find_proof, connection), partial(journal.find_proofs, connection)
            )
    keeping = its.is_safe_to_read and not its.trigger_creators
    if keeping and not wanted:
        keeping = wanted is None and journal.may_remember(connection)
    if keeping:
        create_function(connection, world)
    yield memory, replace(proofs, stored=keeping), its
    if keeping:
        journal.remember_looks(connection, memory.learned)
        journal.remember_proofs(connection, proofs.made)
