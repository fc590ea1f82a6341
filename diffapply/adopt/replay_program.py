"""Runs Alembic's revisions one by one, in the user's Python; started by `diffapply.adopt.replay`.

It imports nothing of diffapply, which that Python may not have. It reads a request and then a line
for each revision from standard input, and answers with lines of JSON on what was standard output;
whatever env.py prints goes to standard error.

Every connection that SQLAlchemy, psycopg2, psycopg or asyncpg makes here leads to scratch, whatever
URL env.py uses, also one of SQLite. No revision runs on any other.

Longer than other modules: the program is one file, as it can import no other of ours.
"""

import json
import os
import re
import sys
from contextlib import nullcontext
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from types import ModuleType

_IDENTITY = {
    *("dsn", "host", "hostaddr", "port", "user", "password", "dbname", "database", "service"),
    *("passfile", "unix_sock", "requiressl", "gssencmode", "channel_binding"),
    *("target_session_attrs", "require_auth", "krbsrvname"),
}
"""Arguments of a driver that say where it connects to, and as whom; and all that begin with ssl."""

_BY_LIBPQ = {"psycopg2", "psycopg", "psycopg_async", "psycopg2cffi"}
_KNOWN = {*_BY_LIBPQ, "asyncpg"}
"""The drivers that are led to scratch; others give way to one of them."""

_READ_ONLY = "-c default_transaction_read_only="


class Elsewhere(Exception):  # noqa: N818 - no error of diffapply's, which is not imported here
    """What env.py does cannot be done in scratch."""


def arguments(driver: str, given: "dict[str, Any]", there: "dict[str, str]", path: str) -> Any:  # noqa: ANN401
    """The arguments for a driver that lead to scratch.

    Args:
        driver: SQLAlchemy's name of it.
        given: what SQLAlchemy would connect with; what is no identity stays.
        there: scratch, as libpq names it.
        path: the search path, unless the arguments set one.
    """
    kept = {
        name: value
        for name, value in given.items()
        if name not in _IDENTITY and not name.startswith("ssl")
    }
    if driver in _BY_LIBPQ:
        options = kept.get("options") or ""
        if "search_path" not in options.replace("-", "_"):
            quoted = path.replace("\\", "\\\\").replace(" ", "\\ ")
            options = f"{options} -c search_path={quoted}"
        kept["options"] = f"{options} {_READ_ONLY}off".strip()
        return kept | there
    if driver != "asyncpg":
        raise Elsewhere(f"its driver {driver} is not known here; use psycopg2, psycopg or asyncpg")
    settings = {"search_path": path} | (kept.get("server_settings") or {})
    own = ("host", "user", "password")
    kept |= {name: there[name] for name in own if name in there}
    port = {"port": int(there["port"])} if "port" in there else {}
    return kept | port | {"database": there["dbname"], "server_settings": settings}


def lead_to(there: "dict[str, str]", path: str) -> "set[str]":
    """Let every engine of this process connect to scratch; returns as `lead_dialects`."""
    from sqlalchemy import event  # noqa: PLC0415 - of the user's Python
    from sqlalchemy.dialects import registry  # noqa: PLC0415
    from sqlalchemy.engine import Engine  # noqa: PLC0415

    def connect(dialect: Any, _record: object, _positional: object, named: "dict[str, Any]") -> Any:  # noqa: ANN401
        given = {} if getattr(dialect, "is_led", False) else named
        return dialect.connect(**arguments(dialect.driver, given, there, path))

    event.listen(Engine, "do_connect", connect)
    for driver in ("psycopg2", "psycopg"):
        if find_spec(driver):
            lead_driver_to(import_module(driver), there, path)
    if find_spec("psycopg"):
        lead_classes_to(import_module("psycopg"), there, path)
    if find_spec("asyncpg"):
        lead_asyncpg_to(import_module("asyncpg.connection"), there, path)
    if find_spec("psycopg2") and not find_spec("psycopg"):
        # From SQLAlchemy 2.1 on, a URL without a driver means the other one.
        registry.register("postgresql", "sqlalchemy.dialects.postgresql.psycopg2", "dialect")
    os.environ["PGOPTIONS"] = f"{_READ_ONLY}on"
    return lead_dialects()


def lead_dialects() -> "set[str]":
    """Let a URL of another database mean PostgreSQL: env.py may have SQLite as its default.

    So does one of a driver that cannot be led to scratch.

    Returns:
        The dialects that were asked for instead, from now on.
    """
    from sqlalchemy.dialects import registry  # noqa: PLC0415 - of the user's Python

    own = registry.load
    asked: set[str] = set()

    def load(name: str) -> Any:  # noqa: ANN401 - SQLAlchemy's
        try:
            found = own(name)
            found = getattr(found, "dialect", found)
        except Exception:  # noqa: BLE001 - it is not installed, and not needed
            found = None
        if found is not None and found.name == "postgresql" and found.driver in _KNOWN:
            return found
        asked.add(
            name.replace(".", "+")
            if name.startswith("postgresql")
            else name.split(".", maxsplit=1)[0]
        )
        wished = ("psycopg2", "psycopg")
        if getattr(found, "is_async", False):
            wished = ("asyncpg", "psycopg_async")
        driver = next((its for its in wished if find_spec(its.partition("_")[0])), None)
        if driver is None:
            return own(name)
        base = own(f"postgresql.{driver}")
        more = {
            "supports_statement_cache": True,
            "is_led": True,
            "create_connect_args": lambda *_: ((), {}),
        }
        return type("Led", (getattr(base, "dialect", base),), more)

    # Not for all: what a table says for MySQL alone is checked by that dialect.
    vars(import_module("sqlalchemy.engine.url"))["registry"] = SimpleNamespace(load=load)
    return asked


def lead_driver_to(driver: "ModuleType", there: "dict[str, str]", path: str) -> None:
    """Let a driver connect to scratch, also where env.py calls it by itself."""
    own = driver.connect
    parsed = import_module(
        "psycopg2.extensions" if driver.__name__ == "psycopg2" else "psycopg.conninfo"
    )
    parse = getattr(parsed, "parse_dsn", None) or parsed.conninfo_to_dict

    def connect(place: str = "", *positional: Any, **named: Any) -> Any:  # noqa: ANN401
        given = {**(parse(place) if place else {}), **named}
        return own("", *positional, **arguments(driver.__name__, given, there, path))

    driver.connect = connect  # type: ignore[attr-defined]


def lead_classes_to(psycopg: "ModuleType", there: "dict[str, str]", path: str) -> None:
    """Let psycopg's classes, which pools use, connect to scratch."""
    parse = psycopg.conninfo.conninfo_to_dict
    for its in (psycopg.Connection, psycopg.AsyncConnection):
        own = vars(its)["connect"].__func__

        def connect(
            cls: type[Any],
            /,
            conninfo: str = "",
            *,
            own: "Callable[..., Any]" = own,
            **named: Any,  # noqa: ANN401
        ) -> Any:  # noqa: ANN401 - a connection, or what is awaited for one
            given = {**(parse(conninfo) if conninfo else {}), **named}
            return own(cls, "", **arguments("psycopg", given, there, path))

        its.connect = classmethod(connect)


def lead_asyncpg_to(module: "ModuleType", there: "dict[str, str]", path: str) -> None:
    """Let asyncpg and its pools connect to scratch, also where env.py calls them by itself."""
    own = module.connect_utils._connect  # noqa: SLF001 - what all of its ways to connect call

    async def connect(**given: Any) -> Any:  # noqa: ANN401
        led = arguments("asyncpg", {"server_settings": given.get("server_settings")}, there, path)
        nothing = dict.fromkeys(given.keys() & _IDENTITY)
        return await own(**{**given, **nothing, "ssl": None, **led})

    module.connect_utils._connect = connect  # noqa: SLF001


def of_driver(url: str, given: str) -> str:
    """The URL of scratch with the driver of another URL, if that names one."""
    scheme, separator, _ = given.partition("://")
    return scheme + url[url.index(":") :] if separator and scheme.startswith("postgres") else url


def application(env: Path, folders: "Sequence[str]") -> "Callable[[], AbstractContextManager[Any]]":
    """Makes a context of Flask's application, if env.py asks for it, as Flask-Migrate's does.

    Args:
        env: the file.
        folders: where the command `flask` may be called.
    """
    if not re.search(r"\bcurrent_app\b", env.read_text(encoding="utf-8", errors="replace")):
        return nullcontext
    from flask import cli  # noqa: PLC0415 - of the user's Python
    from flask.helpers import get_load_dotenv  # noqa: PLC0415

    why = ""
    for folder in folders:
        os.chdir(folder)
        if get_load_dotenv():
            cli.load_dotenv()
        try:
            app: Any = cli.ScriptInfo(os.environ.get("FLASK_APP")).load_app()
        except cli.NoAppException as error:
            why = why or " ".join(str(error).split())
        else:
            made: Callable[[], AbstractContextManager[Any]] = app.app_context
            return made
    raise Elsewhere(
        f"env.py needs Flask's application: {why} Set FLASK_APP as for `flask db upgrade`"
    )


class Replay:
    """The revisions of a folder, and how they are run.

    Args:
        request: see `main`.
    """

    def __init__(self, request: "dict[str, Any]") -> None:
        from argparse import Namespace  # noqa: PLC0415

        from alembic.config import Config  # noqa: PLC0415 - of the user's Python
        from alembic.script import ScriptDirectory  # noqa: PLC0415

        schema, url = request["schema"], request["url"]
        # As on the command line: -x tenant=NAME -x schema=NAME.
        chosen = Namespace(x=[f"tenant={schema}", f"schema={schema}"])
        self.config = Config(request["ini"], cmd_opts=chosen)
        if request["scripts"]:
            self.config.set_main_option("script_location", request["scripts"].replace("%", "%%"))
        given = self.config.get_main_option("sqlalchemy.url") or ""
        self.config.set_main_option("sqlalchemy.url", of_driver(url, given).replace("%", "%%"))
        self.config.attributes.update(tenant=schema, schema=schema)
        self.script = ScriptDirectory.from_config(self.config)
        env = Path(self.script.dir, "env.py")
        self.application = application(env, (request["here"], str(env.absolute().parents[1])))
        self.identity = request["identity"]
        self.ran = 0

    def revisions(self) -> "list[Any]":
        """All revisions, each after those that it builds upon."""
        return [*self.script.walk_revisions("base", "heads")][::-1]

    def run(self, revision: str) -> int:
        """Run one revision; returns in how many schemas."""
        from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415

        self.ran = 0

        def steps(heads: Any, context: Any) -> Any:  # noqa: ANN401 - Alembic's
            self.require_scratch(context.connection)
            self.ran += 1
            return self.script._upgrade_revs(revision, heads)  # noqa: SLF001 - as command.upgrade

        where = EnvironmentContext(
            self.config, self.script, fn=steps, destination_rev=revision, as_sql=False
        )
        with where, self.application():
            self.script.run_env()
        return self.ran

    def require_scratch(self, connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        """Refuse a connection to another database, which env.py may have made by itself."""
        if connection is None:
            raise Elsewhere("env.py has no connection")
        query = "select oid::text from pg_database where datname = current_database()"
        started = "select extract(epoch from pg_postmaster_start_time())::text"
        found = [connection.exec_driver_sql(text).scalar() for text in (query, started)]
        if found != self.identity:
            raise Elsewhere("env.py connects to another database, in a way of its own")


def said(error: BaseException) -> str:
    """The type of an exception, and the first line of its message."""
    cause = getattr(error, "orig", None) or error
    first = (str(cause).strip().splitlines() or [""])[0]
    return f"{type(cause).__name__}: {first}" if not isinstance(cause, Elsewhere) else first


def answers(request: "dict[str, Any]", words: TextIO) -> "Iterator[dict[str, Any]]":
    """The revisions, then what became of each."""
    doing = ""
    others: set[str] = set()
    try:
        others = lead_to(request["scratch"], request["path"])
        replay = Replay(request)
        revisions = replay.revisions()
        yield {
            "revisions": [its.revision for its in revisions],
            "heads": list(replay.script.get_heads()),
        }
        for revision in revisions:
            if not words.readline():
                return
            doing = revision.revision
            yield {"done": doing, "ran": replay.run(doing)}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's code raises
        yield {"failed": doing, "error": said(error), "others": sorted(others)}


def main() -> None:
    """Read the request, and answer it.

    The request has `ini` and `scripts`, the file and the folder of the revisions, one of which is
    null; `here`, where the command was called; `scratch`, as libpq names it, its `url` and
    `identity`; `schema` and `path`.
    """
    own = str(Path(__file__).parent)
    # What is here must shadow no module of Python or of a package: `alembic`, too, puts first only
    # what prepend_sys_path says. Last, it is found as by `python -m alembic`.
    sys.path[:] = [*(its for its in sys.path if its != own), str(Path.cwd())]
    words = os.fdopen(os.dup(0), encoding="utf-8")
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    request = json.loads(words.readline())
    for answer in answers(request, words):
        told.write(f"{json.dumps(answer)}\n")
        told.flush()


if __name__ == "__main__":
    main()
