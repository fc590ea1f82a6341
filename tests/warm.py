"""Commands in processes that are forked from one in which diffapply is imported already.

A test run executes hundreds of commands. Each would spend most of its time on imports, which is
what `python -m diffapply.main` does; that it works is for the tests that start it so.

Run as a program, this is the process that is forked; it ends with the one that started it.
"""

import atexit
import gc
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import traceback
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import NoReturn

_LENGTH = 1 << 16

_LATER = (
    *("pydantic.main", "pydantic.type_adapter", "typer._adapters", "typer._click.decorators"),
    *("sqlalchemy.dialects.postgresql.psycopg2", "sqlalchemy.orm", "zoneinfo"),
)
"""What others import when they are first used."""


class Warm:
    """The process that is forked, from the first command on.

    Args:
        folder: where its socket goes.
        program: where `diffapply` is; None: ours.
    """

    def __init__(self, folder: Path, program: Path | None = None) -> None:
        self._environment = {"PYTHONPATH": str(program)} if program else {}
        self._socket = folder / f"warm_{uuid.uuid4().hex[:12]}"
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def run(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        stdin: str,
        timeout: float,
    ) -> tuple[int, str, str]:
        """Run a command to its end: its exit code, and what it said on stdout and stderr.

        Raises:
            TimeoutError: it takes longer; it is ended.
        """
        with self._lock:
            if self._process is None:
                self._process = self._start()
        with ExitStack() as stack:
            files = [stack.enter_context(TemporaryFile("w+", encoding="utf-8")) for _ in range(3)]
            files[0].write(stdin)
            files[0].seek(0)
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.connect(str(self._socket))
            wanted = json.dumps([list(arguments), dict(environment), str(folder)]).encode()
            sent = socket.send_fds(server, [wanted], [file.fileno() for file in files])
            server.sendall(wanted[sent:])
            server.shutdown(socket.SHUT_WR)
            answers = server.makefile()
            process = int(answers.readline())
            server.settimeout(timeout)
            try:
                code = int(answers.readline())
            except TimeoutError:
                os.kill(process, signal.SIGKILL)
                raise
            for file in files:
                file.seek(0)
            return code, files[1].read(), files[2].read()

    def end(self) -> None:
        """End the process; no command runs any more."""
        if self._process is not None:
            self._process.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self._socket))
            listener.listen()
            number = listener.fileno()
            return subprocess.Popen(
                [sys.executable, __file__, str(number)],
                env={**os.environ, **self._environment},
                pass_fds=[number],
                stdin=subprocess.PIPE,
            )


def _serve(listener: socket.socket) -> None:
    """Fork a process for each command; returns in those, ready to run it."""
    import diffapply

    ours = [its.name for its in pkgutil.walk_packages(diffapply.__path__, "diffapply.")]
    for name in (*ours, *_LATER):
        if not name.endswith("__main__"):
            with suppress(ImportError):  # not all of them are always there
                import_module(name)
    _prepare()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # others wait for the commands
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with who started it
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            sys.exit()
        client, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, heard)
            _become_command(client)
            return
        client.close()


def _prepare() -> None:
    """Do what each command does in the same way at its beginning: its options, its queries."""
    from typer.main import get_command

    from diffapply import main
    from diffapply.catalog.whole_queries import facts_version
    from diffapply.model.ignoring import USUAL, Ignoring
    from diffapply.model.scope import Counting

    vars(main)["app"] = get_command(main.app)  # called in the same way
    for privileges in (False, True):
        facts_version(Counting(privileges, Ignoring((USUAL,))))
    gc.collect()
    gc.freeze()  # else collecting would copy what the processes share


def _become_command(client: socket.socket) -> None:
    """Fork once more: one process tells how the other one ends."""
    message, files, _, _ = socket.recv_fds(client, _LENGTH, 3)
    while more := client.recv(_LENGTH):
        message += more
    process = os.fork()
    if process:
        client.sendall(b"%d\n" % process)
        _, status = os.waitpid(process, 0)
        client.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    client.close()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    arguments, environment, folder = json.loads(message)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[0] = folder  # as `python -m` has it
    sys.argv[1:] = arguments


def _run() -> NoReturn:
    """Run the command, and end without taking apart all that is imported."""
    from diffapply.main import run

    code: object = 1
    try:
        run()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - told as Python tells it
        traceback.print_exc()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
    _run()
