"""Makes the scratch database while something else is done: the server takes a tenth of a second."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from threading import Event, Thread

from diffapply.scratch.making import Made, Make, abandon, make_database


@contextmanager
def made_ahead(server_url: str, require: Callable[[], object] = lambda: None) -> Iterator[Make]:
    """Begin to make a scratch database; yields what waits for it, and makes further ones anew.

    If nobody asks for it in the block, it is dropped.

    Args:
        require: called first, in another thread; raises if the server is not to be used.
    """
    ahead: Future[Made] = Future()
    waiting = [ahead]
    creating, unwanted = Event(), Event()

    def begin() -> None:
        try:
            require()
            creating.set()
            if unwanted.is_set():
                ahead.cancel()
            else:
                ahead.set_result(make_database(server_url))
        except BaseException as error:  # noqa: BLE001 - it is raised where the database is asked for
            ahead.set_exception(error)

    def make() -> Made:
        if not waiting:
            return make_database(server_url)
        made = ahead.result()  # interrupted meanwhile, it is still to be dropped
        waiting.clear()
        return made

    Thread(target=begin, daemon=True).start()
    try:
        yield make
    finally:
        wanted = not waiting
        unwanted.set()
        # A server that does not answer is not waited for: nothing is made there from now on.
        if not wanted and creating.is_set():
            with suppress(Exception):
                abandon(server_url, ahead.result())
