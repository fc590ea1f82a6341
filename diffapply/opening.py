"""What a command works on: the live database, and what the journal remembers of it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial

from diffapply import journal
from diffapply.config import Settings
from diffapply.database import embedded
from diffapply.database.connection import connected, read_server, require_primary
from diffapply.database.fresh_session import read_world
from diffapply.model.memory import Memory
from diffapply.rehearsal.cache import ProofCache
from diffapply.tenants.discovery import everyone, tenants_among
from diffapply.tenants.shapes import Live

_log = logging.getLogger(__name__)


def database_url(settings: Settings) -> str:
    """The URL of the live database; without one, the embedded server's, which then runs."""
    return settings.database_url or embedded.ensure_running()


@contextmanager
def live_database(settings: Settings, *, neighbours: bool = False) -> Iterator[Live]:
    """The live database, checked to be one that can be worked on.

    Args:
        neighbours: whether it matters which tenants there are beside those chosen.
    """
    url = database_url(settings)
    with connected(url) as connection:
        server = read_server(connection)
        require_primary(server)
        if server.superuser and settings.database_url:
            _warn_superuser(server.role)
        yield Live(
            connection,
            url,
            server,
            scratch_url=settings.scratch_url,
            privileges=settings.privileges,
            jobs=settings.jobs,
            trusted=settings.trust_tenants,
            everyone=everyone(connection, settings) if neighbours else frozenset(),
            world=read_world(
                connection, settings.search_path, partial(tenants_among, connection, settings)
            ),
        )


@cache
def _warn_superuser(role: str) -> None:
    """Once a process: a command connects more than once."""
    _log.warning(
        "diffapply: connected as %s, a superuser; the role that owns the tenants is safer and "
        "enough, see docs/role.md.",
        role,
    )


def hands(live: Live) -> journal.Hands:
    """Who else has a hand in the journal, if that matters."""
    return journal.Hands() if live.trusted else journal.others_hands(live.connection)


@contextmanager
def remembering(live: Live, settings: Settings, *, wanted: bool | None = None) -> Iterator[Live]:
    """With what the journal remembers of the tenants; afterwards it remembers what was found.

    Args:
        live: without that.
        settings: with `full`, nothing is remembered that would save reading.
        wanted: whether to write; None: where there is a journal in which the role may.

    Raises:
        RefusedError: others have a hand in the journal that is to be written.
        PermissionDeniedError: the role may not write to it.
        JournalError: it is of a newer version.
    """
    connection = live.connection
    its = hands(live)
    if wanted:
        if not live.trusted:
            journal.claim(connection, live.world)
        journal.ensure(connection, live.world)
        its = hands(live)
    if its.owners:
        _log.warning(
            "diffapply: the journal belongs to %s: it is passed over (see docs/role.md).",
            its.owners[0],
        )
    if not its.legible:
        # A plan carries what it found to its apply, also where there is no journal to read.
        yield replace(live, memory=Memory({}, learning=True))
        return
    keeping = wanted if wanted is not None else journal.may_remember(connection)
    keeping = keeping and not its.planters
    # A plan carries what it found to its apply, also where there is no journal yet.
    memory = Memory(
        {} if settings.full else journal.load_looks(connection), learning=wanted is not False
    )
    proofs = (
        ProofCache()
        if settings.full or its.writers
        else ProofCache(partial(journal.find_proof, connection))
    )
    yield replace(live, memory=memory, proofs=proofs)
    if keeping:
        journal.remember_looks(connection, memory.learned)
        journal.remember_proofs(connection, proofs.made)
