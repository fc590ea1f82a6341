"""What we send to a live database calls PostgreSQL's own functions and operators, nobody else's.

A role that may create in one tenant, in public or in a shared schema could otherwise have a
function or operator there that matches a call of ours as well or better, and runs as whoever
runs diffapply.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from pglast import parser
from psycopg2.errors import RaiseException

from tests.servers import Cli, Database

_SHADOWS = (Path(__file__).parent / "shadows.sql").read_text("utf-8")

_STATEMENT = re.compile(
    r"LOG:  (?:statement|execute [^:]*): (?P<text>(?:.*\n)(?:\t.*\n)*)", re.MULTILINE
)

_OLD = """
create table jobs (id serial primary key, name varchar(20) not null default 'x');
create view names as select name from jobs;
create function answer() returns integer language sql immutable as 'select 42';
"""
_NEW = f"""{_OLD.replace("varchar(20)", "varchar(30)")}
create table tasks (id serial primary key, job integer references jobs, region int references
    shared.region);
create index tasks_job on tasks (job) where job > 0;
"""


class Log:
    """What a server has written to its log since this was made."""

    def __init__(self, database: Database) -> None:
        self._path = Path(database.server.folder) / "log"
        self._start = self._path.stat().st_size

    def text(self) -> str:
        with self._path.open("rb") as file:
            file.seek(self._start)
            return file.read().decode("utf-8", errors="replace")

    def statements(self) -> Iterator[str]:
        """Whatever was sent to the databases that log it."""
        for entry in _STATEMENT.finditer(self.text()):
            yield entry["text"].replace("\n\t", "\n")


@pytest.fixture
def logged(database: Database) -> Database:
    """A database whose server logs every statement that is sent to it."""
    database.execute(f"alter database {database.name} set log_statement = 'all'")
    return database


@pytest.fixture
def mallory(database: Database) -> Iterator[str]:
    """A login role that may do nothing but create in some schemas."""
    with database.role("mallory") as name:
        yield name


def _commands(cli: Cli, folder: Path, *, codes: bool) -> None:
    """Each command once, with what changes what it asks.

    Args:
        codes: whether each must do its work; else only, not fail.
    """
    desired = ("--desired", "new.sql")
    for command, code in (
        (("drift", *desired), 2),
        (("drift", "--privileges", "--remember", *desired), 2),
        (("plan", "--out", "plan.json", *desired), 0),
        (("plan", "--full", *desired), 0),
        (("apply", "plan.json", "--yes"), 0),
        (("drift", "--remember", *desired), 0),
        (("provision", "user_77", *desired), 0),
        (("history",), 0),
        (("history", "1"), 0),
        (("apply", "--backward", "--yes", *desired), 0),
        (("apply", "--yes", "--jobs", "1", "--only", "user_2", *desired), 0),
    ):
        outcome = cli(*command, cwd=folder)
        assert outcome.code == code if codes else outcome.code != 1, (command, outcome)


def _called(statements: Iterator[str]) -> tuple[set[str], set[str]]:
    """Names of functions, and operators, in statements."""
    functions, operators = set(), set()
    for statement in statements:
        try:
            tokens = parser.scan(statement)
        except parser.ParseError:
            continue
        for token, following in pairwise(tokens):
            text = statement[token.start : token.end + 1]
            after = statement[following.start : following.end + 1]
            if after == "(" and re.fullmatch(r"[a-z_][a-z_0-9]*", text):
                functions.add(text)
            elif re.fullmatch(r"[-+*/<>=~!@#%^&|`?]+", text):
                operators.add(text)
    return functions, operators


@pytest.mark.prove
@pytest.mark.postgres(15, 18)
def test_none_is_ever_called(logged: Database, cli: Cli, mallory: str, tmp_path: Path) -> None:
    """Functions and operators of the same names, in a tenant, in public and in a shared schema.

    Which names there are is read from all statements that the server was sent.
    """
    (tmp_path / "new.sql").write_text(_NEW, "utf-8")
    logged.execute("create schema shared; create table shared.region (id integer primary key)")
    for schema in ("user_1", "user_2", "user_3"):
        logged.execute(f"create schema {schema}; set search_path = {schema}")
        logged.execute(_OLD)
    logged.execute("set search_path = pg_catalog")
    log = Log(logged)
    _commands(cli, tmp_path, codes=True)
    functions, operators = _called(log.statements())
    assert {"set_config", "quote_ident", "current_setting", "unnest"} <= functions
    assert {"=", "||", "<>", "^@"} <= operators
    for schema in ("user_1", "public", "shared"):
        _shadow(logged, schema, mallory, functions, operators)
    # The application's role has them on its path, even before PostgreSQL's own.
    logged.execute(
        f"alter database {logged.name} set search_path = public, shared, user_1, pg_catalog"
    )
    log = Log(logged)
    _commands(cli, tmp_path, codes=False)
    called = [line for line in log.text().splitlines() if "LOG:  SHADOWED" in line]
    assert [line for line in called if "by postgres" in line] == []


def _shadow(
    database: Database, schema: str, mallory: str, functions: set[str], operators: set[str]
) -> None:
    database.execute(f"grant create, usage on schema {schema} to {mallory}")
    with (
        closing(database.connect(mallory)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("set search_path = pg_catalog")
        for name, value in (
            ("schema", schema),
            ("functions", " ".join(sorted(functions))),
            ("operators", " ".join(sorted(operators))),
        ):
            cursor.execute("select set_config(%s, %s, false)", [f"shadows.{name}", value])
        cursor.execute(_SHADOWS)
        cursor.execute(
            "select count(*) from pg_proc where pronamespace = %s::regnamespace", [schema]
        )
        [(shadows,)] = cursor.fetchall()
        assert shadows > 300
        # They are told when they are called.
        log = Log(database)
        cursor.execute("savepoint control")
        with pytest.raises(RaiseException):
            cursor.execute(f"select {schema}.quote_ident('x'::name)")
        cursor.execute("rollback to savepoint control")
        assert f"SHADOWED quote_ident called by {mallory}" in log.text()
