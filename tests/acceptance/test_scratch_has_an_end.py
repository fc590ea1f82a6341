"""Code of others that runs in scratch keeps nobody for ever from his plan."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import diffapply
from diffapply.database import patience
from diffapply.errors import ScratchError
from tests.servers import Database
from tests.waiting import wait_for

_NAP = """
create function nap() returns integer language plpgsql immutable as $$begin
    if current_database() like 'diffapply\\_scratch%' then {} end if;
    return 1;
end$$;
"""
_SLEEPS = _NAP.format("perform pg_sleep(3600);")
_WILL_NOT_BE_WOKEN = _NAP.format(
    "loop begin perform pg_sleep(3600); exception when query_canceled then null; end; end loop;"
)
_WAYS = {
    "materialized view": "create materialized view m as select nap()",
    "index expression": "create table t (a integer); create index on t (a) where nap() > 0",
}


@pytest.fixture
def stranger(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A role that may create in user_1; what it leaves running ends soon. There is user_2, too."""
    monkeypatch.setattr(patience, "PATIENCE", 0.5)
    name = f"stranger_{uuid.uuid4().hex[:8]}"
    database.execute(
        f"create role {name} login; create schema user_1; create schema user_2;"
        f"grant usage, create on schema user_1 to {name}"
    )
    yield name
    database.close()
    database.execute(f"drop owned by {name} cascade; drop role {name}")


def _plants(database: Database, name: str, *statements: str) -> None:
    with closing(database.connect(name)) as connection, connection.cursor() as cursor:
        cursor.execute(f"set search_path = user_1; {'; '.join(statements)}")
        connection.commit()


def _settings(database: Database, folder: Path) -> diffapply.Settings:
    (folder / "desired.sql").write_text("create table items (id integer)")
    return diffapply.Settings(database_url=database.url, desired=str(folder / "desired.sql"))


@pytest.mark.parametrize("way", _WAYS)
def test_its_tenant_is_blocked_and_others_are_planned(
    database: Database, stranger: str, tmp_path: Path, way: str
) -> None:
    """The reason names the statement, and whose it is."""
    _plants(database, stranger, _SLEEPS, _WAYS[way])
    made = diffapply.plan(_settings(database, tmp_path))
    blocked = {name: t.blocked for t in made.transitions if t.blocked for name in t.tenants}
    assert [*blocked] == ["user_1"]
    said = " ".join(blocked["user_1"])
    assert repr(stranger) in said
    assert ("MATERIALIZED VIEW" if way == "materialized view" else "INDEX") in said
    assert "nap()" in said
    assert [t.tenants for t in made.transitions if not t.blocked] == [("user_2",)]


@pytest.mark.prove
def test_what_catches_that_it_is_cancelled_is_cut(
    database: Database, stranger: str, tmp_path: Path
) -> None:
    """There is no plan then; and nothing of it runs on."""
    _plants(database, stranger, _WILL_NOT_BE_WOKEN, _WAYS["materialized view"])
    with pytest.raises(ScratchError, match=stranger):
        diffapply.plan(_settings(database, tmp_path))
    running = "select from pg_stat_activity where query like '%nap()%' and pid <> pg_backend_pid()"
    wait_for(lambda: not database.rows(f"{running} and datname like 'diffapply\\_scratch%%'"))
