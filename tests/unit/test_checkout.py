"""The git commit of the desired state: as git itself names it, and no code runs for it."""

import os
import subprocess
from pathlib import Path

import pytest

from diffapply.checkout import git_commit_of

PINNED = "0123456789abcdef0123456789abcdef01234567"


def git(folder: Path, *arguments: str) -> str:
    """Run git, whatever the settings of this machine are."""
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    environ = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(folder)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout with a commit."""
    project = tmp_path / "project"
    (project / "schema").mkdir(parents=True)
    (project / "schema" / "a.sql").write_text("create table a ();")
    git(project, "init", "-b", "feature/a.b")
    git(project, "add", ".")
    git(project, "commit", "-m", "Begin")
    return project


def test_of_a_branch_whether_packed_or_not(project: Path) -> None:
    """A repository that was cleaned up keeps its branches in one file."""
    head = git(project, "rev-parse", "HEAD")
    desired = str(project / "schema" / "a.sql")
    assert git_commit_of(desired) == head[:10]
    git(project, "pack-refs", "--all")
    assert not (project / ".git" / "refs" / "heads" / "feature" / "a.b").exists()
    assert git_commit_of(desired) == head[:10]


def test_of_a_commit_that_is_on_no_branch(project: Path) -> None:
    git(project, "checkout", "--detach")
    head = git(project, "rev-parse", "HEAD")
    assert git_commit_of(str(project / "schema")) == head[:10]


def test_of_a_worktree(project: Path, tmp_path: Path) -> None:
    """Its branch is in the repository that it belongs to."""
    other = tmp_path / "other"
    git(project, "worktree", "add", "-b", "other", str(other))
    (other / "b.sql").write_text("create table b ();")
    git(other, "add", ".")
    git(other, "commit", "-m", "Go on")
    head = git(other, "rev-parse", "HEAD")
    assert head != git(project, "rev-parse", "HEAD")
    assert git_commit_of(f"{other / 'b.sql'}") == head[:10]


def test_of_an_attribute_and_of_the_first_of_several(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module is looked for where the command runs."""
    head = git(project, "rev-parse", "HEAD")[:10]
    (project / "models.py").touch()
    assert git_commit_of((f"{project / 'models.py'}:metadata", "/")) == head
    monkeypatch.chdir(project / "schema")
    assert git_commit_of("app.models:metadata") == head


def test_without_a_checkout_or_a_commit_there_is_none(tmp_path: Path) -> None:
    assert git_commit_of(str(tmp_path)) == ""
    git(tmp_path, "init")
    assert git_commit_of(str(tmp_path)) == ""


@pytest.mark.parametrize(
    "head",
    [
        "ref: refs/../../../secret",
        "ref: /etc/passwd",
        "ref: refs/heads/../../../secret",
        "ref: refs/heads/a\nb",
        "x" * 40,
        "\x00",
        "",
    ],
)
def test_hostile_files_tell_nothing(tmp_path: Path, head: str) -> None:
    """A checkout may be anybody's; only a commit is ever shown, and no other file is read."""
    (tmp_path / "secret").write_text(PINNED)
    project = tmp_path / "project"
    (project / ".git" / "refs" / "heads").mkdir(parents=True)
    (project / ".git" / "HEAD").write_text(head)
    assert git_commit_of(str(project)) == ""


def test_a_pipe_in_its_place_does_not_keep_us_waiting(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    os.mkfifo(tmp_path / ".git" / "HEAD")
    assert git_commit_of(str(tmp_path)) == ""


def test_no_hook_and_no_program_of_its_settings_runs(project: Path) -> None:
    """These are others' code."""
    ran = project / "ran"
    for name in ("core.fsmonitor", "core.sshCommand", "core.pager"):
        git(project, "config", name, f"touch {ran}; false")
    ran.unlink(missing_ok=True)
    assert git_commit_of(str(project))
    assert not ran.exists()
