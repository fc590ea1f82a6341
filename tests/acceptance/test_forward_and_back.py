"""Tenants are brought to the desired state, taken back, and brought there again."""

from pathlib import Path

import pytest

from tests.servers import EMBEDDED, Cli, Database

_FIRST_RELEASE = """
create table marketplace_jobs (
    id serial primary key,
    name varchar(255) not null,
    created_at timestamptz not null default now()
);
"""
_HOSTILE = [
    'user_1"; drop schema public cascade; --',
    "User_2",
    "user 3",
    "üser_4_日本",
    "user_5%s%%",
    "user_6'x",
    "u" * 63,
    "user_7\\",
]


def make_tenants(database: Database) -> None:
    """Three tenants of two shapes, and schemas that are no tenants though their names are alike."""
    for name in ("user_1", "user_2", "user_10", "username", "user_", "xuser_1", "user_1x"):
        database.execute(f"create schema {name}")
    for name in ("user_1", "user_2"):
        database.execute(f"set search_path = {name}; {_FIRST_RELEASE}")
        database.execute("insert into marketplace_jobs (name) values ('kept')")
    database.execute("set search_path = public; create table theirs (id integer primary key)")


@pytest.mark.postgres(18, prove=(15, 16, 17, EMBEDDED))
def test_the_whole_way(database: Database, cli: Cli) -> None:
    """Forward, in sync, backward, forward, backward: structures return as pg_dump sees them."""
    make_tenants(database)
    first = {name: database.dump(name) for name in ("user_1", "user_10", "public")}

    plan = cli("plan", "--format", "json")
    assert plan.code == 0, plan.err
    assert plan.json["tenants"] == {
        "total": 4,
        "in_sync": 0,
        "to_change": 4,
        "blocked": 0,
        "alike": 2,
        "differ": 2,
    }
    assert cli("plan", "--exit-code").code == 2

    forward = cli("apply", "--yes", "--format", "json")
    assert forward.code == 0, forward.err
    assert [(t["name"], t["status"]) for t in forward.json["tenants"]] == [
        ("public", "applied"),
        ("user_1", "applied"),
        ("user_2", "applied"),
        ("user_10", "applied"),
    ]
    assert cli("drift").code == 0
    second = database.dump("user_1")
    alike = [database.dump(name, called="tenant") for name in ("user_1", "user_2")]
    assert Database.difference(*alike) == ""
    # Made from nothing, it differs in the order of columns alone.
    assert sorted(alike[0].replace(",", "").split("\n")) == sorted(
        database.dump("user_10", called="tenant").replace(",", "").split("\n")
    )

    back = cli("apply", "--backward", "--yes")
    assert back.code == 0, back.out + back.err
    for name, dump in first.items():
        assert Database.difference(dump, database.dump(name)) == "", name
    assert database.rows("select from pg_namespace where nspname = 'user_10'") == [()]

    assert cli("apply", "--yes").code == 0
    assert Database.difference(second, database.dump("user_1")) == ""
    assert cli("apply", "--backward", "--yes").code == 0
    assert Database.difference(first["user_1"], database.dump("user_1")) == ""
    assert database.rows("select name from user_1.marketplace_jobs") == [("kept",)]


@pytest.mark.prove
def test_running_it_again_does_nothing(database: Database, cli: Cli) -> None:
    """When all is in sync, apply says so, and writes nothing."""
    make_tenants(database)
    assert cli("apply", "--yes").code == 0
    again = cli("apply", "--yes")
    assert (again.code, "Nothing to do" in again.out) == (0, True)
    assert database.value("select count(*) from diffapply.run") == 1


@pytest.mark.prove
def test_a_template_keeps_what_is_not_ours(database: Database, cli: Cli) -> None:
    """Whatever else lives in `public` is never dropped, and never called drift."""
    make_tenants(database)
    database.execute(
        "create view public.report as select count(*) from theirs;"
        "create function public.answer() returns integer language sql as 'select 42'"
    )
    assert cli("apply", "--yes").code == 0
    assert cli("drift").code == 0
    database.execute("create index by_hand on public.marketplace_tasks (name)")
    drift = cli("drift", "--format", "json").json
    assert [t["name"] for t in drift["tenants"] if t["state"] != "in_sync"] == ["public"]
    assert cli("apply", "--yes").code == 0
    assert cli("apply", "--backward", "--to", "1", "--yes").code == 0
    assert database.value("select public.answer()") == 42
    assert database.rows("select count from public.report") == [(0,)]


@pytest.mark.prove
def test_back_to_before_a_run(database: Database, cli: Cli, tmp_path: Path) -> None:
    """`--to RUN` undoes that run and all later ones; backward twice undoes one after the other."""
    database.execute("create schema user_1")
    for number in (1, 2, 3):
        tables = "".join(f"create table t{n} (id integer);" for n in range(1, number + 1))
        (tmp_path / "desired.sql").write_text(tables)
        assert cli("apply", "--desired", "desired.sql", "--yes", cwd=tmp_path).code == 0

    def tables_now() -> list[str]:
        rows = database.rows(
            "select relname from pg_class where relnamespace = 'user_1'::regnamespace order by 1"
        )
        return [name for (name,) in rows]

    assert cli("apply", "--backward", "--yes", cwd=tmp_path).code == 0
    assert tables_now() == ["t1", "t2"]
    assert cli("apply", "--backward", "--yes", cwd=tmp_path).code == 0
    assert tables_now() == ["t1"]
    assert cli("apply", "--desired", "desired.sql", "--yes", cwd=tmp_path).code == 0
    assert tables_now() == ["t1", "t2", "t3"]
    assert cli("apply", "--backward", "--to", "1", "--yes", cwd=tmp_path).code == 0
    assert tables_now() == []
    nothing = cli("apply", "--backward", "--yes", cwd=tmp_path)
    assert (nothing.code, "Nothing to do" in nothing.out) == (0, True)


@pytest.mark.prove
def test_back_where_a_tenant_has_drifted(database: Database, cli: Cli) -> None:
    """Going back compares the live tenant with its snapshot, so that drift does not matter."""
    make_tenants(database)
    first = database.dump("user_1")
    assert cli("apply", "--yes").code == 0
    database.execute(
        "alter table user_1.marketplace_jobs add column note text;"
        "drop index user_1.ix_marketplace_tasks_job_status;"
        "create view user_1.surprise as select id from user_1.marketplace_tasks"
    )
    back = cli("apply", "--backward", "--yes")
    assert back.code == 0, back.out + back.err
    assert Database.difference(first, database.dump("user_1")) == ""


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.prove
def test_hostile_names(database: Database, cli: Cli) -> None:
    """Names are data: quoted wherever they go, forward and backward."""
    for name in _HOSTILE:
        database.execute('create schema "{}"'.format(name.replace('"', '""')))
    before = {name: database.dump(name) for name in _HOSTILE}
    everything = ("--tenants", r"(?!public).*", "--yes")
    applied = cli("apply", *everything, "--format", "json")
    assert applied.code == 0, applied.err
    assert {t["name"] for t in applied.json["tenants"]} == {*_HOSTILE, "public"}
    assert cli("drift", *everything[:2]).code == 0
    dumps = {
        database.dump(name, called="tenant").replace("\n", "") for name in ("User_2", "user 3")
    }
    assert len(dumps) == 1
    assert cli("apply", "--backward", *everything).code == 0
    for name, dump in before.items():
        assert Database.difference(dump, database.dump(name)) == "", name


@pytest.mark.prove
def test_only_and_exclude(database: Database, cli: Cli) -> None:
    """Globs narrow the tenants, and the template with them."""
    make_tenants(database)
    applied = cli("apply", "--only", "user_1*", "--exclude", "user_10", "--yes", "--format", "json")
    assert [t["name"] for t in applied.json["tenants"]] == ["user_1"]


@pytest.mark.prove
def test_provision(database: Database, cli: Cli) -> None:
    """New tenants are created at the desired state, journaled, and can be taken back."""
    make_tenants(database)
    assert cli("apply", "--yes").code == 0
    made = cli("provision", "user_11", "user_12", "--format", "json")
    assert made.code == 0, made.err
    assert [t["status"] for t in made.json["tenants"]] == ["applied", "applied"]
    assert cli("drift").code == 0
    assert cli("provision", "user_11").code == 1
    assert cli("provision", "somebody").code == 1
    back = cli("apply", "--backward", "--only", "user_11", "--yes")
    assert (back.code, "Nothing to do" in back.out) == (0, True)
    assert cli("apply", "--backward", "--only", "user_11", "--provisioned", "--yes").code == 0
    assert database.rows("select from pg_class where relnamespace = 'user_11'::regnamespace") == []
    assert cli("drift", "--only", "user_12").code == 0
