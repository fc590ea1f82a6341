"""A label that is added and used at once rewrites tables; the plan says how to go without."""

from pathlib import Path

import pytest

from tests.servers import Cli, Database

pytestmark = pytest.mark.postgres(18, prove=(15,))

_BEFORE = """
create schema user_1; set search_path = user_1;
create type state as enum ('one', 'three');
create table t (s state default 'one'); create table u (s state);
insert into t values ('three'); insert into u values ('one');
"""
_LABEL = """
create type state as enum ('one', 'two', 'three');
create table t (s state default 'one'); create table u (s state);
"""
_USED = _LABEL.replace("default 'one'", "default 'two'")
_NOTE = (
    "enum state is made anew, and tables are rewritten, because label 'two' is added and used at "
    "once. In two runs none is: declare and apply label 'two' first, then what uses it."
)


def test_in_two_runs_nothing_is_rewritten(database: Database, tmp_path: Path) -> None:
    """As the note of the plan in one says, where the label and its use come at once."""
    database.execute(_BEFORE)
    cli, file = Cli(database.url), tmp_path / "s.sql"
    desired = ("--desired", file, "--exclude", "public")
    file.write_text(_USED)
    [at_once] = cli("plan", "--format", "json", *desired).json["transitions"]
    assert at_once["notes"] == [_NOTE]
    assert "REWRITES_TABLE" in str(at_once["statements"])
    for text in (_LABEL, _USED):
        file.write_text(text)
        [step] = cli("plan", "--format", "json", *desired).json["transitions"]
        assert (step["notes"], len(step["statements"])) == ([], 1)
        assert "REWRITES_TABLE" not in str(step["statements"])
        assert cli("apply", "--yes", *desired).code == 0


def test_not_where_two_runs_would_rewrite_as_well(database: Database, tmp_path: Path) -> None:
    """A label goes as well, or the labels change their order."""
    database.execute(_BEFORE)
    file = tmp_path / "s.sql"
    file.write_text(_USED.replace("'one', 'two', 'three'", "'three', 'two', 'one'"))
    plan = Cli(database.url)("plan", "--format", "json", "--desired", file, "--exclude", "public")
    [transition] = plan.json["transitions"]
    assert "REWRITES_TABLE" in str(transition["statements"])
    assert transition["notes"] == []
