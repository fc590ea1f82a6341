"""Opens what planning works with."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace

from diffapply.config import Settings
from diffapply.database.connection import Database
from diffapply.desired import Desired
from diffapply.model.catalog import Catalog
from diffapply.opening.caches import remembering
from diffapply.opening.live import live_database, look_around, stage_of
from diffapply.opening.scopes import branches_of, desired_scope, scope
from diffapply.planning.means import Means
from diffapply.planning.notes.variants import on_those_that_do_not_count
from diffapply.progress import Progress
from diffapply.rehearsal.cache import ProofCache, none_known
from diffapply.scratch.ahead import made_ahead
from diffapply.scratch.making import Make
from diffapply.tenants.discovery import Chosen, choose
from diffapply.tenants.shapes import Reader


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
            caches = stack.enter_context(remembering(database, settings, world, wanted=remember))
            known = _built_before(desired, caches.proofs)
            wanted = ahead and (not known or settings.privileges)
            make = stack.enter_context(_scratch_ahead(database, settings, wanted=wanted))
            chosen = choose(database.connection, tenancy, settings)
            bare = stage_of(database, settings, tenancy, world)
            stage = replace(bare, make=make, proofs=caches.proofs)
            if desired is None:
                counting = scope(database, settings)
            else:
                counting = desired_scope(stage, settings, desired)
            means = Means(
                Reader(database, counting, caches.memory, settings.jobs, known),
                stage,
                progress,
                caches.others,
                branches_of(stage, settings, desired, counting),
                tuple(on_those_that_do_not_count(settings, tenancy)),
                settings.manage == "declared",
            )
            yield means, chosen


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
