"""What a command says beside its result: only errors, or all that it does; and completion."""

import re
import stat
from pathlib import Path

import pytest

from tests.servers import PASSWORD, Cli, Database, Server

DESIRED = "create table jobs (id integer primary key, name text);"


@pytest.fixture
def project(tmp_path: Path, database: Database) -> Path:
    """Three tenants without tables, and a desired state with one."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "desired.sql").write_text(DESIRED, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.diffapply]\ndesired = "desired.sql"\n[tool.diffapply.env.staging]\njobs = 2\n'
    )
    database.execute("create schema user_1; create schema user_2; create schema user_3")
    return tmp_path


class TestQuiet:
    def test_nothing_is_told(self, cli: Cli, project: Path) -> None:
        """The exit code says it all."""
        for arguments, code in (
            (("plan", "--exit-code"), 2),
            (("apply", "--yes"), 0),
            (("drift",), 0),
            (("history",), 0),
        ):
            told = cli(*arguments, "-q", cwd=project)
            assert (told.code, told.out, told.err) == (code, "", ""), arguments

    def test_documents_are_written(self, cli: Cli, project: Path) -> None:
        told = cli("drift", "--quiet", "--format", "json", cwd=project)
        assert (told.code, told.err) == (2, "")
        assert len(told.json["tenants"]) == 3

    def test_what_failed_is_told(self, cli: Cli, project: Path, database: Database) -> None:
        database.execute(
            """create function public.no() returns event_trigger language plpgsql as
            $$ begin if current_setting('search_path') like '%user_2%' then raise 'not here';
            end if; end $$;
            create event trigger no on ddl_command_start execute function public.no()"""
        )
        told = cli("apply", "--yes", "-q", "--trust-tenants", cwd=project)
        assert (told.code, told.out) == (4, "")
        assert "not here" in told.err
        assert "user_2" in told.err

    def test_nothing_is_agreed_to_unseen(self, cli: Cli, project: Path, database: Database) -> None:
        told = cli("apply", "-q", cwd=project)
        assert told.code == 1
        assert told.err == (
            "Error: --quiet hides what you would agree to.\n"
            "Nothing was done. Give --yes to apply without a question, or leave out --quiet.\n"
        )
        assert not database.rows("select from pg_tables where schemaname = 'user_1'")


class TestDebug:
    def test_every_statement_and_its_time(self, cli: Cli, project: Path) -> None:
        """On standard error, each on a line of its own; the result is the same."""
        usual = cli("plan", cwd=project)
        told = cli("plan", "--debug", "--full", cwd=project)
        assert (told.code, told.out) == (usual.code, usual.out)
        statements = re.findall(r"(?m)^[\d :.-]+ \d\.\d{4} s pid \d+ .*$", told.err)
        assert len(statements) > 20
        assert all(len(line) < 400 for line in statements)
        assert any("CREATE TABLE jobs" in line for line in statements)

    def test_a_traceback(self, cli: Cli, project: Path) -> None:
        told = cli("plan", "--debug", "--desired", "none.sql", cwd=project)
        assert told.code == 1
        assert "Traceback (most recent call last)" in told.err
        assert told.err.splitlines()[-2].startswith("Error: ")

    def test_no_password(self, cli: Cli, project: Path, server: Server, database: Database) -> None:
        """Neither that of a URL nor one in a statement, on standard error or in the file."""
        (project / "desired.sql").write_text(
            DESIRED + "select 1 where $$password = hunter2$$ = '';", encoding="utf-8"
        )
        url = server.tcp_url(database.name)
        log = project / "run.log"
        for given in (url, f"{url}x"):  # the latter is refused
            told = cli("plan", "--debug", "--log-file", log, "--database-url", given, cwd=project)
            for text in (told.err, log.read_text(encoding="utf-8")):
                assert PASSWORD not in text
                assert "s3cret" not in text
                assert "hunter2" not in text

    def test_no_password_in_what_models_raise(self, cli: Cli, project: Path) -> None:
        """By itself, without a URL around it, and also if the URL has another @."""
        (project / "models.py").write_text("raise RuntimeError('no login: hunter2secret')")
        url = "postgresql://app:hunter2secret@127.0.0.1:1/k?application_name=me@home"
        for more in ((), ("--debug",)):
            told = cli(
                *("drift", "--desired", "models.py:metadata", "--database-url", url, *more),
                cwd=project,
            )
            assert told.code == 1
            assert "no login: ***" in told.err.splitlines()[-2]
            assert "hunter2secret" not in told.err


class TestLogFile:
    def test_it_has_all(self, cli: Cli, project: Path) -> None:
        """For its owner alone; the terminal shows what it shows without; each command adds."""
        log = project / "run.log"
        usual = cli("plan", cwd=project)
        told = cli("plan", "--log-file", log, cwd=project)
        assert (told.code, told.out, told.err) == (usual.code, usual.out, usual.err)
        assert stat.S_IMODE(log.stat().st_mode) == 0o600
        first = log.read_text(encoding="utf-8")
        assert "begins: Settings(" in first
        assert "with " in first
        assert cli("plan", "--log-file", log, "--desired", "none.sql", cwd=project).code == 1
        text = log.read_text(encoding="utf-8")
        assert text.startswith(first)
        assert "Traceback (most recent call last)" in text[len(first) :]

    def test_it_cannot_be_written(self, cli: Cli, project: Path) -> None:
        told = cli("plan", "--log-file", project / "none" / "x.log", cwd=project)
        assert told.code == 1
        assert "x.log cannot be written: No such file or directory." in told.err


class TestCompletion:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("diffapply pl", {"plan"}),
            ("diffapply plan --detail ", {"shape", "object"}),
            ("diffapply plan --detai", {"--detail"}),
            ("diffapply drift --format ju", {"junit"}),
            ("diffapply drift --env ", {"staging"}),
        ],
    )
    def test_what_a_shell_asks(
        self, cli: Cli, project: Path, line: str, expected: set[str]
    ) -> None:
        words = line.split(" ")
        asked = {
            "_DIFFAPPLY_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        }
        told = cli(env=asked, cwd=project)
        assert (told.code, told.err) == (0, "")
        assert {*told.out.split()} == expected

    def test_what_a_shell_loads(self, cli: Cli) -> None:
        told = cli(env={"_DIFFAPPLY_COMPLETE": "source_zsh"})
        assert (told.code, told.err) == (0, "")
        assert told.out.lstrip().startswith("#compdef diffapply")
