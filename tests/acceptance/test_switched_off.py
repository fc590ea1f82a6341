"""Constraints whose triggers are switched off, as an interrupted restore leaves them."""

from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from tests.servers import Cli, Database

_TABLES = """
create table r (id integer primary key);
create table t (id integer primary key, r integer references r, u integer unique deferrable);
"""


@pytest.mark.postgres(18, prove=(15,))
@pytest.mark.parametrize(
    "state",
    [
        "disable trigger {}",
        pytest.param("enable replica trigger {}", marks=pytest.mark.prove),
        pytest.param("enable always trigger {}", marks=pytest.mark.prove),
    ],
)
def test_it_is_seen_and_set_right(
    database: Database, owner_url: str, tmp_path: Path, state: str
) -> None:
    """By a role that is no superuser: the constraint is added again, and rows are checked."""
    with closing(psycopg2.connect(owner_url)) as connection, connection.cursor() as cursor:
        for name in ("user_1", "user_2"):
            cursor.execute(f"create schema {name}; set search_path = {name}; {_TABLES}")
        connection.commit()
    for (name,) in database.rows(
        "select quote_ident(tgname) from pg_trigger where tgrelid = 'user_2.t'::regclass"
    ):
        database.execute(f"alter table user_2.t {state.format(name)}")
    (tmp_path / "desired.sql").write_text(_TABLES)
    cli, shown = Cli(owner_url), ("--desired", "desired.sql")
    drift = cli("drift", *shown, cwd=tmp_path)
    assert drift.code == 2, drift.err
    assert "+ constraint t.t_r_fkey is " in drift.out
    assert "+ constraint t.t_u_key is " in drift.out
    survey = cli("survey", cwd=tmp_path).out
    assert ("t_r_fkey on t: 1 tenant (user_2)" in survey) == ("always" not in state)
    if "disable" in state:
        database.execute("insert into user_2.t values (1, 99)")
        plan = cli("plan", *shown, cwd=tmp_path)
        assert "rows: fails in a tenant where a row of t does not meet constraint" in plan.out
        failed = cli("apply", "--yes", *shown, cwd=tmp_path)
        assert failed.code == 4, failed.out
        assert "change these rows first" in failed.out
        database.execute("delete from user_2.t")
    done = cli("apply", "--yes", *shown, cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    assert "t.t_r_fkey, switched off before, stays in force on the way back" in done.out
    back = cli("apply", "--backward", "--yes", cwd=tmp_path)
    assert back.code == 0, back.out + back.err
    assert cli("drift", *shown, cwd=tmp_path).code == 0
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        database.execute("insert into user_2.t values (1, 99)")


@pytest.mark.parametrize(
    ("table", "told"), [("p_1", "p.p_r_fkey"), ("q_1", "s.s_q_fkey")], ids=["refers", "referred to"]
)
def test_in_a_single_partition(
    database: Database, owner_url: str, tmp_path: Path, table: str, told: str
) -> None:
    """A restore goes through tables one by one. The constraint of the whole is added again."""
    text = f"""{_TABLES}
    create table p (r integer references r) partition by list (r);
    create table p_1 partition of p for values in (1);
    create table q (id integer primary key) partition by list (id);
    create table q_1 partition of q for values in (1);
    create table s (q integer references q);
    """
    with closing(psycopg2.connect(owner_url)) as connection, connection.cursor() as cursor:
        for name in ("user_1", "user_2"):
            cursor.execute(f"create schema {name}; set search_path = {name}; {text}")
        connection.commit()
    database.execute(f"alter table user_2.{table} disable trigger all")
    (tmp_path / "desired.sql").write_text(text)
    cli, shown = Cli(owner_url), ("--desired", "desired.sql")
    drift = cli("drift", *shown, cwd=tmp_path)
    assert drift.code == 2, drift.err
    assert f"+ constraint {told} is disabled" in drift.out
    done = cli("apply", "--yes", *shown, cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    assert cli("drift", *shown, cwd=tmp_path).code == 0
