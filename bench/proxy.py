"""A proxy that makes a server seem far away, and counts how often a client waits for it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

from bench.databases import changed_url
from diffapply.database.connection import connect

_CHUNK = 65536


@dataclass(slots=True)
class DelayingProxy:
    """Passes on what clients and the server say, each time with a delay.

    Attributes:
        host: of the server; a path means a Unix socket's folder.
        delay: seconds in each direction.
        port: where it listens itself, on this machine.
        round_trips: how often a client has spoken as the first, or after it had heard something.
    """

    host: str
    server_port: int
    delay: float
    port: int = 0
    round_trips: int = 0
    ready: threading.Event = field(default_factory=threading.Event)

    async def run(self, over: asyncio.Event) -> None:
        """Listen until it is over; connections that are left then are cut off."""
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as listening:
            self.port = listening.sockets[0].getsockname()[1]
            self.ready.set()
            await over.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.host.startswith("/"):
            socket = f"{self.host}/.s.PGSQL.{self.server_port}"
            from_server, to_server = await asyncio.open_unix_connection(socket)
        else:
            from_server, to_server = await asyncio.open_connection(self.host, self.server_port)
        answered = True

        def client_speaks() -> None:
            nonlocal answered
            self.round_trips += answered
            answered = False

        def server_speaks() -> None:
            nonlocal answered
            answered = True

        with suppress(OSError):
            await asyncio.gather(
                self._pass_on(reader, to_server, client_speaks),
                self._pass_on(from_server, writer, server_speaks),
            )

    async def _pass_on(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, spoken: Callable[[], None]
    ) -> None:
        """Until the source ends; what it says arrives in order, without holding up what follows."""
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        clock = asyncio.get_running_loop().time

        async def deliver() -> None:
            while True:
                due, data = await on_the_way.get()
                await asyncio.sleep(due - clock())
                if not data:
                    target.close()
                    return
                target.write(data)
                await target.drain()

        delivery = asyncio.create_task(deliver())
        while data := await source.read(_CHUNK):
            spoken()
            on_the_way.put_nowait((clock() + self.delay, data))
        on_the_way.put_nowait((clock() + self.delay, b""))
        await delivery


@contextmanager
def far_away(url: str, delay: float) -> Iterator[tuple[DelayingProxy, str]]:
    """A proxy before the database's server for the length of a block, and the URL through it."""
    with closing(connect(url, "bench")) as connection:
        proxy = DelayingProxy(connection.info.host, connection.info.port, delay)
    loop, over = asyncio.new_event_loop(), asyncio.Event()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        thread = threading.Thread(target=runner.run, args=[proxy.run(over)])
        thread.start()
        proxy.ready.wait()
        try:
            yield proxy, changed_url(url, host="127.0.0.1", port=str(proxy.port))
        finally:
            loop.call_soon_threadsafe(over.set)
            thread.join()
