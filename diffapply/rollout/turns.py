"""The tenants whose turn has not come yet, alone or in lots."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from threading import Condition

from diffapply.planning.model import Transition
from diffapply.rollout.lot import is_brief


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be done for one tenant.

    Attributes:
        alone: whether it must not be part of a lot.
        after_loss: whether a connection was lost that may have done it.
    """

    tenant: str
    transition: Transition
    alone: bool
    after_loss: bool = False

    def goes_with(self, other: "Turn") -> bool:
        """Whether both may be in one lot."""
        return not (self.alone or other.alone) and self.transition is other.transition


class Turns:
    """A queue that several threads take from.

    Args:
        transitions: not blocked.
    """

    def __init__(self, transitions: Iterable[Transition]) -> None:
        self._waiting = deque(
            Turn(tenant, transition, alone)
            for transition in transitions
            for alone in [not is_brief(transition)]
            for tenant in transition.tenants
        )
        self._lots = 0  # that are being worked on, and may be put back
        self._changed = Condition()

    def __len__(self) -> int:
        """How many are waiting."""
        return len(self._waiting)

    def take(self, most: int, workers: int) -> list[Turn]:
        """The next turns, all of one transition; none when none is left, nor can be put back.

        Args:
            most: so many at most; one, if it is for a tenant alone.
            workers: how many threads take from the queue: towards its end, all get some.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or not self._lots)
            if not self._waiting:
                return []
            most = min(most, ceil(len(self._waiting) / workers))
            first = self._waiting.popleft()
            taken = [first]
            while len(taken) < most and self._waiting and self._waiting[0].goes_with(first):
                taken.append(self._waiting.popleft())
            self._lots += len(taken) > 1
            return taken

    def put_back(self, turns: Sequence[Turn], *, after_loss: bool) -> None:
        """Let tenants that could not be done in a lot be the next, each alone."""
        with self._changed:
            self._waiting.extendleft(
                replace(turn, alone=True, after_loss=after_loss) for turn in reversed(turns)
            )

    def end(self, turns: Sequence[Turn]) -> None:
        """Say that taken turns are over: what of them was not done, has been put back."""
        with self._changed:
            self._lots -= len(turns) > 1
            self._changed.notify_all()

    def left(self) -> dict[str, Turn]:
        """Tenant → its turn, for all that are waiting."""
        return {turn.tenant: turn for turn in self._waiting}
