"""A proxy that makes a server seem far away, and counts how often a client waits for it."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import closing, suppress

from bench.databases import changed_url
from diffapply.database.connection import connect

_CHUNK = 65536

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class DelayingProxy:
    """Passes on what client and server say, each time with a delay.

    Attributes:
        url: leads through it.
        round_trips: how often a client spoke after it had heard something, or as the first.

    Args:
        url: of the database.
        delay: seconds in each direction.
    """

    def __init__(self, url: str, delay: float) -> None:
        with closing(connect(url, "bench")) as connection:
            info = connection.info
            self._host, self._port = info.host, info.port
        self._delay = delay
        self.round_trips = 0
        self._loop = asyncio.new_event_loop()
        listening = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        port = listening.sockets[0].getsockname()[1]
        self.url = changed_url(url, host="127.0.0.1", port=str(port))
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def close(self) -> None:
        """Stop; connections that are left are cut off."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _connect(self) -> _Streams:
        if self._host.startswith("/"):
            return await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        return await asyncio.open_connection(self._host, self._port)

    async def _serve(self, *client: *_Streams) -> None:
        server = await self._connect()
        answered = asyncio.Event()
        answered.set()

        def client_speaks() -> None:
            self.round_trips += answered.is_set()
            answered.clear()

        with suppress(OSError):
            await asyncio.gather(
                self._pass_on(client[0], server[1], client_speaks),
                self._pass_on(server[0], client[1], answered.set),
            )

    async def _pass_on(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        spoken: Callable[[], None],
    ) -> None:
        """Until the source has ended; what it says arrives in order, however much it is."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, data = await waiting.get()
                await asyncio.sleep(due - self._loop.time())
                if not data:
                    break
                target.write(data)
                await target.drain()
            target.close()

        async with asyncio.TaskGroup() as group:
            group.create_task(deliver())
            data = b"-"
            while data:
                data = await source.read(_CHUNK)
                if data:
                    spoken()
                await waiting.put((self._loop.time() + self._delay, data))
