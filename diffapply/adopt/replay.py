"""Runs Alembic's revisions in scratch, and reads the structure after each."""

import json
import os
import select
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.adopt.replay_program import of_driver
from diffapply.catalog.ignored import without_ignored
from diffapply.database.removal import drop_schema
from diffapply.database.transaction import neutral
from diffapply.errors import masked
from diffapply.model.catalog import Catalog
from diffapply.model.own_name import Naming
from diffapply.model.scope import Scope
from diffapply.model.stamps import Replay
from diffapply.progress import Progress
from diffapply.queries import query
from diffapply.rehearsal.rehearse import Rehearsal
from diffapply.scratch.sandbox import open_sandbox
from diffapply.setup.alembic import AlembicFolder

_PROGRAM = Path(__file__).with_name("replay_program.py")
_PATIENCE = 600.0
"""Seconds for one revision."""
_IDENTITY = query("adopt", "identity")


def replay(  # noqa: PLR0913 - what it needs, by name
    rehearsal: Rehearsal,
    folder: AlembicFolder,
    python: str,
    *,
    schema: str,
    scope: Scope,
    progress: Progress,
) -> Replay:
    """Run the revisions from the first on, as long as they run.

    Args:
        rehearsal: the scratch database to use.
        python: an interpreter that has Alembic.
        schema: how the schema is called in which they run; env.py may look for such a name.
        scope: which part of a tenant counts.
        progress: called during the work.
    """
    connection = rehearsal.connection
    drop_schema(connection, schema)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
    try:
        with _program(_request(rehearsal, folder, schema), folder, python) as program:
            return _replayed(program, rehearsal, folder, schema, scope, progress)
    finally:
        drop_schema(connection, schema)


def _replayed(  # noqa: PLR0913, PLR0917
    program: "_Program",
    rehearsal: Rehearsal,
    folder: AlembicFolder,
    schema: str,
    scope: Scope,
    progress: Progress,
) -> Replay:
    first = program.answer()
    if "revisions" not in first:
        return Replay(folder.label, stopped=f"the revisions cannot be read: {_said(first)}")
    revisions = tuple(map(str, first["revisions"]))
    made = Replay(folder.label, revisions, tuple(map(str, first["heads"])))
    found: list[tuple[str, Catalog]] = []
    stopped = ""
    for number, revision in enumerate(revisions, 1):
        answer = program.ask()
        if "done" not in answer:
            stopped = f"revision {revision} cannot run in scratch: {_said(answer)}"
            break
        if not answer["ran"]:
            stopped = (
                f"env.py runs no revision in the schema {schema}: it takes neither the search path "
                f"nor -x tenant={schema}, and finds no tenants by itself in scratch"
            )
            break
        found.append((revision, _structure(rehearsal, schema, scope)))
        progress("replay", number, len(revisions))
    if found and not any(catalog.facts for _, catalog in found):
        stopped = stopped or f"the revisions create nothing in the schema {schema}"
        found = []
    return replace(made, structures=tuple(found), stopped=stopped)


def _structure(rehearsal: Rehearsal, schema: str, scope: Scope) -> Catalog:
    its_scope = replace(scope, schema=schema)
    with open_sandbox(
        rehearsal.connection, its_scope, rehearsal.world.alone, standing=True
    ) as sandbox:
        return without_ignored(sandbox.catalog(Naming.OWN), scope.ignoring)


def _said(answer: Mapping[str, Any]) -> str:
    text = " ".join(masked(str(answer.get("error", "the program ended"))).split())
    if others := answer.get("others"):
        asked = " and ".join(others)
        text += (
            f" (an engine of {asked} leads to PostgreSQL here; if that is why, give what env.py "
            "reads a URL of PostgreSQL, any one)"
        )
    return text


def _request(rehearsal: Rehearsal, folder: AlembicFolder, schema: str) -> dict[str, Any]:
    connection = rehearsal.connection
    there = _address(connection)
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(_IDENTITY)
        [identity] = cursor.fetchall()
    behind = [name for name in rehearsal.world.behind if name != schema]
    path = ", ".join(sql.Identifier(name).as_string(connection) for name in (schema, *behind))
    return {
        "ini": str(folder.ini) if folder.ini else None,
        "scripts": str(folder.scripts) if folder.scripts else None,
        "here": str(Path.cwd()),
        "scratch": there,
        "url": _url(there),
        "identity": list(identity),
        "schema": schema,
        "path": path,
    }


def _address(connection: Connection) -> dict[str, str]:
    """Where the connection leads, as libpq names it."""
    info = connection.info
    address = {
        name: value
        for name, value in info.dsn_parameters.items()
        if name not in {"options", "fallback_application_name", "client_encoding"}
    }
    return address | ({"password": info.password} if info.password else {})


def _url(there: Mapping[str, str]) -> str:
    """The same as a URL of SQLAlchemy."""
    user = quote(there.get("user", ""), safe="")
    password = f":{quote(there['password'], safe='')}" if "password" in there else ""
    place = [f"{name}={quote(there[name], safe='')}" for name in ("host", "port") if name in there]
    name = quote(there.get("dbname", ""), safe="")
    return f"postgresql://{user}{password}@/{name}?{'&'.join(place)}"


class _Program:
    """A running `replay_program`."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was opened with one
        try:
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:  # it has ended; its last answer says why
            return

    def ask(self) -> Mapping[str, Any]:
        """Let it run the next revision."""
        self.tell("next")
        return self.answer()

    def answer(self) -> Mapping[str, Any]:
        """What it says next."""
        assert self._process.stdout is not None  # noqa: S101 - it was opened with one
        ready, _, _ = select.select([self._process.stdout], [], [], _PATIENCE)
        if not ready:
            return {"error": f"it has not ended after {_PATIENCE:.0f} s"}
        line = self._process.stdout.readline()
        return json.loads(line) if line else {}


@contextmanager
def _program(request: Mapping[str, Any], folder: AlembicFolder, python: str) -> Iterator[_Program]:
    process = subprocess.Popen(
        [python, str(_PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder.start,
        env=_environment(str(request["url"])),
    )
    try:
        program = _Program(process)
        program.tell(json.dumps(request))
        yield program
    finally:
        process.kill()
        process.communicate()


def _environment(url: str) -> dict[str, str]:
    """Ours, with scratch for the live database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment = of_driver(url, os.environ.get("DATABASE_URL", ""))
    return kept | {"DATABASE_URL": environment, "DIFFAPPLY_DATABASE_URL": environment}
