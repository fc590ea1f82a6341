"""`diffapply shape` writes a file, and says what is in it."""

from pathlib import Path

import pytest

import diffapply
from tests.servers import Cli, Database

_NEW = "create table jobs (id serial primary key, name text not null, note text);"


@pytest.fixture
def project(database: Database, tmp_path: Path) -> Path:
    """A desired state, and tenants of three shapes: one has more, one has rows in the way."""
    (tmp_path / "new.sql").write_text(_NEW, encoding="utf-8")
    for name, extra in (("user_1", ""), ("user_2", ", extra integer"), ("user_3", "")):
        database.execute(
            f"create schema {name}; set search_path = {name};"
            f"create table jobs (id serial primary key, name text not null{extra});"
        )
    database.execute("alter table user_3.jobs add unique (name)")
    return tmp_path


def test_what_it_says(cli: Cli, project: Path) -> None:
    """The shape, and how many ways there are that an application can take."""
    outcome = cli("shape", "--desired", "new.sql", "--out", "shape.json", cwd=project)
    shape = diffapply.Shape.load(project / "shape.json")
    said = f"Shape {shape.fingerprint[:12]} of new.sql: 1 statement, written to shape.json.\n"
    assert (outcome.code, outcome.out, shape.ways) == (0, said, ())
    outcome = cli("shape", "--desired", "new.sql", "--out", "shape.json", "--ways", cwd=project)
    assert outcome.code == 0
    assert outcome.out == said + (
        "3 proved ways from other shapes; `ensure_in` takes 1 of them, the rest is for "
        "`diffapply apply`.\n"
    )
    assert len(diffapply.Shape.load(project / "shape.json").ways) == 3


def test_what_it_needs(cli: Cli, project: Path) -> None:
    """A file, which can be written; this is found out before the work."""
    outcome = cli("shape", cwd=project)
    assert (outcome.code, outcome.err) == (
        1, "Error: Missing option '--out'.\nNothing was done. See diffapply shape --help.\n"
    )  # fmt: skip
    outcome = cli("shape", "--desired", "nowhere.sql", "--out", "no/shape.json", cwd=project)
    assert outcome.code == 1
    assert "The shape cannot be written to no/shape.json: No such file" in outcome.err


def test_no_tenants(cli: Cli, database: Database, tmp_path: Path) -> None:
    """An empty database will do: CI has no tenants."""
    (tmp_path / "new.sql").write_text(_NEW, encoding="utf-8")
    outcome = cli("shape", "--desired", "new.sql", "--out", "s.json", "--ways", cwd=tmp_path)
    assert outcome.code == 0, outcome
    assert database.value("select to_regnamespace('diffapply') is null")
