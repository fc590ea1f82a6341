"""Where transitions are rehearsed: opened when something must be built, which often is not so."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from diffapply.rehearsal.cache import ProofCache

if TYPE_CHECKING:  # it takes long to import, and to open
    from diffapply.rehearsal.rehearse import Rehearsal


@dataclass(eq=False)
class Scene:
    """Where transitions are rehearsed: opened when something is first to be built.

    Attributes:
        opened: opens a rehearsal, which is closed with the stage.
        taken: names of the schemas in scratch that are no tenants.
        conditions: what all results depend on; see `diffapply.rehearsal.cache`.
        another: opens one more scene like this one, and its rehearsal; None if that is not
            possible.
        proofs: the cache of proofs, and of what desired states were built to; new ones are added.
        role: who builds in scratch, if that should be on the live server; empty: nothing that is
            built is remembered, because another server is not known well enough.
    """

    opened: Callable[[], "Rehearsal"]
    taken: frozenset[str] = frozenset()
    conditions: tuple[str, ...] = ()
    another: Callable[[], AbstractContextManager["Scene"]] | None = None
    proofs: ProofCache = field(default_factory=ProofCache)
    role: str = ""

    @cached_property
    def rehearsal(self) -> "Rehearsal":
        """The rehearsal, in a scratch database with the surroundings."""
        return self.opened()

    @property
    def may_keep(self) -> bool:
        """Whether results may be kept: not if the rehearsal is not where the conditions say."""
        return not (self.role and self.rehearsal.elsewhere)
