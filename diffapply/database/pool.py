"""A pool of threads that take work until none is left.

The first error, or Ctrl-C, stops all: nobody takes new work, and queries that still run are
cancelled after a grace period.
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

from diffapply.database.interruption import AGAIN_SECONDS, end_queries, opened_by
from diffapply.errors import ConnectionFailedError, ScratchError

Item = TypeVar("Item")
Tool = TypeVar("Tool")
Result = TypeVar("Result")


class Pool:
    """Threads that run during a block; its end waits for them.

    Args:
        workers: one function a thread; it returns when no work is left.
        close: called when a thread or the block fails; after it, no thread may take new work.
        grace: seconds that the threads may go on after that.
        interrupt: called every 0.1 s after the grace period, until all threads have ended, with
            the seconds since then; should make their queries fail. By default, the queries of
            all connections that the threads opened are cancelled.
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
        """Start the threads; all of them or none."""
        try:
            for worker in self._workers:
                future = self._executor.submit(worker)
                self._futures.append(future)
                future.add_done_callback(self._close_on_error)
        except BaseException:  # Ctrl-C: nobody would call __exit__
            with self._executor:
                self.end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Wait for the threads; raises the first error of one."""
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
        """Wait for the threads at most so long; whether all are done. Raises the error of one."""
        done, left = wait(self._futures, seconds, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        return not left

    def end(self) -> None:
        """Make the threads end soon, and wait for that."""
        self._close()
        for future in self._futures:
            future.cancel()
        try:
            wait(self._futures, self._grace)
        finally:
            since = time.monotonic()
            while not all(future.done() for future in self._futures):
                self._interrupt(time.monotonic() - since)
                wait(self._futures, AGAIN_SECONDS)

    def _close_on_error(self, future: Future[None]) -> None:
        if not future.cancelled() and future.exception() is not None:
            self._close()

    def _cancel(self, seconds: float) -> None:
        end_queries(opened_by(self._threads), seconds)


def share(
    items: Sequence[Item],
    work: Callable[[Tool, Item], Result],
    own: Tool,
    others: Iterable[Callable[[], AbstractContextManager[Tool]]],
    progress: Callable[[int], None] = lambda _: None,
) -> list[Result]:
    """Work on all items, in several threads; returns the results in the order of the items.

    Args:
        work: gets a tool, such as a connection, that no other thread uses.
        own: the tool of this thread.
        others: functions that open the tools of further threads. If one cannot be opened, the
            other threads do its work.
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
