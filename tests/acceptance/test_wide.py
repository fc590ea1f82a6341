"""Tenants of very many tables, on a server with default settings."""

from pathlib import Path

import pytest

from tests.servers import Cli, Database

_TABLES = 500
_COLUMNS = ", ".join(f"c{number} numeric(10, 2) not null" for number in range(12))
_WIDE = ";\n".join(
    f"create table wide_{number} (id serial primary key, name text, {_COLUMNS})"
    for number in range(_TABLES)
)


@pytest.mark.prove
@pytest.mark.postgres(15, 18)
def test_a_wide_tenant(database: Database, cli: Cli, tmp_path: Path) -> None:
    """It is planned, applied and taken back like any other; the lock table suffices."""
    (tmp_path / "desired.sql").write_text(f"{_WIDE};\ncreate table jobs (id integer)")
    database.execute(f"create schema user_1; set search_path = user_1; {_WIDE}")
    options = ("--desired", "desired.sql")
    before = database.dump("user_1")
    done = cli("apply", *options, "--yes", cwd=tmp_path)
    assert done.code == 0, done.err
    assert cli("drift", *options, cwd=tmp_path).code == 0
    back = cli("apply", "--backward", *options, "--yes", cwd=tmp_path)
    assert back.code == 0, back.err
    assert Database.difference(before, database.dump("user_1")) == ""
