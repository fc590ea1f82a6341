"""What a run drops has again on the way back what it had in each tenant: rights, and more.

Structure is in the snapshot. Beside it a tenant's own have owners, grants and revokes, those on
columns, publications, and sequences that stand somewhere: the run remembers them.
"""

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from tests.projects import make_tenant
from tests.servers import Cli, Database

_BRIEF = """
    create view v as select id, n from keep;
    create view "V of v" as select id from v;
    create function f(integer) returns integer language sql as 'select 1';
    create procedure p(a integer) language sql as 'select 1';
"""
_KEPT = "create table keep (id integer primary key, n integer);"
_DROPPED = {
    "batch": f"{_KEPT} {_BRIEF}",
    "alone": f"""
        create table keep (id integer primary key, n integer, "C c" integer);
        alter table keep alter "C c" set statistics 7;
        comment on column keep."C c" is 'of keep';
        {_BRIEF}
        create type mood as enum ('a', 'b');
        create domain price as integer;
        create sequence s increment -3 maxvalue 100 start 50;
        create table "T t" (id serial unique not null, n integer, m mood, p price);
        create table counted (id bigint generated always as identity, n integer);
        alter table "T t" replica identity using index "T t_id_key";
        comment on table "T t" is 'it''s % of {{}}';
        create materialized view mv as select n from "T t";
        create statistics st on id, n from "T t";
        create collation letters from "C";
    """,
}
"""What stands before; all but the table keep is dropped."""

_BRIEF_RIGHTS = (
    """
    grant usage on schema {tenant} to {app};
    grant select on "V of v" to {app} with grant option;
    set role {app}; grant select on "V of v" to {reader}; reset role;
    grant select (n), insert (id) on v to {reader};
    alter view v owner to {owner};
    revoke all on function f(integer) from public;
    grant execute on function f(integer) to {app};
    alter function f(integer) owner to {owner};
    """,
    """
    revoke all on v from current_user;
    grant select (id) on v to public;
    revoke all on procedure p(integer) from public, current_user;
    """,
    "",
)
_RIGHTS = (
    _BRIEF_RIGHTS[0]
    + """
    grant select ("C c"), insert ("C c") on keep to {app};
    grant select on "T t", mv to {app}; grant update (n) on "T t" to {reader};
    grant usage on sequence s, "T t_id_seq", counted_id_seq to {app};
    revoke usage on type mood, price from public; grant usage on type price to {reader};
    alter table "T t" owner to {owner}; alter sequence s owner to {owner};
    alter materialized view mv owner to {owner}; alter type mood owner to {owner};
    alter statistics st owner to {owner}; alter collation letters owner to {owner};
    create publication "{tenant} 1" for table "T t" (id, n) where (id > 10);
    insert into "T t" (n) select 1 from generate_series(1, 41);
    insert into counted (n) select 1 from generate_series(1, 7);
    select nextval('s'), nextval('s');
    """,
    _BRIEF_RIGHTS[1]
    + """
    create publication "{tenant} 2" for table counted, "T t";
    alter sequence "T t_id_seq" restart with 1000;
    """,
    "",
)
"""Of three tenants."""


@pytest.fixture
def roles(database: Database) -> Iterator[dict[str, str]]:
    """Roles whose names need quoting, as SQL writes them; gone after the test."""
    names = {
        word: str(database.value("select quote_ident(%s)", f"{word} 'x' %s {{}} {database.name}"))
        for word in ("app", "reader", "owner")
    }
    for name in names.values():
        database.execute(f"create role {name}")
    yield names
    database.close()
    for name in names.values():
        if database.rows("select from pg_roles where quote_ident(rolname) = %s", name):
            database.execute(f"drop owned by {name} cascade; drop role {name}")


def _state(database: Database) -> tuple[str, list[tuple[object, ...]]]:
    """All that pg_dump says of the tenants and of publications, and where sequences stand."""
    sequences = database.rows(
        "select format('%I.%I', schemaname, sequencename) from pg_sequences"
        " where schemaname like 'user%%' order by 1"
    )
    return database.dump(None, "--exclude-schema=diffapply"), [
        (name, *database.rows(f"select last_value, is_called from {name}")[0])
        for (name,) in sequences
    ]


def _apply(cli: Cli, folder: Path, *arguments: str, desired: str = _KEPT) -> str:
    (folder / "desired.sql").write_text(desired)
    forward = ("--desired", "desired.sql", "--allow-destructive", "--yes", "--jobs", "1")
    done = cli("apply", *forward, *arguments, cwd=folder)
    assert done.code == 0, done.out + done.err
    return done.out


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize("way", ["batch", pytest.param("alone", marks=pytest.mark.prove)])
def test_each_tenant_has_again_what_it_had(
    database: Database, cli: Cli, tmp_path: Path, roles: dict[str, str], way: str
) -> None:
    """Each of three tenants had something else."""
    rights = _BRIEF_RIGHTS if way == "batch" else _RIGHTS
    for number, its in enumerate(rights, 1):
        tenant = f"user_{number}"
        said = its.format(tenant=tenant, **roles)
        make_tenant(database, tenant, _DROPPED[way].replace("{}", tenant), said)
    before = _state(database)
    _apply(cli, tmp_path)
    assert database.value("select count(distinct xmin::text) from diffapply.step") == (
        1 if way == "batch" else 3
    )
    assert "without the owner" not in _apply(cli, tmp_path, "--backward")
    dump, positions = _state(database)
    assert Database.difference(before[0], dump) == ""
    assert positions == before[1]


@pytest.mark.prove
def test_with_privileges_they_come_from_the_snapshot(
    database: Database, cli: Cli, tmp_path: Path, roles: dict[str, str]
) -> None:
    """What is no structure comes from what the run remembers."""
    for number, its in enumerate(_RIGHTS, 1):
        tenant = f"user_{number}"
        said = its.format(tenant=tenant, **roles)
        make_tenant(database, tenant, _DROPPED["alone"].replace("{}", tenant), said)
    before = _state(database)
    _apply(cli, tmp_path, "--privileges")
    _apply(cli, tmp_path, "--backward", "--privileges")
    dump, positions = _state(database)
    assert Database.difference(before[0], dump) == ""
    assert positions == before[1]


@pytest.mark.prove
def test_what_only_adds_remembers_nothing(database: Database, cli: Cli, tmp_path: Path) -> None:
    """It costs nothing there."""
    make_tenant(database, "user_1", _KEPT)
    _apply(cli, tmp_path, desired=f"{_KEPT} create view v as select id from keep")
    _apply(cli, tmp_path, "--backward")
    assert database.value("select count(*) from diffapply.dropped") == 0


@pytest.mark.prove
def test_of_several_runs_the_earliest_counts(
    database: Database, cli: Cli, tmp_path: Path, roles: dict[str, str]
) -> None:
    """A view that was dropped, made again otherwise, and dropped again; all is taken back."""
    view = f"{_KEPT} create view v as select id from keep"
    grant = "grant {} on user_1.v to {}"
    make_tenant(database, "user_1", view)
    database.execute(grant.format("select", roles["app"]))
    before = _state(database)
    _apply(cli, tmp_path)
    _apply(cli, tmp_path, desired=view)
    database.execute(grant.format("delete", roles["reader"]))
    _apply(cli, tmp_path)
    _apply(cli, tmp_path, "--backward")
    assert database.value(
        f"select has_table_privilege({_literal(roles['reader'])}::regrole, 'user_1.v', 'delete')"
    )
    _apply(cli, tmp_path)
    _apply(cli, tmp_path, "--backward", "--to", "1")
    assert _state(database) == before


@pytest.mark.prove
def test_what_somebody_made_since_is_left_alone(
    database: Database, cli: Cli, tmp_path: Path, roles: dict[str, str]
) -> None:
    """It is not what the run dropped, whatever its name."""
    view = "create view user_1.v as select id from user_1.keep"
    make_tenant(database, "user_1", _KEPT, view)
    database.execute(f"grant select on user_1.v to {roles['app']}")
    _apply(cli, tmp_path)
    database.execute(view)
    before = _state(database)
    _apply(cli, tmp_path, "--backward")
    assert _state(database) == before


@pytest.mark.prove
def test_roles_that_are_gone_are_said(
    database: Database, cli: Cli, tmp_path: Path, roles: dict[str, str]
) -> None:
    """The view comes back closed to others as before, with the grants of those that are there."""
    make_tenant(database, "user_1", _KEPT, "create view v as select id from keep")
    database.execute(
        "grant usage on schema user_1 to {owner}; grant select on user_1.v to {app}, {reader};"
        "alter view user_1.v owner to {owner}".format(**roles)
    )
    _apply(cli, tmp_path)
    for gone in ("owner", "reader"):
        database.execute(f"drop owned by {roles[gone]}; drop role {roles[gone]}")
    said = " ".join(_apply(cli, tmp_path, "--backward").split())
    assert "an owner or grants of roles that are gone: owner 'x'" in said
    [(owner, acl)] = database.rows(
        "select relowner::regrole::text, relacl::text from pg_class where relname = 'v'"
    )
    assert owner == "postgres"
    assert acl.count("=") == 2, acl
    assert database.value(
        f"select has_table_privilege({_literal(roles['app'])}::regrole, 'user_1.v', 'select')"
    )


@pytest.mark.prove
def test_what_an_older_run_dropped_is_said(
    database: Database, cli: Cli, tmp_path: Path, roles: dict[str, str]
) -> None:
    """Before it is made again; a sequence that follows its table is no news."""
    tables = f"{_KEPT} create table t (id serial); create view v as select id from t"
    for tenant in ("user_1", "user_2"):
        make_tenant(database, tenant, tables)
        database.execute(f"grant select on {tenant}.v to {roles['app']}")
    _apply(cli, tmp_path)
    database.execute("delete from diffapply.dropped where tenant = 'user_2'")
    plan = cli("plan", "--backward", cwd=tmp_path)
    assert plan.code == 0, plan.err
    said = " ".join(plan.out.split())
    assert "Made again without the owner and the grants that it had: table t, view v." in said
    assert "It will belong to the tenant's owner" in said
    _apply(cli, tmp_path, "--backward")
    assert database.value(
        f"select has_table_privilege({_literal(roles['app'])}::regrole, 'user_1.v', 'select')"
    )


def test_what_cannot_be_given_back_fails_whole(
    database: Database, tmp_path: Path, roles: dict[str, str]
) -> None:
    """The tenant's owner may drop another's view, but not make that role its owner again."""
    with database.role("runner", "login createdb") as user:
        database.execute(f"grant create on database {database.name} to {user}")
        make_tenant(database, "user_1", _KEPT, "create view v as select id from keep")
        database.execute(
            f"alter schema user_1 owner to {user}; alter table user_1.keep owner to {user};"
            f"alter view user_1.v owner to {roles['owner']};"
            f"grant select on user_1.keep to {roles['owner']}"
        )
        runner = Cli(database.server.url(database.name, user))
        _apply(runner, tmp_path)
        failed = runner("apply", "--backward", "--yes", cwd=tmp_path)
        assert failed.code == 4, failed.out + failed.err
        assert f"GRANT {roles['owner']} TO {user}" in failed.out
        assert database.value("select to_regclass('user_1.v')") is None


def _literal(quoted: str) -> str:
    """A role's name, as SQL quotes it, as a constant."""
    return psycopg2.extensions.QuotedString(quoted).getquoted().decode()
