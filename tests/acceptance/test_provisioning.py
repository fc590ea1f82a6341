"""Tenants that `provision` creates: under which limits, and how the journal names them."""

from pathlib import Path

from tests.servers import Cli, Database


def test_provision_heeds_the_lock_timeout(database: Database, cli: Cli, tmp_path: Path) -> None:
    """As a setting, a variable or an option, up to a third of deadlock_timeout.

    It is recorded by the name of the desired state.
    """
    database.execute(
        "create table public.plans (id integer primary key);"
        """create function public.note() returns event_trigger language plpgsql as
        $$ begin raise log 'x'; if current_setting('lock_timeout') <> '234ms' then
        raise 'lock_timeout is %', current_setting('lock_timeout'); end if; end $$;
        create event trigger note on ddl_command_end when tag in ('CREATE TABLE')
        execute function public.note()"""
    )
    (tmp_path / "desired.sql").write_text("create table a (id integer)")
    command = ("provision", "user_1", "--desired", "desired.sql")
    # The journal's tables are made under no limit of ours.
    database.execute("alter event trigger note disable")
    assert cli("provision", "user_0", *command[2:], cwd=tmp_path).code == 0
    database.execute("alter event trigger note enable")
    other = cli(*command, "--lock-timeout", "2", cwd=tmp_path)
    assert (other.code, "lock_timeout is 333ms" in other.out) == (4, True)
    made = cli(*command, "--lock-timeout", "0.234", cwd=tmp_path)
    assert made.code == 0, made.out
    made = cli(
        *("provision", "user_2", "--desired", "desired.sql"),
        cwd=tmp_path,
        env={"DIFFAPPLY_LOCK_TIMEOUT": "0.234"},
    )
    assert made.code == 0, made.out
    assert {run["desired"] for run in cli("history", "--format", "json").json["runs"]} == {
        "desired.sql"
    }
