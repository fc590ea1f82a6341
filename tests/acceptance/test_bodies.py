"""Bodies of routines are checked once all is built, as psql checks each when it is created."""

from pathlib import Path

import pytest

from tests.servers import Cli, Database, Outcome

_SLIP = """create function touch() returns trigger language plpgsql as $$
begin
  new.id := new.id + 1
  return new;
end $$;
"""
_OFF = "SET check_function_bodies = false;\n"


class Plan:
    """Makes plans to desired states."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._cli, self._folder = Cli(database.url), folder

    def __call__(self, text: str, name: str = "schema.sql", command: str = "plan") -> Outcome:
        (self._folder / name).write_text(text)
        desired = name.replace(".py", ".py:metadata")
        return self._cli(command, "--desired", desired, cwd=self._folder)


@pytest.fixture
def plan(database: Database, tmp_path: Path) -> Plan:
    """Plans from one empty tenant to a desired state."""
    database.execute("create schema user_1; create schema shared; create table shared.t (n int)")
    return Plan(database, tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"create table a (id integer);\n{_SLIP}", 'syntax error at or near "new" (line 5)'),
        (
            "create function f() returns text language sql as\n'select ''x'';\nselect nope'",
            'column "nope" does not exist (line 3)',
        ),
        (
            "create function f() returns integer language sql as $$ select 'x' $$",
            "return type mismatch in function declared to return integer.",
        ),
        (
            "create procedure f() language plpgsql as $$\ndeclare\n x gone%rowtype;\nbegin end $$",
            'relation "gone" does not exist (line 3)',
        ),
        (
            """create table a (); create function f() returns bigint language sql
            set search_path = '' as 'select count(*) from a'""",
            'relation "a" does not exist (line 2)',
        ),
    ],
)
@pytest.mark.postgres(18, prove=(15,))
def test_what_postgresql_refuses(plan: Plan, text: str, says: str) -> None:
    """The routine, the reason, and the line if PostgreSQL says it."""
    outcome = plan(text)
    assert outcome.code == 1, outcome.out
    assert "PostgreSQL refuses the body of" in outcome.err
    assert says in outcome.err


@pytest.mark.postgres(18, prove=(15,))
def test_what_comes_later(plan: Plan) -> None:
    """Bodies may name what is created after them, and what the application finds.

    An aggregate has none.
    """
    outcome = plan(
        "create function f() returns bigint language sql as 'select count(*) from a';\n"
        "create function g() returns bigint language sql set search_path = shared as\n"
        "'select sum(n) from t';\n"
        "create table a ();\n"
        "create aggregate total (integer) (sfunc = int4pl, stype = integer);"
    )
    assert outcome.code == 0, outcome.err
    assert "body" not in outcome.err


def test_models(plan: Plan) -> None:
    """What listeners create is checked, too."""
    its = plan(
        "from sqlalchemy import *\nmetadata = MetaData()\n"
        "Table('a', metadata, Column('id', Integer))\n"
        f"event.listen(metadata, 'after_create', DDL({_SLIP!r}))\n",
        "models.py",
    )
    assert (its.code, 'near "new" (line 4 of the body)' in its.err) == (1, True)
    assert "touch() in models.py:metadata" in its.err


def test_unless_it_is_switched_off(plan: Plan) -> None:
    """In a dump, it is a warning, which is told by each command; and what is sound is none."""
    assert plan(f"-- SET check_function_bodies = false\n{_SLIP}").code == 1
    for command in ("plan", "drift"):
        outcome = plan(f"{_OFF}{_SLIP}", command=command)
        assert outcome.code == (2 if command == "drift" else 0)
        assert outcome.err.count("the body of touch()") == 1
        assert 'near "new" (line 5). That is no error, because' in outcome.err


def test_where_scratch_lacks_something(database: Database, tmp_path: Path) -> None:
    """The embedded server has no citext: then PostgreSQL's word does not count."""
    database.execute("create schema user_1; create extension citext")
    (tmp_path / "schema.sql").write_text(
        "create function f(t text) returns boolean language sql as 'select t::citext = $$a$$'"
    )
    with database.role("reader") as reader:
        database.execute(f"grant usage on schema user_1 to {reader}")
        cli = Cli(database.server.url(database.name, reader))
        outcome = cli("plan", "--desired", "schema.sql", cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    assert 'type "citext" does not exist (line 1). What it names may be there' in outcome.err


def test_a_temporary_table(plan: Plan) -> None:
    """What to do is said where it may be there at run time."""
    uses = "create function f() returns void language sql as 'delete from work'"
    outcome = plan(uses)
    assert "such as a temporary table, execute `SET check_function_bodies = off;`" in outcome.err
    assert plan(f"{_OFF}{uses}").code == 0
    assert "temporary" not in plan(_SLIP).err


def test_it_is_pulled(database: Database, tmp_path: Path) -> None:
    """What a tenant has is written so that it can be read again."""
    database.execute(
        "create schema user_1; set check_function_bodies = off;"
        "create function user_1.f() returns void language sql as 'delete from work'"
    )
    cli = Cli(database.url)
    pulled = cli("pull", "user_1", "--out", "schema.sql", cwd=tmp_path)
    assert pulled.code == 0, pulled.err
    assert cli("drift", "--desired", "schema.sql", cwd=tmp_path).code == 0


_LEFT = {
    "table": (
        'ignore = ["table:audit_log"]',
        "create table audit_log (id integer)",
        "create function f() returns bigint language sql as 'select count(*) from audit_log'",
    ),
    "row type": (
        'ignore = ["table:audit_log"]',
        "create table audit_log (id integer)",
        "create procedure f() language plpgsql as 'declare r audit_log%rowtype; begin end'",
    ),
    "column": (
        'ignore = ["column:t.note"]',
        "alter table t add note text",
        "create function f() returns text language sql as 'select max(note) from t'",
    ),
    "usual": (
        "",
        "create table alembic_version (version_num text)",
        "create function f() returns text language sql as 'table alembic_version'",
    ),
    "unspoken": (
        'manage = "declared"',
        "create view totals as select 1 as n",
        "create function f() returns bigint language sql as 'select count(*) from totals'",
    ),
}


@pytest.mark.parametrize("left", _LEFT)
def test_what_is_left_alone(database: Database, tmp_path: Path, left: str) -> None:
    """It is not in scratch: so a body that names it is taken, and a warning says so."""
    settings, beside, routine = _LEFT[left]
    table = "create table t (id integer)"
    database.execute(f"create schema user_1; set search_path = user_1; {table}; {beside}")
    (tmp_path / "pyproject.toml").write_text(f"[tool.diffapply]\n{settings}\n")
    (tmp_path / "schema.sql").write_text(f"{table};\n{routine}")
    cli = Cli(database.url)
    applied = cli("apply", "--yes", "--desired", "schema.sql", cwd=tmp_path)
    assert applied.code == 0, applied.out + applied.err
    assert applied.err.count("What it names may be left alone, and so not be in scratch.") == 1
    assert cli("drift", "--desired", "schema.sql", cwd=tmp_path).code == 0


def test_a_routine_that_takes_on_a_role(database: Database, tmp_path: Path) -> None:
    """What builds in scratch is not a member of that role, and need not be."""
    with database.role("owner") as owner, database.role("clerk") as clerk:
        routine = (
            f"create function {{}}f() returns bigint language sql set role to {clerk} as 'select 1'"
        )
        database.execute(
            f"create schema user_1 authorization {owner}; {routine.format('user_1.')};"
            f"alter function user_1.f() owner to {owner}"
        )
        (tmp_path / "schema.sql").write_text(routine.format(""))
        outcome = Cli(database.url)("drift", "--desired", "schema.sql", cwd=tmp_path)
    assert outcome.code == 0, outcome.out + outcome.err
