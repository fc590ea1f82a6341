"""Where transitions are rehearsed: opened when something must be built, which often is not so."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING

from diffapply.rehearsal.cache import ProofCache

if TYPE_CHECKING:  # it takes long to import, and to open
    from diffapply.rehearsal.rehearse import Rehearsal


class Scene:
    """Where transitions are rehearsed: opened when something is first to be built.

    Args:
        opened: opens a rehearsal, which is closed with the stage.
        kept: names of the schemas in scratch that are no tenants.
        conditions: what all results depend on; see `diffapply.rehearsal.cache`.
        another: opens one more scene like this one; None if that is not possible.
        proofs: knows, perhaps, what a desired state was built to under these conditions.
    """

    def __init__(
        self,
        opened: Callable[[], "Rehearsal"],
        kept: frozenset[str] = frozenset(),
        conditions: tuple[str, ...] = (),
        another: Callable[[], AbstractContextManager["Scene"]] | None = None,
        proofs: ProofCache | None = None,
    ) -> None:
        self._opened = opened
        self.kept = kept
        self.conditions = conditions
        self.another = another
        self.proofs = ProofCache() if proofs is None else proofs

    @cached_property
    def rehearsal(self) -> "Rehearsal":
        """The rehearsal, in a scratch database with the surroundings."""
        return self._opened()
