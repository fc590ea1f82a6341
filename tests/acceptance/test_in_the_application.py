"""What docs/in-the-application.md says, an application can do."""

import ast
import asyncio
import os
import re
import types
from pathlib import Path
from typing import Any

import pytest

from tests.servers import Cli, Database

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "in-the-application.md").read_text(encoding="utf-8")

_DESIRED = """
CREATE TABLE jobs (id serial PRIMARY KEY, name varchar(255) NOT NULL);
CREATE TABLE countries (code text PRIMARY KEY);
CREATE TABLE tasks (id serial PRIMARY KEY, job_id integer REFERENCES jobs);
"""
_OLD = "CREATE TABLE jobs (id serial PRIMARY KEY, name varchar(255) NOT NULL);"


@pytest.fixture
def project(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An application's folder, and its database."""
    database.execute("create table public.customers (name text)")
    database.execute(f"create schema blank; set search_path = blank; {_DESIRED}")
    database.execute("insert into countries values ('ke'), ('jp')")
    for name in ("user_7", "user_8"):
        database.execute(f"create schema {name}; set search_path = {name}; {_OLD}")
    database.execute("reset search_path")
    (tmp_path / "desired.sql").write_text(_DESIRED, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        "\n".join([*re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL), 'desired = "desired.sql"']),
        encoding="utf-8",
    )
    for name in [name for name in os.environ if name.startswith("DIFFAPPLY_")]:
        if "TEST" not in name:
            monkeypatch.delenv(name)
    # As applications have it: SQLAlchemy 2.1 takes it to mean psycopg.
    monkeypatch.setenv("DATABASE_URL", database.url)
    monkeypatch.chdir(tmp_path)
    return database


def test_every_example_runs(project: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """In their order, in one program; commands of the shell between them."""
    program: dict[str, Any] = {}

    async def run() -> None:
        for language, example in re.findall(r"```(python|sh)\n(.*?)```", PAGE, re.DOTALL):
            if language == "sh":
                outcome = Cli(project.url)(*example.split()[1:], cwd=Path.cwd())
                assert outcome.code == 0, outcome
                project.execute("create table user_8.by_hand ()")
                continue
            code = compile(example, "page", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            result = types.FunctionType(code, program)()
            if asyncio.iscoroutine(result):
                await result
        await program["async_engine"].dispose()

    asyncio.run(run())
    program["engine"].dispose()
    promised = re.findall(r"print\(.*?\)  # (.*)", PAGE)
    assert capsys.readouterr().out.splitlines() == promised
    assert len(promised) == 3
    names = "select nspname from pg_namespace where nspname ~ '^user_4' order by 1"
    assert project.rows(names) == [("user_4711",), ("user_4712",), ("user_4713",)]
    for tenant in ("user_4711", "user_4712", "user_4713"):
        assert project.rows(f"select code from {tenant}.countries") == [("ke",), ("jp",)]
    assert project.rows("select name from public.customers") == [("user_4711",)]
