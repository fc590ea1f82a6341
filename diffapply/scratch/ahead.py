"""Makes the scratch database while the live one is read: the server takes a tenth of a second."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from threading import Thread

from diffapply.errors import DatabaseError
from diffapply.scratch.making import Made, Make, abandon, make_database


@contextmanager
def made_ahead(server_url: str) -> Iterator[Make]:
    """Begin to make a scratch database; yields what waits for it, and makes further ones anew.

    If nobody asks for it in the block, it is dropped. If it could not be made, it is made anew when
    it is asked for: by then, reading has closed its connections, which may have been too many.
    """
    ahead: Future[Made] = Future()
    waiting = [ahead]

    def begin() -> None:
        try:
            ahead.set_result(make_database(server_url))
        except BaseException as error:  # noqa: BLE001 - it is raised where the database is asked for
            ahead.set_exception(error)

    def make() -> Made:
        if waiting:
            with suppress(DatabaseError):
                made = ahead.result()  # interrupted meanwhile, it is still to be dropped
                waiting.clear()
                return made
            waiting.clear()
        return make_database(server_url)

    Thread(target=begin, daemon=True).start()
    try:
        yield make
    finally:
        if waiting:
            with suppress(Exception):
                abandon(server_url, ahead.result())
