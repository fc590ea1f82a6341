"""FORCE ROW LEVEL SECURITY holds for the owner, who may be the one who connects."""

from pathlib import Path

import pytest

from tests.servers import Cli, Database

pytestmark = pytest.mark.postgres(18, prove=(15,))

_FORCED = """
create table t (id int primary key, who text);
alter table t enable row level security; alter table t force row level security;
create policy own on t using (who = current_user);
"""


def _apply(cli: Cli, folder: Path, *statements: str) -> list[str]:
    """Apply what is desired; returns the statements of the plan."""
    (desired := folder / "desired.sql").write_text("\n".join(statements))
    options = ("--desired", str(desired), "--exclude", "public", "--allow-destructive")
    plan = cli("plan", "--format", "json", *options[:-1])
    assert plan.code == 0, plan.out + plan.err
    told = cli("apply", "--yes", *options)
    assert told.code == 0, told.out + told.err
    return [its["sql"] for each in plan.json["transitions"] for its in each["statements"]]


@pytest.fixture
def owner(database: Database, owner_url: str) -> Cli:
    """The role that owns the tenant's schema, and no superuser."""
    database.execute(f"create schema user_1 authorization owner_of_{database.name}")
    return Cli(owner_url)


def test_a_materialized_view_holds_what_policies_show(
    database: Database, owner: Cli, tmp_path: Path
) -> None:
    """As psql fills it, and as the application does."""
    view = "create materialized view mv as select count({}) from t"
    _apply(owner, tmp_path, _FORCED, view.format("*"))
    database.execute(f"insert into user_1.t values (1, 'owner_of_{database.name}'), (2, 'another')")
    (tmp_path / "desired.sql").write_text(_FORCED + view.format("id"))
    plan = owner("plan", "--desired", tmp_path / "desired.sql", "--exclude", "public")
    assert "gives by then, of the rows of t that policies show to the owner" in plan.out
    _apply(owner, tmp_path, _FORCED, view.format("id"))
    assert database.rows("select * from user_1.mv") == [(1,)]
    _apply(owner, tmp_path, _FORCED, view.format("who"), "with no data")
    assert owner("apply", "--backward", "--yes").code == 0
    assert database.rows("select * from user_1.mv") == [(1,)]


_ORG = """
create table org (id int primary key, owner_id int);
create table member (id int primary key, org_id int{});
alter table org enable row level security; alter table org force row level security;
create policy p on org using (owner_id > 0);
"""


def test_a_foreign_key_is_checked_on_all_rows(
    database: Database, owner: Cli, tmp_path: Path
) -> None:
    """Also on those that policies hide; and then the table is as it was."""
    _apply(owner, tmp_path, _ORG.format(""))
    database.execute(
        "insert into user_1.org values (1, 0); insert into user_1.member values (1, 1)"
    )
    key = "member_org_id_fkey FOREIGN KEY (org_id) REFERENCES org(id)"
    assert _apply(owner, tmp_path, _ORG.format(" references org")) == [
        "ALTER TABLE org NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE member ADD CONSTRAINT {key}",
        "ALTER TABLE org FORCE ROW LEVEL SECURITY",
    ]
    assert owner("apply", "--backward", "--yes").code == 0
    database.execute("insert into user_1.member values (2, 2)")
    desired = ("--desired", tmp_path / "desired.sql", "--exclude", "public")
    failed = owner("apply", "--yes", *desired)
    assert failed.code == 4
    assert "violates foreign key constraint" in failed.out + failed.err


def test_tables_that_refer_to_each_other_are_forced_last(owner: Cli, tmp_path: Path) -> None:
    circle = "alter table org add foreign key (owner_id) references member;"
    last = _apply(owner, tmp_path, _ORG.format(" references org"), circle)[-1]
    assert last == "ALTER TABLE org FORCE ROW LEVEL SECURITY"


@pytest.mark.prove
def test_columns_and_partitions_with_foreign_keys_change(
    database: Database, owner: Cli, tmp_path: Path
) -> None:
    """PostgreSQL checks keys anew for another type, and for a partition that is attached."""
    text = """
    create table a (id {0} primary key);
    create table p (id int, a_id {0} references a) partition by list (id);
    create table p1 {1};
    """
    for table in ("a", "p1"):
        text += f"alter table {table} enable row level security;"
        text += f"alter table {table} force row level security;"
    apart = text.format("int", "(id int, a_id int)")
    attached = "partition of p for values in (1)"
    _apply(owner, tmp_path, apart)
    database.execute("insert into user_1.a values (1); insert into user_1.p1 values (1, 1)")
    _apply(owner, tmp_path, text.format("int", attached))
    _apply(owner, tmp_path, text.format("bigint", attached))
    assert database.rows("select * from user_1.p") == [(1, 1)]
    assert database.rows(
        "select bool_and(relforcerowsecurity) from pg_class "
        "where oid in ('user_1.a'::regclass, 'user_1.p1'::regclass)"
    ) == [(True,)]


def test_what_policies_hide_counts_as_lost_and_says_why(
    database: Database, owner: Cli, tmp_path: Path
) -> None:
    """The owner may not look at the values; whoever reads the refusal shall know that."""
    _apply(owner, tmp_path, _FORCED)
    database.execute("insert into user_1.t values (1, 'another')")
    (tmp_path / "desired.sql").write_text(_FORCED.replace("who text", "who varchar(9)"))
    desired = ("--desired", tmp_path / "desired.sql", "--exclude", "public")
    refused = owner("apply", "--yes", *desired, "--format", "json")
    assert refused.code == 3, refused.out
    [its] = [its for its in refused.json["tenants"] if its["name"] == "user_1"]
    assert "cut; policies hide the rows of t, so it counts if there are any" in its["error"]
