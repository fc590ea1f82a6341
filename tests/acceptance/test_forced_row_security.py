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
