"""Work is shared out among threads, and the first error ends all of them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from diffapply.database.pool import Pool, share
from diffapply.errors import ConnectionFailedError


@contextmanager
def tool(name: str) -> Iterator[str]:
    """What another thread works with."""
    yield name


def no_tool() -> AbstractContextManager[str]:
    """What cannot be had."""
    raise ConnectionFailedError("There is no connection.")


def test_results_are_in_the_order_of_the_items() -> None:
    both = threading.Barrier(2)

    def work(name: str, item: int) -> tuple[int, str]:
        both.wait()  # so both threads have taken one
        return item, name

    told: list[int] = []
    found = share([1, 2], work, "own", [lambda: tool("other")], told.append)
    assert [item for item, _ in found] == [1, 2]
    assert {name for _, name in found} == {"own", "other"}
    assert told == [1, 2]


def test_who_has_no_tool_leaves_the_work_to_the_others() -> None:
    assert share([1, 2, 3], lambda name, item: f"{name} {item}", "own", [no_tool] * 2) == [
        "own 1",
        "own 2",
        "own 3",
    ]


def test_an_error_of_one_thread_ends_the_others() -> None:
    closed = threading.Event()

    def fails() -> None:
        raise ValueError("no")

    with (
        pytest.raises(ValueError, match="no"),
        Pool([lambda: _await(closed), fails], closed.set),
    ):
        pass
    assert closed.is_set()


def test_an_error_of_the_block_ends_the_threads() -> None:
    closed = threading.Event()
    with (
        pytest.raises(ValueError, match="no"),
        Pool([lambda: _await(closed)], closed.set, grace=60),
    ):
        raise ValueError("no")
    assert closed.is_set()


def test_what_does_not_end_by_itself_is_interrupted() -> None:
    interrupted = threading.Event()
    with (
        pytest.raises(ValueError, match="no"),
        Pool(
            [lambda: _await(interrupted)],
            lambda: None,
            interrupt=lambda _: interrupted.set(),
        ),
    ):
        raise ValueError("no")
    assert interrupted.is_set()


def test_an_interruption_while_the_threads_start_ends_them() -> None:
    """Nobody must say how it ended while threads go on."""
    closed, ended = threading.Event(), threading.Event()

    def work() -> None:
        closed.wait()
        ended.set()

    class Workers(list[Callable[[], None]]):
        """After the first one comes Ctrl-C."""

        def __iter__(self) -> Iterator[Callable[[], None]]:
            yield work
            raise KeyboardInterrupt

    pool = Pool(Workers([work]), closed.set, grace=60)
    with pytest.raises(KeyboardInterrupt), pool:
        pass
    assert closed.is_set()
    assert ended.is_set()


def _await(event: threading.Event) -> None:
    event.wait()
