"""The tenants that wait for their turn, alone or in batches.

A tenant with a busy lock goes to the end of the queue, and is tried again after a pause. A thread
waits only if there is nothing else to do.
"""

import time
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import ceil
from threading import Condition

from diffapply.model.consent import NONE, Consent
from diffapply.model.plan import Transition
from diffapply.rollout.task import Task
from diffapply.rollout.transaction.batch import is_brief, largest

_MOST_LOSSY = 3
"""If so many more batches of a transition would lose rows than were done lately, the others are not
worth a try."""


class Queue:
    """A queue that several threads take from.

    Args:
        transitions: not blocked.
        consent: to what they lose.
    """

    def __init__(self, transitions: Iterable[Transition], consent: Consent = NONE) -> None:
        self._waiting = deque(
            Task(tenant, transition, alone)
            for transition in transitions
            for alone in [not is_brief(transition, consent)]
            for tenant in transition.tenants
        )
        self._put_off: list[tuple[float, Task]] = []  # each with the moment when it is due
        self._out = 0  # how often tasks were taken that are not done yet, and may be put back
        self._lossy: Counter[int] = Counter()  # batches: those that would lose rows, less the done
        self._closed = False
        self._changed = Condition()

    def __len__(self) -> int:
        """How many are waiting."""
        return len(self._waiting) + len(self._put_off)

    def take(self, most: int, workers: int) -> list[Task]:
        """The next tasks, all of one transition; none if no task is left and none can come back.

        Args:
            most: largest number of tasks; 1 for a tenant alone.
            workers: number of threads that take tasks; near the end, each of them gets some.
        """
        with self._changed:
            while not self._closed:
                self._let_in()
                if self._waiting:
                    return self._taken(most, workers)
                if not (self._put_off or self._out):
                    break
                due = min((moment for moment, _ in self._put_off), default=None)
                self._changed.wait(None if due is None else max(due - time.monotonic(), 0))
            return []

    def _let_in(self) -> None:
        """Append the tasks whose pause is over."""
        now = time.monotonic()
        self._waiting += [task for moment, task in self._put_off if moment <= now]
        self._put_off = [(moment, task) for moment, task in self._put_off if moment > now]

    def _taken(self, most: int, workers: int) -> list[Task]:
        first = self._waiting.popleft()
        if self._lossy[id(first.transition)] >= _MOST_LOSSY:
            most = 1
        most = min(most, largest(first.transition), ceil((len(self._waiting) + 1) / workers))
        taken = [first]
        while len(taken) < most and self._waiting and self._waiting[0].goes_with(first):
            taken.append(self._waiting.popleft())
        self._out += 1
        return taken

    def put_back(
        self, tasks: Sequence[Task], *, after_loss: bool, alone: bool = True, loses: bool = False
    ) -> None:
        """Put tenants that could not be done in a batch first.

        Args:
            tasks: of one transition.
            after_loss: whether a connection was lost that may have done it.
            alone: whether they must not be part of a batch again.
            loses: whether one of them would lose rows.
        """
        with self._changed:
            if loses:
                self._lossy[id(tasks[0].transition)] += 1
            self._waiting.extendleft(
                replace(task, alone=alone, after_loss=after_loss) for task in reversed(tasks)
            )

    def batch_done(self, transition: Transition) -> None:
        """Report that a batch was done."""
        with self._changed:
            if 0 < self._lossy[id(transition)] < _MOST_LOSSY:  # else they were given up
                self._lossy[id(transition)] -= 1

    def put_off(self, task: Task) -> None:
        """Put a tenant last, alone, and after its pause."""
        with self._changed:
            self._put_off.append((time.monotonic() + task.pause, replace(task, alone=True)))

    def end(self) -> None:
        """Report that taken tasks are done, or were put back."""
        with self._changed:
            self._out -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """Give no more tasks, and end all waiting."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def left(self) -> dict[str, Task]:
        """Tenant → its task, for all that are waiting."""
        return {task.tenant: task for task in (*self._waiting, *(its for _, its in self._put_off))}
