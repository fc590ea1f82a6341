"""Imports files of a project in a process beside this one, which they may end or keep."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from diffapply.errors import masked
from diffapply.typed import MisfitError, parsed, plain

_SECONDS = 60
"""That an import may take."""
_AT_THE_END = 1
"""Seconds that a process has to end when it has answered all."""
_SECONDS_IN_ALL = 300
"""After which no further process begins, though some files were not tried."""
_READ_ONLY = "-c default_transaction_read_only=on"
"""What libpq's drivers connect with there: a file may do more than define models after all."""

Tables = tuple[tuple[str | None, str], ...]
"""Schema, or None, and name of each."""


@dataclass(frozen=True, slots=True)
class Request:
    """A file to import.

    Attributes:
        source: its path from the root of the project, or the name of a module.
        attribute: what the user names in it; None: whatever it has.
        reaches: it is imported if one of these files was not imported before.
        anyway: it is imported in any case.
    """

    source: str
    attribute: str | None = None
    reaches: tuple[str, ...] = ()
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """What a name in a module means.

    Attributes:
        identities: of the MetaData.
        is_table: whether it is one of its tables, rather than the home of several.
    """

    identities: tuple[int, ...]
    is_table: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """A file that was imported, after those before it.

    Attributes:
        source: as it was asked for.
        names: what in it has a MetaData with tables.
        tables: identity of each MetaData that is known by then → its tables.
        files: the files that were imported with it, and not before.
    """

    source: str
    names: Mapping[str, Named] = field(default_factory=dict)
    tables: Mapping[int, Tables] = field(default_factory=dict)
    files: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Line:
    """What the probe writes."""

    begins: str = ""
    error: str = ""
    half: bool = False
    names: Mapping[str, Named] = field(default_factory=dict)
    tables: Mapping[int, Tables] = field(default_factory=dict)
    files: frozenset[str] = frozenset()
    done: bool = False


def imported(
    requests: Sequence[Request], root: Path, most: int
) -> tuple[tuple[Imported, ...], dict[str, str]]:
    """Import files one after the other, all in one process if possible.

    A file that ends the process, or fails halfway, is left out of the next one.

    Args:
        requests: the likeliest first.
        root: of the project.
        most: so many of them are imported.

    Returns:
        Those that were imported together, in their order; and source → why it was not, with an
        empty source if none could be.
    """
    left, failures = [*requests], dict[str, str]()
    found: list[Imported] = []
    end = time.monotonic() + _SECONDS_IN_ALL
    while True:
        found, ended, source = [], False, ""
        for line in _run(left, root, most):
            if line.begins:
                source = line.begins
            elif line.done:
                ended = True
            elif line.error:
                failures[source] = line.error
            else:
                found.append(Imported(source, line.names, line.tables, line.files))
        left = [its for its in left if its.source not in failures]
        if ended or not left or "" in failures or time.monotonic() > end:
            return tuple(found), failures


def _run(requests: Sequence[Request], root: Path, most: int) -> Iterator[_Line]:
    """What one process answers; the last line says why, if it ends too early."""
    with TemporaryDirectory() as folder, TemporaryFile() as said:
        asked = Path(folder) / "requests.json"
        asked.write_text(json.dumps(plain(requests)), encoding="utf-8")
        reading, writing = os.pipe()
        arguments = (asked, writing, most)
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "diffapply.setup.probe", *map(str, arguments)],
                cwd=root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                pass_fds=[writing],
                env=os.environ | {"PGOPTIONS": f"{os.environ.get('PGOPTIONS', '')} {_READ_ONLY}"},
            )
        finally:
            os.close(writing)
        begun = ""
        with closing(os.fdopen(reading, "rb", buffering=0)) as pipe, process:
            try:
                for line in _lines(pipe.fileno()):
                    begun = line.begins
                    yield line
                    if line.done or line.half:
                        with suppress(subprocess.TimeoutExpired):
                            process.wait(_AT_THE_END)
                        return
                said.seek(0)
                last = _last_line(said.read().decode(errors="replace").splitlines())
                yield _Line(error=f"{begun or 'Something'} ends the process that imports it{last}.")
            except TimeoutError:
                yield _Line(
                    error=f"{begun or 'Nothing'} is not imported within {_SECONDS} seconds."
                )
            finally:
                process.kill()


def _lines(pipe: int) -> Iterator[_Line]:
    """Lines as they are written. Raises `TimeoutError` if one takes too long."""
    rest = b""
    while True:
        if not select.select([pipe], [], [], _SECONDS)[0]:
            raise TimeoutError
        part = os.read(pipe, 1 << 16)
        if not part:
            return
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            with suppress(MisfitError):
                yield parsed(line.decode(), _Line)


def _last_line(lines: Sequence[str]) -> str:
    said = [line.strip() for line in lines if line.strip()]
    return f": {masked(said[-1])[:200]}" if said else ""
