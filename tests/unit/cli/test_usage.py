"""The command line: usage errors, help, and settings."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from typer.main import get_command

import diffapply
import diffapply.cli.commands
from diffapply import __version__, main
from diffapply.cli.formats import Formats
from diffapply.cli.setting_options import OPTIONS
from diffapply.config import SETTINGS, Settings
from docsite.commands import all_commands
from tests.unit.cli.library import Library, Run

COMMANDS = {
    name: {its.name: its.opts[0] for its in command.params if its.opts[0].startswith("--")}
    for name, command in all_commands(get_command(main.app))
    if name not in {"docs", "demo", "server status", "server stop"}
}
"""Command that works with tenants → its options, by name."""


class TestUsageErrors:
    """A mistake on the command line: exit 1, a sentence on stderr, and nothing is done."""

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (["--nonsense"], "--nonsense"),
            (["nonsense"], "nonsense"),
            (["plan", "--nonsense"], "--nonsense"),
            (["plan", "surplus"], "surplus"),
            (["plan", "--tenants"], "--tenants"),
            (["plan", "--format", "junit"], "text, sql, json, markdown, html, sarif"),
            (["apply", "--format", "sql"], "text, json, html"),
            (["drift", "--format", "sql"], "text, json, github, junit, markdown, html, sarif"),
            (["history", "--format", "github"], "text, json"),
            (["provision", "user_1", "--format", "markdown"], "text, json"),
            (["pull", "--format", "json"], "--format"),
            (["demo", "--database-url", "postgresql:///shop"], "--database-url"),
            (["plan", "--to", "3"], "--backward"),
            (["plan", "--backward", "--to", "x"], "--to"),
            (["apply", "--to", "3"], "--backward"),
            (["plan", "--provisioned"], "--backward"),
            (["apply", "--provisioned"], "--backward"),
            (["apply", "plan.json", "--backward"], "PLANFILE"),
            (["apply", "--jobs", "0"], "--jobs"),
            (["apply", "--jobs", "x"], "--jobs"),
            (["apply", "--lock-timeout", "0"], "--lock-timeout"),
            (["plan", "--tenants", "("], "--tenants"),
            (["plan", "--database-url", ""], "--database-url"),
            (["history", "x"], "RUN"),
            (["provision"], "NAME"),
            (["drift", "--yes"], "--yes"),
            (["history", "--only", "user_1"], "--only"),
            (["survey", "--desired", "a.sql"], "--desired"),
            (["shape", "--out", "a", "--only", "user_1"], "--only needs --ways."),
        ],
    )
    def test_exits_1_and_names_the_mistake(
        self, run: Run, library: Library, arguments: list[str], named: str
    ) -> None:
        """Not 2, which Typer would make of it: 2 means that there are differences."""
        ended = run(*arguments)
        assert ended.code == 1
        assert ended.err.startswith("Error: ")
        assert named in ended.err
        assert "Nothing was done." in ended.err
        assert ended.out == ""
        assert library.calls == []

    def test_no_command_shows_the_help_and_exits_1(self, run: Run) -> None:
        """It is a mistake, but a friendly one."""
        ended = run()
        assert ended.code == 1
        assert ended.out == ""
        assert all(command in ended.err for command in COMMANDS)

    def test_the_help_says_of_each_command_a_whole_sentence(self, run: Run) -> None:
        """None is cut in a terminal of 80 columns."""
        commands = run("--help").out.partition("Commands:\n")[2].splitlines()
        assert {line.split()[0] for line in commands} >= {*COMMANDS, "demo"}
        assert [line for line in commands if not line.endswith(".") or line.endswith("..")] == []

    def test_a_mistake_in_pyproject_is_one_as_well(self, run: Run) -> None:
        """It is found before anything is done."""
        Path("pyproject.toml").write_text("[tool.diffapply]\ntenant = 1\n", encoding="utf-8")
        ended = run("plan")
        assert ended.code == 1
        assert "'tenant'" in ended.err


class TestHelp:
    """Help and version."""

    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_command_takes_the_settings_that_change_what_it_does(self, command: str) -> None:
        """As options; any other one would do nothing, without a word."""
        some = {"desired", "tenants", "tenant_token", "only", "full", "format"}
        lacking = {
            "init": {"format"},
            "survey": {"desired", "tenant_token"},
            "show": {"desired", "tenant_token"},
            "pull": {"desired", "format"},
            "history": some - {"format"},
            "provision": {"full"},
            "deprovision": {"desired", "tenant_token", "full"},
            "shape": {"format"},
        }
        assert COMMANDS[command].keys() & some == some - lacking.get(command, set())
        assert COMMANDS[command].keys() >= {"database_url", "env", "quiet"}

    @pytest.mark.parametrize("command", COMMANDS)
    def test_each_says_its_options(self, run: Run, command: str) -> None:
        ended = run(command, "--help")
        assert ended.code == 0
        assert all(f" {option}" in ended.out for option in COMMANDS[command].values())

    def test_every_option_is_of_a_setting_and_some_commands(self) -> None:
        """Who adds one may forget to put it into a group; then no command would have it."""
        assert set(OPTIONS) - set(SETTINGS) == {"env"}
        assert set(OPTIONS) <= set().union(*COMMANDS.values())

    def test_every_format_is_made_by_something(self) -> None:
        """What makes it is named, and imported only when it is asked for."""
        modules = [
            import_module(f"diffapply.cli.commands.{its.name}")
            for its in iter_modules(diffapply.cli.commands.__path__)
        ]
        found = {
            id(its): its
            for module in modules
            for its in vars(module).values()
            if isinstance(its, Formats)
        }
        assert len(found) == len({"plan", "drift", "run", "survey", "show", "history"})
        for formats in found.values():
            assert all(callable(formats.maker(name)) for name in formats.names)

    def test_version(self, run: Run) -> None:
        """One line."""
        ended = run("--version")
        assert (ended.code, ended.out) == (0, f"diffapply {__version__}\n")

    @pytest.mark.parametrize("arguments", [["--help"], ["apply", "--help"], ["plan", "--nonsense"]])
    def test_nothing_heavy_is_imported_for_it(self, arguments: list[str]) -> None:
        """Help is instant: neither SQLAlchemy nor migra nor psycopg2 nor rich is loaded.

        Unless Typer does it, as older ones do with rich.
        """
        imported = _imported("-m", "diffapply.main", *arguments)
        assert "diffapply.config" in imported
        heavy = {"sqlalchemy", "migra", "psycopg2", "rich", "pglast"}
        assert not heavy & (imported - _imported("-c", "import typer"))


def _imported(*arguments: str) -> set[str]:
    """The modules that Python loads when it is run so."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}


class TestSettings:
    """Options reach the library as settings."""

    def test_flags_make_settings(self, run: Run, library: Library) -> None:
        """Repeatable ones as tuples."""
        run(
            *("plan", "--database-url", "postgresql:///a", "--tenants", "^t", "--desired", "a:b"),
            *("--template", "public", "--template", "blank", "--only", "a*", "--exclude", "b*"),
            *("--tenant-token", "tenant", "--allow-none", "--scratch-url", "postgresql:///s"),
        )
        [(_, settings, _)] = library.calls
        assert settings == Settings(
            database_url="postgresql:///a",
            scratch_url="postgresql:///s",
            desired="a:b",
            tenants="^t",
            templates=("public", "blank"),
            tenant_token="tenant",
            only=("a*",),
            exclude=("b*",),
            allow_none=True,
        )

    def test_environment_and_pyproject_count(
        self, run: Run, library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The command line reads both."""
        Path("pyproject.toml").write_text("[tool.diffapply]\njobs = 2\n", encoding="utf-8")
        monkeypatch.setenv("DATABASE_URL", "postgresql:///a")
        run("apply", "--yes", "--lock-timeout", "0.5")
        settings = library.calls[-1][1]
        assert settings == Settings(database_url="postgresql:///a", jobs=2, lock_timeout=0.5)

    def test_in_the_environment_all_are_for_all_commands(
        self, run: Run, library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Also those that a command has no option for."""
        monkeypatch.setenv("DIFFAPPLY_ONLY", "user_1")
        assert run("history").code == 0
        assert library.calls[-1][1] == Settings(only=("user_1",))

    def test_a_format_from_the_environment_must_fit_the_command(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As one from a flag."""
        monkeypatch.setenv("DIFFAPPLY_FORMAT", "json")
        assert json.loads(run("plan").out)["version"] == 1
        monkeypatch.setenv("DIFFAPPLY_FORMAT", "junit")
        assert run("plan").code == 1


@pytest.mark.parametrize("module", ["diffapply", "diffapply.main"])
def test_python_m_works(module: str) -> None:
    """`python -m` is the same command."""
    ended = subprocess.run(
        [sys.executable, "-m", module, "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, f"diffapply {__version__}\n")
