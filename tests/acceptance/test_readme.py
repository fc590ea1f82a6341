"""What the README says can be typed, and the demo tells its story."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from diffapply.main import app
from docsite.commands import all_commands
from tests.servers import Cli

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the account of the embedded server can reach, too."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


@pytest.mark.prove
def test_the_demo(cli: Cli, home: Path) -> None:
    """From a plan to a history, on an embedded server of its own, whatever DATABASE_URL says."""
    environ = {"DIFFAPPLY_HOME": str(home), "DATABASE_URL": "postgresql://nowhere.invalid/x"}
    try:
        told = cli("demo", env=environ)
        assert told.code == 0, told.out[-2000:] + told.err
        for words in ("12 applied", "2 drifted", "would be lost", "In sync: 12 tenants"):
            assert words in told.out
        assert "superuser" not in told.out + told.err  # nobody can change that here
        assert cli("demo", "--stop", env=environ).out == "Stopped the embedded PostgreSQL 18.\n"
        again = cli("demo", "--stop", env=environ)
        assert (again.code, again.out) == (0, "No embedded PostgreSQL runs.\n")
    finally:
        subprocess.run(
            [
                sys.executable,
                "-c",
                "from diffapply.database import embedded; embedded.stop()",
            ],
            env=cli.environment(environ),
            check=True,
        )


def test_every_command_and_option_exists() -> None:
    """Each `diffapply …` in the README is one that the command line knows."""
    commands = {
        "init", "plan", "apply", "drift", "survey", "show", "pull", "history", "provision",
        "deprovision", "shape", "server", "demo",
    }  # fmt: skip
    used = set(re.findall(rf"diffapply ({'|'.join(commands)})\b([^`\n|]*)", README))
    assert {command for command, _ in used} == commands
    known = {name.split()[0]: its for name, its in all_commands(get_command(app))}
    for command, rest in used:
        options = {
            name for its in known[command].params for name in (*its.opts, *its.secondary_opts)
        }
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in {*options, "--help"}, f"{command} {option}"


def test_make_has_the_targets() -> None:
    """`make demo`, `make test` and the others that the README names."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make ([a-z]+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_links_lead_somewhere() -> None:
    """Relative links are to files that exist."""
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / link).exists(), link


def test_help_is_instant() -> None:
    """It imports nothing that a command works with."""
    heavy = {"sqlalchemy", "migra", "rich", "psycopg2", "pglast"}
    code = (
        "import sys; sys.argv = ['diffapply', '--help']\n"
        "from diffapply.main import run\n"
        "try: run()\n"
        f"except SystemExit: print({heavy!r} & set(sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert shown.stdout.rstrip().endswith("set()")
