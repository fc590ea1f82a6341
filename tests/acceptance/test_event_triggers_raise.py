"""What an event trigger says is not told as the fault of rows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers import Cli, Database

_SAYING = """
create or replace function public.say() returns event_trigger language plpgsql as $$begin
    if exists (
        select from pg_catalog.pg_event_trigger_ddl_commands() where schema_name = 'user_1'
    ) then {}; end if;
end$$
"""


@pytest.fixture
def raising(database: Database, cli: Cli, tmp_path: Path) -> Callable[[str, str], str]:
    """What apply tells if an event trigger does something, and a column gets a type."""

    def told(does: str, type_: str) -> str:
        database.execute(
            "create schema user_1; create table user_1.t (body text);"
            "insert into user_1.t values ('01')"
        )
        database.execute(_SAYING.format(does))
        database.execute(
            "create event trigger say on ddl_command_end when tag in ('ALTER TABLE')"
            " execute function public.say()"
        )
        (tmp_path / "desired.sql").write_text(f"create table t (body {type_})")
        return cli("apply", "--yes", "--desired", "desired.sql", cwd=tmp_path).out

    return told


@pytest.mark.parametrize(
    ("does", "type_", "told"),
    [
        ("raise 'not on Fridays'", "integer", "refused   1 tenant: user_1"),
        ("select 1", "text, more integer", "query has no destination for result data"),
    ],
    ids=["asked", "failed"],
)
def test_rows_are_not_blamed(
    raising: Callable[[str, str], str], does: str, type_: str, told: str
) -> None:
    """Neither where consent is asked for, nor where a statement fails."""
    out = raising(does, type_)
    assert told in out
    assert "change these rows first" not in out
