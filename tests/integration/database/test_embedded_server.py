"""The embedded server: started on demand, whatever happened to it before."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

import psycopg2
import pytest

from diffapply.database import embedded
from diffapply.database.programs import server_account, server_pid
from diffapply.errors import DatabaseError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as another user")

START = "from diffapply.database import embedded; print(embedded.ensure_running())"


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder that everybody may pass through, unlike tmp_path."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(outside: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """DIFFAPPLY_HOME for one test; not there yet."""
    yield from _at(outside / "home", monkeypatch)


def _at(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("DIFFAPPLY_HOME", str(home))
    yield home
    if home.exists():
        embedded.stop()


def ask(url: str, query: str) -> object:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0] if cursor.description else None  # type: ignore[index]
    finally:
        connection.close()


@pytest.mark.prove
def test_status_and_stop(home: Path) -> None:
    """Whether it runs, its data, and a URL that works; stopped, its data stays."""

    def command(name: str) -> str:
        ended = subprocess.run(
            [sys.executable, "-m", "diffapply.main", "server", name],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "DIFFAPPLY_HOME": str(home)},
        )
        assert ended.stderr == ""
        return ended.stdout

    assert command("status").startswith("No embedded PostgreSQL has run yet")
    assert command("stop") == "No embedded PostgreSQL runs.\n"
    assert not home.exists()
    embedded.ensure_running()
    head, url, data = command("status").splitlines()
    assert head == f"PostgreSQL 18: running, process {pid_of(home)}"
    assert ask(url.removeprefix("  url   "), "select 1") == 1
    assert re.fullmatch(rf"  data  {home}/postgresql-18 \(\d+(\.\d)? MB\)", data)
    assert command("stop") == "Stopped the embedded PostgreSQL 18.\n"
    assert command("status").startswith("PostgreSQL 18: stopped\n")


def pid_of(home: Path) -> int:
    pid = server_pid(home.resolve() / "postgresql-18")
    assert pid is not None
    return pid


def kill(home: Path) -> None:
    """As the kernel does when memory runs out."""
    pid = pid_of(home)
    os.kill(pid, signal.SIGKILL)
    while server_pid(home.resolve() / "postgresql-18"):
        time.sleep(0.01)


def test_its_whole_life(home: Path) -> None:
    assert not embedded.url_if_running()
    assert not embedded.stop()
    assert not home.exists()

    url = embedded.ensure_running()
    first = pid_of(home)
    assert embedded.url_if_running()
    assert embedded.ensure_running() == url
    assert pid_of(home) == first
    ask(url, "create table t as select 7 as seven")

    assert embedded.stop()
    assert not embedded.url_if_running()
    assert not embedded.stop()

    assert ask(embedded.ensure_running(), "select seven from t") == 7


def test_is_safe_private_and_the_same_everywhere(home: Path) -> None:
    url = embedded.ensure_running()
    for setting, value in {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "listen_addresses": "",
        "server_encoding": "UTF8",
        "lc_messages": "C",
    }.items():
        assert ask(url, f"show {setting}") == value, setting
    assert ask(url, "select datlocprovider::text || ' ' || datlocale from pg_database limit 1") == (
        "b C.UTF-8"
    )
    assert ask(url, "select upper('ä')") == "Ä"
    assert (home / "postgresql-18").stat().st_mode & 0o777 == 0o700


def test_the_environment_of_libpq_does_not_matter(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "9")
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGDATABASE", "nowhere")
    monkeypatch.setenv("PGHOST", "nowhere.invalid")
    monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
    assert ask(embedded.ensure_running(), "select current_user::text") == "postgres"
    assert home.exists()


@pytest.mark.prove
def test_the_older_version_of_the_wheel_lives_beside_it(home: Path) -> None:
    try:
        url = embedded.ensure_running(16)
        assert ask(url, "select current_setting('server_version_num')::int / 10000") == 16
        assert (home / "postgresql-16").is_dir()
        assert not embedded.url_if_running(18)
    finally:
        embedded.stop(16)


def test_several_commands_at_once_start_one_server(home: Path) -> None:
    commands = [
        subprocess.Popen([sys.executable, "-c", START], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    answers = {command.communicate(timeout=100)[0] for command in commands}
    assert {command.returncode for command in commands} == {0}
    assert len(answers) == 1
    # It outlives the command that started it.
    assert ask(answers.pop().strip(), "select 7") == 7
    assert pid_of(home)


class TestAfterAnAccident:
    def test_killed(self, home: Path) -> None:
        ask(embedded.ensure_running(), "create table t as select 7 as seven")
        kill(home)
        assert not embedded.url_if_running()
        assert ask(embedded.ensure_running(), "select seven from t") == 7

    @pytest.mark.prove
    def test_killed_while_a_connection_is_busy(self, home: Path) -> None:
        url = embedded.ensure_running()
        busy = psycopg2.connect(url)
        busy.cursor().execute("create table t as select 1 as a from generate_series(1, 100000)")
        kill(home)
        assert ask(embedded.ensure_running(), "select to_regclass('t') is null") is True
        busy.close()

    @pytest.mark.prove
    def test_its_pid_is_another_process_by_now(self, home: Path) -> None:
        """As after a reboot, above all in a container."""
        ask(embedded.ensure_running(), "create table t as select 7 as seven")
        old = pid_of(home)
        kill(home)
        with subprocess.Popen(["sleep", "100"], user=server_account()) as other:
            for left in ("postmaster.pid", ".s.PGSQL.5432.lock"):
                file = home / "postgresql-18" / left
                file.write_text(file.read_text().replace(f"{old}\n", f"{other.pid}\n", 1))
            assert not embedded.url_if_running()
            assert not embedded.stop()
            assert ask(embedded.ensure_running(), "select seven from t") == 7
            assert other.poll() is None
            other.kill()

    @pytest.mark.prove
    def test_its_socket_was_removed(self, home: Path) -> None:
        embedded.ensure_running()
        first = pid_of(home)
        (home / "postgresql-18" / ".s.PGSQL.5432").unlink()
        assert not embedded.url_if_running()
        assert ask(embedded.ensure_running(), "select 7") == 7
        assert pid_of(home) != first

    @pytest.mark.prove
    def test_the_first_command_was_killed_half_way(self, home: Path) -> None:
        half = home / ".postgresql-18.new"
        half.mkdir(parents=True)
        (half / "PG_VERSION").write_text("18\n")
        if account := server_account():
            shutil.chown(home, account)
        assert ask(embedded.ensure_running(), "select 7") == 7

    @pytest.mark.prove
    def test_its_data_was_removed_while_it_ran(self, home: Path) -> None:
        embedded.ensure_running()
        first = pid_of(home)
        shutil.rmtree(home)
        try:
            assert not embedded.url_if_running()
            assert ask(embedded.ensure_running(), "select 7") == 7
        finally:
            with suppress(ProcessLookupError):  # it notices by itself within a minute
                os.kill(first, signal.SIGQUIT)


class TestPaths:
    @pytest.mark.parametrize(
        "name",
        ["a b", "it's, 100% (ours) & more; #1", "Datenbänke", "long" * 30],
        ids=["space", "marks", "umlaut", "long"],
    )
    @pytest.mark.prove
    def test_any_name_will_do(
        self, name: str, outside: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for home in _at(outside / name, monkeypatch):
            url = embedded.ensure_running()
            assert ask(url, "show data_directory") == f"{home.resolve()}/postgresql-18"
            assert embedded.ensure_running() == url

    def test_a_socket_elsewhere_is_private(
        self, outside: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in _at(outside / ("long" * 30), monkeypatch):
            folder = _socket_folder(embedded.ensure_running())
            assert folder.stat().st_mode & 0o777 == 0o700
            embedded.stop()
            assert not folder.exists()

    @pytest.mark.prove
    @as_root
    def test_a_socket_elsewhere_may_not_be_another_users(
        self, outside: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in _at(outside / ("long" * 30), monkeypatch):
            folder = _socket_folder(embedded.ensure_running())
            embedded.stop()
            folder.mkdir()
            os.chown(folder, 54321, 54321)
            with pytest.raises(DatabaseError, match="another user's"):
                embedded.ensure_running()
            folder.rmdir()

    @pytest.mark.prove
    def test_an_empty_folder_that_is_there_is_used(self, home: Path) -> None:
        home.mkdir(mode=0o700)
        assert ask(embedded.ensure_running(), "select 7") == 7


class TestRefusals:
    """Each is one sentence, says what to do, and leaves other people's folders as they are."""

    def test_a_file_in_the_way(self, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (outside / "file").touch()
        monkeypatch.setenv("DIFFAPPLY_HOME", str(outside / "file" / "home"))
        with pytest.raises(DatabaseError, match="Not a directory") as refusal:
            embedded.ensure_running()
        _assert_helpful(refusal.value)

    def test_a_folder_that_may_not_be_written_to(self, outside: Path) -> None:
        (outside / "locked").mkdir(mode=0o555)
        # As root, by a process that gives that up; it has to import everything before.
        account = server_account()
        program = (
            "import fcntl, os, platformdirs, psutil, pwd, sys\n"
            "from diffapply.database import embedded\n"
            f"if {account!r}: os.setgroups([]); os.setuid(pwd.getpwnam({account!r}).pw_uid)\n"
            "try: embedded.ensure_running()\n"
            "except embedded.DatabaseError as error: print(error.message, error.hint, sep='\\n')\n"
        )
        outcome = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"DIFFAPPLY_HOME": str(outside / "locked" / "home")},
            capture_output=True,
            text=True,
            check=True,
        )
        message, hint = outcome.stdout.splitlines()
        assert message.endswith("locked/home: Permission denied.")
        assert "DIFFAPPLY_HOME" in hint
        assert not outcome.stderr

    @as_root
    def test_a_folder_that_is_closed_to_the_servers_user(
        self, outside: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = outside / "closed"
        closed.mkdir(mode=0o700)
        monkeypatch.setenv("DIFFAPPLY_HOME", str(closed / "home"))
        with pytest.raises(DatabaseError, match="Permission denied") as refusal:
            embedded.ensure_running()
        _assert_helpful(refusal.value)
        assert "pgserver" in refusal.value.hint
        assert closed.stat().st_mode & 0o777 == 0o700

    @pytest.mark.prove
    def test_data_that_is_damaged(self, home: Path) -> None:
        embedded.ensure_running()
        embedded.stop()
        (home / "postgresql-18" / "global" / "pg_control").unlink()
        with pytest.raises(DatabaseError, match="pg_control") as refusal:
            embedded.ensure_running()
        _assert_helpful(refusal.value)


def _socket_folder(url: str) -> Path:
    return Path(unquote(url.partition("host=")[2].partition("&")[0]))


def _assert_helpful(error: DatabaseError) -> None:
    assert error.exit_code == 1
    assert "\n" not in error.message
    assert error.message.endswith(".")
    assert not error.message.endswith("..")
    assert "Nothing was done." in error.hint
    assert "DIFFAPPLY_HOME" in error.hint
