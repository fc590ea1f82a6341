"""What docs/role.md says that a command needs is enough, and nothing of it can be left out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet
from psycopg2 import sql
from typer.main import get_command

from diffapply.main import app
from docsite.commands import all_commands
from tests.servers import Cli, Database

_PAGE = (Path(__file__).parents[2] / "docs" / "role.md").read_text(encoding="utf-8")
_SECTIONS = dict(re.findall(r"^### ([^\n]+)\n\n```sql\n(.*?)```", _PAGE, re.MULTILINE | re.DOTALL))
"""Heading → statements."""
_STATEMENTS = {
    command: statements
    for heading, statements in _SECTIONS.items()
    for command in re.findall("`(.+?)`", heading)
}

_CODE = "create function {0}code() returns text language sql as $$ select 'new' $$;"
_WORLD = f"""
create extension citext;
create schema shared;
create table shared.countries (code text primary key);
create schema user_1;
create schema user_2;
create table user_1.customers (id integer primary key, email citext);
create table user_2.customers (id integer primary key, email citext);
{_CODE.format("user_1.")}
{_CODE.format("user_2.")}
"""
"""With an extension that the embedded server does not have, so that it is no way out."""
_DESIRED = f"""
{_CODE.format("")}
create table customers (
    id integer primary key, email citext, country text references shared.countries
);
"""


class World:
    """Tenants of somebody else, and the roles of the page."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._folder = database, folder
        roles = ("reader", "owner", "others")
        self._names = {name: f"{name}_of_{database.name}" for name in roles}
        database.execute(f"revoke all on database {database.name} from public")
        database.execute(_WORLD)
        others = self._names["others"]
        database.execute(f"create role {others} login; grant usage on schema shared to {others}")
        for tenant in ("user_1", "user_2"):
            database.execute(f"alter schema {tenant} owner to {others}")
            self._give(tenant, others)
        (folder / "desired.sql").write_text(_DESIRED)

    def allow(self, statements: str) -> str:
        """Run statements of the page; returns the role that they make."""
        for name in ("reader", "owner"):
            its = self._names[name]
            statements = re.sub(rf"\b{name}\b(?! to)|(?<=owner to ){name}", its, statements)
        statements = statements.replace("database app ", f"database {self._database.name} ")
        self._database.execute(statements)
        [role] = re.findall(r"create role (\w+)", statements)
        self._database.execute(f"grant connect on database {self._database.name} to {role}")
        for tenant in ("user_1", "user_2"):
            if f"alter schema {tenant} owner" in statements:
                self._give(tenant, str(role))
        return str(role)

    def run(self, command: str, *more: str, role: str | None = None) -> tuple[int, str]:
        """The exit code of a command, and what it prints; as a superuser, or as that role."""
        url = self._database.server.url(self._database.name, role or "postgres")
        env = {"DIFFAPPLY_DESIRED": "desired.sql"}
        done = Cli(url)(*command.split(), *more, cwd=self._folder, env=env)
        return done.code, done.out + done.err

    def _give(self, tenant: str, role: str) -> None:
        self._database.execute(f"alter table {tenant}.customers owner to {role}")
        self._database.execute(f"alter function {tenant}.code() owner to {role}")

    def end(self) -> None:
        """Drop the roles; others may not have come to be."""
        for name in map(sql.Identifier, self._names.values()):
            text = "reassign owned by {0} to current_user; drop owned by {0}; drop role {0}"
            if self._database.rows("select from pg_roles where rolname = %s", name.strings[0]):
                self._database.execute(sql.SQL(text).format(name))


pytestmark = pytest.mark.alone


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    world = World(database, tmp_path)
    yield world
    world.end()


_READING: dict[str, tuple[tuple[str, ...], int]] = {
    "survey": ((), 0),
    "show": (("user_1",), 0),
    "drift": ((), 2),
    "plan": ((), 0),
    "init": (("--yes",), 0),
    "pull": (("user_1",), 0),
    "shape": (("--out", "shape.json"), 0),
    "history": ((), 0),
    "plan --backward": ((), 0),
}
"""Command → what else it is told, and how it ends."""
_SLOWLY = ("history", "plan --backward")  # `_CHANGING` has more of a journal
_CHANGING: dict[str, tuple[tuple[str, ...], int]] = {
    "drift --remember": ((), 2),
    "apply": (("--yes",), 0),
    "apply --backward": (("--yes",), 0),
    "provision": (("user_3",), 0),
    "deprovision": (("user_3", "--yes"), 0),
}


def slowly(command: str, without: str) -> ParameterSet:
    """Parameters of a test that only `make prove` runs."""
    return pytest.param(command, without, marks=pytest.mark.prove)


def test_all_commands_are_told() -> None:
    """Each of the command line, but those that need none, or have their own."""
    assert _STATEMENTS.keys() == {*_READING, *_CHANGING}
    commands = {name.split()[0] for name, _ in all_commands(get_command(app))}
    assert {name.split()[0] for name in _STATEMENTS} == commands - {"demo", "docs", "server"}


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize(
    "command",
    [pytest.param(its, marks=pytest.mark.prove if its in _SLOWLY else ()) for its in _READING],
)
def test_it_is_enough_to_look(world: World, command: str) -> None:
    _with_journal(world, command)
    role = world.allow(_STATEMENTS[command])
    more, expected = _READING[command]
    code, told = world.run(command, *more, role=role)
    assert code == expected, told


@pytest.mark.postgres(18, prove=(15,))
def test_it_is_enough_to_change(world: World) -> None:
    """One role does all of it, in order."""
    role = world.allow(_STATEMENTS["apply"])
    for command, (more, expected) in _CHANGING.items():
        code, told = world.run(command, *more, role=role)
        assert code == expected, told


@pytest.mark.parametrize(
    ("command", "without"),
    [
        ("survey", "grant usage"),
        slowly("show", " createrole"),
        slowly("pull", " createrole"),
        slowly("pull", "grant usage"),
        slowly("shape", " createdb"),
        slowly("drift", "grant usage"),
        slowly("drift", " createdb"),
        slowly("drift", " createrole"),
        slowly("plan", "grant usage"),
        slowly("plan", " createdb"),
        ("plan", " createrole"),
        slowly("history", "grant usage"),
        ("history", "grant select"),
        slowly("plan --backward", "grant select"),
        ("apply", "alter schema user_2"),
        slowly("apply", " createdb"),
        slowly("apply", "grant create"),
        slowly("apply", "grant usage"),
        slowly("apply", "grant references"),
    ],
)
def test_nothing_can_be_left_out(world: World, command: str, without: str) -> None:
    """The command ends with an error or a refusal, and in a sentence."""
    _with_journal(world, command)
    statements = _STATEMENTS[command]
    assert without in statements
    if without.startswith(" "):
        statements = statements.replace(without, "")
    else:
        statements = re.sub(f"^{without}.*\n", "", statements, flags=re.MULTILINE)
    role = world.allow(statements)
    more, _ = {**_READING, **_CHANGING}[command]
    code, told = world.run(command, *more, role=role)
    assert code in {1, 3, 4}, told
    assert "Traceback" not in told


def _with_journal(world: World, command: str) -> None:
    """Where a command needs one, there is a run to look at."""
    if "diffapply" in _STATEMENTS[command]:
        code, told = world.run("apply", "--yes")
        assert code == 0, told
