"""The rows of a materialized view are data: whatever the desired state says, they stay."""

from pathlib import Path

import pytest

from tests.servers import Cli, Database

_TABLE = "create table hits (page text, at date);"
_EMPTY = "create materialized view pages as select page from hits with no data;"
_OTHER = "create materialized view pages as select page, at from hits with no data;"


class _Fleet:
    def __init__(self, database: Database, cli: Cli, folder: Path) -> None:
        self.database, self.cli, self.folder = database, cli, folder
        self.desired = folder / "desired.sql"
        self.options = ("--exclude", "public")

    def desire(self, *statements: str) -> None:
        self.desired.write_text("\n".join(statements))

    def run(self, *arguments: str, code: int = 0) -> str:
        told = self.cli(*arguments, *self.options, "--desired", str(self.desired))
        assert told.code == code, told.out + told.err
        return told.out

    @property
    def pages(self) -> list[str]:
        rows = self.database.rows("select page from user_1.pages order by page")
        return [page for (page,) in rows]


@pytest.fixture
def fleet(database: Database, cli: Cli, tmp_path: Path) -> _Fleet:
    """A tenant whose view was filled after it was made."""
    its = _Fleet(database, cli, tmp_path)
    its.desire(_TABLE, _EMPTY)
    database.execute("create schema user_1")
    its.run("apply", "--yes")
    database.execute(
        "insert into user_1.hits values ('a', now()); refresh materialized view user_1.pages;"
        "insert into user_1.hits values ('b', now())"
    )
    return its


def test_a_filled_view_is_no_drift(fleet: _Fleet) -> None:
    fleet.run("drift")
    fleet.run("apply", "--yes")
    assert fleet.pages == ["a"]


def test_a_dump_is_in_sync_with_what_was_dumped(fleet: _Fleet) -> None:
    """pg_dump says WITH NO DATA of every view."""
    fleet.desired.write_text(fleet.database.dump("user_1"))
    fleet.run("drift", "--tenant-token", "user_1")


@pytest.mark.prove
def test_a_view_that_is_made_anew_is_filled(fleet: _Fleet) -> None:
    fleet.desire(_TABLE, _OTHER)
    fleet.run("apply", "--yes")
    assert fleet.pages == ["a", "b"]
    fleet.run("drift")
    fleet.run("apply", "--backward", "--yes")
    assert fleet.pages == ["a", "b"]


@pytest.mark.prove
def test_a_new_view_below_a_filled_one_is_filled(fleet: _Fleet) -> None:
    """Else what reads it could not be filled."""
    below = "create materialized view below as select page, at from hits with no data;"
    between = "create view between_them as select * from below;"
    fleet.desire(_TABLE, below, between, _OTHER.replace("hits", "between_them"))
    fleet.run("apply", "--yes")
    assert fleet.pages == ["a", "b"]
    fleet.run("drift")


@pytest.mark.prove
def test_a_view_that_is_renamed_is_not_emptied(fleet: _Fleet) -> None:
    fleet.desire(_TABLE, "-- diffapply: renamed from pages", _EMPTY.replace("pages", "views", 1))
    fleet.run("apply", "--yes")
    assert fleet.database.rows("select page from user_1.views") == [("a",)]
    fleet.run("drift")


def test_going_back_does_not_empty_it(fleet: _Fleet) -> None:
    fleet.desire(_TABLE, _EMPTY, "create table more ();")
    fleet.run("apply", "--yes")
    fleet.database.execute("refresh materialized view user_1.pages")
    fleet.run("apply", "--backward", "--yes")
    assert fleet.pages == ["a", "b"]


@pytest.mark.prove
def test_a_view_that_nobody_has_filled_stays_empty(database: Database, fleet: _Fleet) -> None:
    database.execute("refresh materialized view user_1.pages with no data")
    fleet.desire(_TABLE, _OTHER)
    fleet.run("apply", "--yes")
    filled = "select relispopulated from pg_class where oid = 'user_1.pages'::regclass"
    assert database.value(filled) is False


def test_an_empty_view_is_drift_if_it_should_be_filled(database: Database, fleet: _Fleet) -> None:
    """Nobody can query it."""
    database.execute("refresh materialized view user_1.pages with no data")
    fleet.desire(_TABLE, _EMPTY.replace(" with no data", ""))
    assert "pages" in fleet.run("drift", code=2)
    fleet.run("apply", "--yes")
    assert fleet.pages == ["a", "b"]
