"""What the notes on a transition are about."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from diffapply.desired import Declarable
from diffapply.model.affected import NO_EFFECT, Effect
from diffapply.model.catalog import Catalog
from diffapply.model.rename import Rename
from diffapply.model.statement import Statement


@dataclass(frozen=True, slots=True)
class Subject:
    """A transition, whether it is blocked or not.

    Attributes:
        renames: those that are declared.
        declarable: finds out what can be declared as renamed.
        leaving_stamps: how to leave the tables of Alembic's stamps alone that the plan would drop.
        of_template: whether it is a template's; its other objects are not managed.
    """

    source: Catalog
    goal: Catalog
    renames: tuple[Rename, ...] = ()
    statements: tuple[Statement, ...] = ()
    effect: Effect = NO_EFFECT
    declarable: Callable[[], Iterable[Declarable]] = tuple
    leaving_stamps: str = ""
    of_template: bool = False
