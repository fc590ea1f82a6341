"""A proxy in front of PostgreSQL that counts the exchanges, and can cut a connection off."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

_PORT = 5432


class CuttingProxy:
    """Passes on what client and server say.

    Attributes:
        exchanges: how many queries were sent.
        cuts: how many connections were cut off.
    """

    def __init__(self, server: str, listening: socket.socket) -> None:
        self.exchanges = 0
        self.cuts = 0
        self._cut_after: bytes | None = None
        self._for_good = False
        self._server = server
        self._listening = listening
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, text: str, *, for_good: bool = False) -> None:
        """The next query that holds this text is executed; its answer and the connection go.

        With `for_good`, no other connection can be had after that.
        """
        self._cut_after = text.encode()
        self._for_good = for_good

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._server)
        with closing(client), closing(server), suppress(OSError, struct.error):
            server.sendall(_startup(client))
            answers = threading.Thread(target=_pump, args=(server, client), daemon=True)
            answers.start()
            while True:
                message = _message(client)
                self.exchanges += message.startswith(b"Q")
                if self._cut_after and self._cut_after in message:
                    self._cut_after = None
                    self.cuts += 1
                    if self._for_good:
                        self._listening.shutdown(socket.SHUT_RDWR)
                    client.shutdown(socket.SHUT_RDWR)
                    client.close()  # before the server can answer
                    server.sendall(message)
                    answers.join(timeout=2)
                    return
                server.sendall(message)


@contextmanager
def cutting_proxy(url: str) -> Iterator[tuple[CuttingProxy, str]]:
    """A proxy for that server, and the URL that leads through it."""
    with closing(psycopg2.connect(url)) as connection:
        parameters = connection.info.dsn_parameters
    server = f"{parameters['host']}/.s.PGSQL.{parameters['port']}"
    with TemporaryDirectory() as folder, closing(socket.socket(socket.AF_UNIX)) as listening:
        listening.bind(str(Path(folder) / f".s.PGSQL.{_PORT}"))
        listening.listen()
        through = make_dsn(**{**parse_dsn(url), "host": folder, "port": _PORT})
        yield CuttingProxy(server, listening), through


def _startup(client: socket.socket) -> bytes:
    """The first message, which has no type; encryption is declined before it."""
    while True:
        head = _exactly(client, 4)
        body = _exactly(client, struct.unpack("!i", head)[0] - 4)
        if struct.unpack("!i", body[:4])[0] >> 16 == 3:
            return head + body
        client.sendall(b"N")


def _message(client: socket.socket) -> bytes:
    head = _exactly(client, 5)
    return head + _exactly(client, struct.unpack("!i", head[1:])[0] - 4)


def _exactly(client: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        if not (part := client.recv(size - len(received))):
            raise OSError
        received += part
    return received


def _pump(server: socket.socket, client: socket.socket) -> None:
    with suppress(OSError):
        while data := server.recv(65536):
            with suppress(OSError):
                client.sendall(data)
