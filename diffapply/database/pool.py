"""Threads that take work until none is left, each with a connection or more of its own.

The first error ends all. So does Ctrl-C: nothing new is begun, and what runs on servers is given
some grace, then cancelled, and cut off at last.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from diffapply.database.interruption import cancel, cut, opened_by
from diffapply.errors import ConnectionFailedError, ScratchError

_AGAIN_SECONDS = 0.1
"""After so long a statement is cancelled again: one that had not begun yet is missed."""

_PATIENCE_SECONDS = 2.0
"""After so long a connection is cut: code of others may catch that it is cancelled."""

Item = TypeVar("Item")
Tool = TypeVar("Tool")
Result = TypeVar("Result")


class Pool:
    """Threads for the length of a block, at whose end they are waited for.

    Args:
        workers: what each thread does; it returns when there is nothing left to take.
        close: lets nobody take any more; called when one of them fails, or the block.
        grace: seconds that they may then go on.
        interrupt: lets what they wait for fail, if it can; called again and again with the seconds
            for which that was tried. Without it, the connections that they opened are cancelled.
    """

    def __init__(
        self,
        workers: Sequence[Callable[[], None]],
        close: Callable[[], None],
        *,
        grace: float = 0.0,
        interrupt: Callable[[float], None] | None = None,
    ) -> None:
        self._workers = workers
        self._close = close
        self._grace = grace
        self._interrupt = interrupt or self._cancel
        self._threads: set[int] = set()
        self._futures: list[Future[None]] = []
        self._executor = ThreadPoolExecutor(
            max(len(workers), 1), initializer=lambda: self._threads.add(threading.get_ident())
        )

    def __enter__(self) -> Self:
        """Let them begin."""
        for worker in self._workers:
            future = self._executor.submit(worker)
            self._futures.append(future)
            future.add_done_callback(self._close_on_error)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Wait for them; raises what one of them has raised."""
        with self._executor:
            if kind is not None:
                self.end()
                return
            try:
                self.wait()
            except BaseException:
                self.end()
                raise

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for them at most so long; whether all are done. Raises what one has raised."""
        done, left = wait(self._futures, seconds, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        return not left

    def end(self) -> None:
        """Let them end soon."""
        self._close()
        for future in self._futures:
            future.cancel()
        try:
            wait(self._futures, self._grace)
        finally:
            since = time.monotonic()
            while not all(future.done() for future in self._futures):
                self._interrupt(time.monotonic() - since)
                wait(self._futures, _AGAIN_SECONDS)

    def _close_on_error(self, future: Future[None]) -> None:
        if not future.cancelled() and future.exception() is not None:
            self._close()

    def _cancel(self, seconds: float) -> None:
        theirs = opened_by(self._threads)
        cancel(theirs)
        if seconds > _PATIENCE_SECONDS:
            cut(theirs)


def share(
    items: Sequence[Item],
    work: Callable[[Tool, Item], Result],
    own: Tool,
    others: Iterable[Callable[[], AbstractContextManager[Tool]]],
    progress: Callable[[int], None] = lambda _: None,
) -> list[Result]:
    """Do work on all items, some at the same time; the results are in the order of the items.

    Args:
        work: done with a tool, such as a connection, that nobody else uses meanwhile.
        own: the tool of this thread.
        others: each opens another tool, for another thread; where one cannot be had, those that
            there are do its work.
        progress: told how many items are done.
    """
    left = deque(enumerate(items))
    results: dict[int, Result] = {}
    lock = threading.Lock()

    def serve(tool: Tool) -> None:
        while left:
            try:
                number, item = left.popleft()
            except IndexError:  # another thread took the last one
                return
            result = work(tool, item)
            with lock:
                results[number] = result
                progress(len(results))

    def serve_elsewhere(another: Callable[[], AbstractContextManager[Tool]]) -> None:
        with ExitStack() as stack:
            try:
                tool = stack.enter_context(another())
            except (ConnectionFailedError, ScratchError):
                return
            serve(tool)

    with Pool([partial(serve_elsewhere, another) for another in others], left.clear):
        serve(own)
    return [results[number] for number in range(len(items))]
