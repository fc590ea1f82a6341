"""The tools that diffapply is compared with: migra alone, and `results`, its successor, alone."""

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.database.connection import connect
from tests.acceptance.case_files import DIRECTIONS, Case, Direction
from tests.acceptance.dumps import dumped
from tests.servers import Database, Server

Verdict = Literal["right", "incomplete", "fails"]
"""What pg_dump says of its end: it is the goal; it is not, and nothing was said; or there is no
end, as the tool crashed or PostgreSQL refused a statement."""

RIVALS = ("migra", "results")
_WORKER = Path(__file__).with_name("rival_worker.py")
_SCHEMA = "tenant"
_EMPTY = f"rollback; drop schema if exists {_SCHEMA} cascade; create schema {_SCHEMA}"
_ENTER = f"set search_path = {_SCHEMA}"


class MissingRivalError(Exception):
    """The tool cannot be had here."""


@dataclass(frozen=True, slots=True)
class Rival:
    """One tool, asked to lead one database to the structure of another.

    As its user would: the same schema in both databases, the proposal run as it is.
    """

    name: str
    process: subprocess.Popen[str]
    ends: tuple[Database, Database]
    connections: tuple[Connection, Connection]

    def verdicts(self, case: Case) -> dict[Direction, Verdict]:
        """What it makes of a case, in both directions."""
        for connection, statements in zip(self.connections, (case.old, case.new), strict=True):
            with connection.cursor() as cursor:
                cursor.execute(f"{_EMPTY}; begin; {_ENTER}; {statements};\n commit")
        wanted = [self._dump(database) for database in self.ends]
        proposals = [self._propose(*self.ends), self._propose(*reversed(self.ends))]
        return {
            direction: self._judge(proposals[end], end, wanted[1 - end])
            for end, direction in enumerate(DIRECTIONS)
        }

    def _judge(self, proposal: str | None, end: int, wanted: str) -> Verdict:
        if proposal is None:
            return "fails"
        try:
            with self.connections[end].cursor() as cursor:
                cursor.execute(f"begin; {_ENTER}; {proposal};\n commit; reset all")
        except psycopg2.Error:
            return "fails"
        return "right" if self._dump(self.ends[end]) == wanted else "incomplete"

    def _propose(self, source: Database, goal: Database) -> str | None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        scheme = "postgresql+psycopg2:" if self.name == "migra" else "postgresql:"
        urls = [end.url.replace("postgresql:", scheme, 1) for end in (source, goal)]
        print(json.dumps([*urls, _SCHEMA]), file=self.process.stdin, flush=True)
        answer: dict[str, str] = json.loads(self.process.stdout.readline())
        return answer.get("statements")

    @staticmethod
    def _dump(database: Database) -> str:
        return dumped(database.url, [_SCHEMA])[_SCHEMA]


@contextmanager
def rival(name: str, python: Path, server: Server) -> Iterator[Rival]:
    """The tool, ready to be asked, for the length of a block.

    Args:
        python: the interpreter that has it installed.
    """
    with ExitStack() as stack:
        first, second = (stack.enter_context(server.new_database()) for _ in range(2))
        process = stack.enter_context(
            subprocess.Popen(
                [str(python), str(_WORKER), name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
            )
        )
        connections = connect(first.url), connect(second.url)
        for connection in connections:
            stack.callback(connection.close)
        yield Rival(name, process, (first, second), connections)


@contextmanager
def installed(name: str) -> Iterator[Path]:
    """The interpreter that has the tool: ours for migra, else a throw-away one.

    Raises:
        MissingRivalError: it cannot be installed.
    """
    if name == "migra":
        yield Path(sys.executable)
        return
    with tempfile.TemporaryDirectory(prefix="diffapply-rival-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        install = [str(python), "-m", "pip", "install", "--quiet", name]
        outcome = subprocess.run(install, capture_output=True, text=True, check=False)
        if outcome.returncode != 0:
            raise MissingRivalError(f"{name} cannot be installed: {outcome.stderr.strip()}")
        yield python
