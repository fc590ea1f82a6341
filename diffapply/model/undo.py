"""Where each tenant goes back to."""

from dataclasses import dataclass

from diffapply.model.plan import Shape
from diffapply.model.rename import Rename


@dataclass(frozen=True, slots=True)
class Undo:
    """The goal of a tenant that goes back.

    Attributes:
        goal: the shape it had before the earliest step that is undone.
        runs: ids of the runs whose steps are undone.
        managed: for a template, the names in it that those steps managed; None for a tenant.
        renames: the renames of the undone runs, reversed.
    """

    goal: Shape
    runs: tuple[int, ...]
    managed: frozenset[str] | None = None
    renames: tuple[Rename, ...] = ()
