"""What is to be done for one tenant, at its next turn."""

from dataclasses import dataclass

from diffapply.model.plan import Transition
from diffapply.rollout.retry import pause


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done for one tenant.

    Attributes:
        transition: not blocked.
        alone: whether it must not be part of a batch.
        after_loss: whether a connection was lost that may have done it.
        tries: how often it was tried.
    """

    tenant: str
    transition: Transition
    alone: bool = False
    after_loss: bool = False
    tries: int = 0

    def goes_with(self, other: "Task") -> bool:
        """Whether both may be in one batch."""
        return not (self.alone or other.alone) and self.transition is other.transition

    @property
    def pause(self) -> float:
        """Seconds until it may be tried again: more after each try, and random."""
        return pause(self.tries)
