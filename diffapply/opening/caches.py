"""Opens the caches in the journal, as far as the role may and others cannot misuse them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from diffapply import journal
from diffapply.config import Settings
from diffapply.database.connection import Database
from diffapply.model.memory import Memory
from diffapply.model.world import World
from diffapply.rehearsal.cache import ProofCache
from diffapply.tenants.own_token import create_function

_log = logging.getLogger(__name__)


def other_roles(database: Database, settings: Settings) -> journal.OtherRoles:
    """The roles that can misuse the journal; none if tenants are trusted."""
    if settings.trust_tenants:
        return journal.OtherRoles()
    return journal.other_roles(database.connection)


@dataclass(frozen=True, slots=True)
class Caches:
    """What the journal remembers.

    Attributes:
        memory: of earlier looks at tenants.
        proofs: made earlier.
        others: the roles that can misuse the journal.
    """

    memory: Memory
    proofs: ProofCache
    others: journal.OtherRoles


@contextmanager
def remembering(
    database: Database, settings: Settings, world: World, *, wanted: bool | None
) -> Iterator[Caches]:
    """The caches in the journal.

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
    others = other_roles(database, settings)
    if wanted:
        if not settings.trust_tenants:
            journal.claim(connection, world)
        journal.ensure(connection, world)
        others = other_roles(database, settings)
    if others.owners:
        _log.warning(
            "diffapply: the journal belongs to %s; it is ignored (see `diffapply docs role`).",
            others.owners[0].role,
        )
    # Tokens are recorded also without a journal, because a plan carries them to its apply.
    memory = Memory(learning=wanted is not False)
    proofs = ProofCache()
    if others.is_safe_to_read and not settings.full and journal.has_caches(connection):
        memory = replace(memory, known=journal.load_looks(connection))
        if not others.writers:
            proofs = ProofCache(
                partial(journal.find_proof, connection), partial(journal.find_proofs, connection)
            )
    keeping = others.is_safe_to_read and not others.trigger_creators
    if keeping and not wanted:
        keeping = wanted is None and journal.may_remember(connection)
    if keeping:
        create_function(connection, world)
    yield Caches(memory, replace(proofs, stored=keeping), others)
    if keeping:
        journal.remember_looks(connection, memory.learned)
        journal.remember_proofs(connection, proofs.made)
