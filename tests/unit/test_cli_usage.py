"""The command line: exit codes, what goes to which stream, and no traceback, ever."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from inspect import signature
from io import StringIO
from pathlib import Path
from pkgutil import iter_modules
from types import SimpleNamespace
from typing import Any

import psycopg2
import pytest
from typer.main import get_command

import diffapply
import diffapply.cli.commands
from diffapply import __version__, api, main
from diffapply.cli.formats import Formats
from diffapply.cli.setting_options import OPTIONS
from diffapply.config import SETTINGS, Settings
from diffapply.errors import ConnectionFailedError, PlanFileError
from diffapply.model.drift import DriftReport
from diffapply.model.plan import Plan, Statement
from diffapply.model.run import RunInterrupted, RunRecord, RunResult, StepResult, StepStatus
from diffapply.model.undone import UndoneRun
from docsite.commands import all_commands
from tests.unit.render_samples import (
    BLOCKED,
    CREATE_TABLE,
    DRIFT,
    EMPTY_PLAN,
    FULL_PLAN,
    IN_SYNC,
    RECORD,
    hostile_plan,
    plan,
    transition,
    users,
)

COMMANDS = {
    name: {its.name: its.opts[0] for its in command.params if its.opts[0].startswith("--")}
    for name, command in all_commands(get_command(main.app))
    if name not in {"docs", "demo", "server status", "server stop"}
}
"""Command that works with tenants → its options, by name."""


class Ended(SimpleNamespace):
    """How a command ended: its code, and what it wrote."""

    code: int
    out: str
    err: str


class Library:
    """Stands in for `diffapply.api`; remembers how it was called."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Settings | None, dict[str, Any]]] = []
        self.made = plan(transition(users(1, 2), Statement(CREATE_TABLE)), in_sync=users(3))
        self.report: DriftReport = IN_SYNC
        self.result = RunResult(7, tuple(StepResult(name, "applied") for name in users(1, 2)))
        self.error: BaseException | None = None
        self.stopped: KeyboardInterrupt | None = None
        self.notice: str | None = None
        self.runs: tuple[RunRecord, ...] = (RECORD,)

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.calls]

    def _called(self, name: str, settings: Settings | None = None, **given: object) -> None:
        self.calls.append((name, settings, given))
        if self.error:
            raise self.error

    def plan(self, settings: Settings, **given: object) -> Plan:
        print("printed by the desired state")  # noqa: T201 - as models do
        self._called("plan", settings, **given)
        return self.made

    def save_plan(self, made: Plan, path: Path) -> None:
        self._called("save_plan", made=made, path=path)

    def require_writable(self, path: Path) -> None:
        """It can be written."""

    def load_plan(self, path: Path) -> Plan:
        self._called("load_plan", path=path)
        return self.made

    def with_notes_as_now(self, _settings: Settings, made: Plan) -> Plan:
        """As when it was made."""
        return made

    def apply(self, settings: Settings, made: Plan, **given: object) -> RunResult:
        self._called("apply", settings, made=made, **given)
        if self.stopped:
            raise self.stopped
        return self.result

    def await_turn(self, settings: Settings, **given: object) -> None:
        """Nobody else is at work."""

    def drift(self, settings: Settings, **given: object) -> DriftReport:
        self._called("drift", settings, **given)
        return self.report

    def history(self, settings: Settings, run: int | None) -> tuple[object, ...]:
        self._called("history", settings, run=run)
        return self.runs

    def provision(self, settings: Settings, names: list[str], **given: object) -> RunResult:
        self._called("provision", settings, names=names, **given)
        if self.stopped:
            raise self.stopped
        return self.result

    def embedded_notice(self, _settings: Settings) -> str | None:
        return self.notice


_SIGNATURES = {
    name: signature(getattr(api, name)) for name in api.__all__ if hasattr(Library, name)
}


class _Given:
    """What commands get for `diffapply.api`: it takes what that takes, and nothing else."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __getattr__(self, name: str) -> Callable[..., object]:
        if name not in _SIGNATURES:
            raise AttributeError(name)

        def call(*given: object, **named: object) -> object:
            _SIGNATURES[name].bind(*given, **named)
            function: Callable[..., object] = getattr(self._library, name)
            return function(*given, **named)

        return call


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Library:
    """The library that the commands call, in a folder and an environment without settings."""
    fake = Library()
    given = _Given(fake)
    monkeypatch.setitem(sys.modules, "diffapply.api", given)
    monkeypatch.setattr(diffapply, "api", given, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    for name in [name for name in os.environ if name.startswith("DIFFAPPLY_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return fake


Run = Callable[..., Ended]


@pytest.fixture
def run(library: Library, capsys: pytest.CaptureFixture[str]) -> Run:  # noqa: ARG001 - needed by all
    """Run a command line in this process."""

    def run(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main.run(arguments)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Ended(code=ended.value.code, out=out, err=err)

    return run


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


class TestPlan:
    """diffapply plan."""

    def test_exits_0_with_differences_unless_asked(self, run: Run, library: Library) -> None:
        """--exit-code makes 2 of it, and only if there is something to do."""
        assert run("plan").code == 0
        assert run("plan", "--exit-code").code == 2
        library.made = plan(BLOCKED)
        assert run("plan", "--exit-code").code == 2
        library.made = EMPTY_PLAN
        assert run("plan", "--exit-code").code == 0

    def test_backward(self, run: Run, library: Library) -> None:
        """With and without the run to go back to."""
        run("plan", "--backward", "--to", "3")
        given = library.calls[0][2]
        assert (given["backward"], given["to"], given["provisioned"]) == (True, 3, False)
        run("plan", "--backward", "--provisioned")
        given = library.calls[1][2]
        assert (given["backward"], given["to"], given["provisioned"]) == (True, None, True)

    def test_out_saves_and_shows_it(self, run: Run, library: Library) -> None:
        """Both, whatever the format."""
        ended = run("plan", "--out", "plan.json", "--format", "json")
        assert library.names == ["plan", "save_plan"]
        assert library.calls[1][2]["path"] == Path("plan.json")
        assert json.loads(ended.out)["direction"] == "forward"
        assert "diffapply apply" not in ended.err

    def test_out_says_to_people_what_runs_it(self, run: Run) -> None:
        """After the plan, and beside it."""
        told = "The plan is in my plan.json. `diffapply apply 'my plan.json'` runs it.\n"
        assert run("plan", "--out", "my plan.json").err.endswith(told)
        assert told not in run("plan", "--out", "my plan.json", "--quiet").err

    @pytest.mark.parametrize(
        ("form", "beginning"),
        [
            ("text", "Forward to "),
            ("sql", "-- diffapply plan"),
            ("json", "{"),
            ("markdown", "### diffapply plan"),
            ("sarif", "{"),
            ("html", "<!DOCTYPE html>"),
        ],
    )
    def test_formats(self, run: Run, form: str, beginning: str) -> None:
        """Standard output holds the document and nothing else, whatever the models print."""
        ended = run("plan", "--format", form)
        assert ended.out.startswith(beginning)
        assert "printed by" not in ended.out
        assert "printed by the desired state" in ended.err

    def test_verbose_names_all_tenants(self, run: Run, library: Library) -> None:
        """And without, a few."""
        library.made = FULL_PLAN
        assert "user_10" in run("plan", "-v").out
        assert "user_10" not in run("plan").out

    def test_says_on_stderr_that_the_embedded_server_is_used(
        self, run: Run, library: Library
    ) -> None:
        """Nobody wonders which database was looked at."""
        library.notice = "No database URL: using the embedded server."
        ended = run("plan", "--format", "json")
        assert ended.err.startswith("No database URL: using the embedded server.\n")
        json.loads(ended.out)

    def test_text_in_a_pipe_has_no_colour_and_uncut_lines(self, run: Run, library: Library) -> None:
        """It can be searched: what is no SQL is on one line, however long."""
        library.made = replace(FULL_PLAN, notes=("so " * 99 + "be it",))
        ended = run("plan")
        assert "\x1b" not in ended.out
        assert "so " * 99 + "be it" in ended.out


class Answer(StringIO):
    """Somebody at a terminal."""

    def isatty(self) -> bool:
        return True


class TestApply:
    """diffapply apply."""

    def test_with_yes_shows_the_plan_and_runs_it(self, run: Run, library: Library) -> None:
        """And then what became of the tenants."""
        ended = run("apply", "--yes")
        assert ended.code == 0
        assert library.names == ["plan", "apply"]
        assert library.calls[1][2]["allow_destructive"] == []
        assert ended.out.index("CREATE TABLE") < ended.out.index("Run 7: 2 applied.")

    def test_with_json_stdout_holds_the_document_alone(self, run: Run) -> None:
        """The plan goes to stderr."""
        ended = run("apply", "--yes", "--format", "json")
        assert json.loads(ended.out)["run"] == 7
        assert "CREATE TABLE" in ended.err

    def test_without_a_terminal_it_does_not_ask_and_does_nothing(
        self, run: Run, library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """CI has to say --yes."""
        monkeypatch.setattr(sys, "stdin", StringIO("y\n"))
        ended = run("apply")
        assert ended.code == 1
        assert "--yes" in ended.err
        assert library.names == ["plan"]

    @pytest.mark.parametrize("answer", ["y\n", "YES\n", " y \n"])
    def test_asks_on_a_terminal(
        self, run: Run, library: Library, monkeypatch: pytest.MonkeyPatch, answer: str
    ) -> None:
        """With the number of tenants, on stderr."""
        monkeypatch.setattr(sys, "stdin", Answer(answer))
        ended = run("apply", "--format", "json")
        assert "Apply to 2 tenants? [y/N] " in ended.err
        assert ended.code == 0
        assert library.names == ["plan", "apply"]
        json.loads(ended.out)

    def test_names_the_runs_that_it_takes_back(
        self, run: Run, library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Which ones, from when, what for: before anybody says yes."""
        monkeypatch.setattr(sys, "stdin", Answer("n\n"))
        undone = (
            UndoneRun(12, "2026-11-25T13:02:07+00:00", "schema/desired.py:metadata", 2),
            UndoneRun(14, "2026-11-26T09:30:00+00:00", "schema/desired.py:metadata", 1),
        )
        backward = replace(library.made, direction="backward", desired="before run 12 (…)")
        library.made = replace(backward, undone=undone[:1])
        assert (
            "Take back run 12 (2026-11-25 13:02, schema/desired.py:metadata) in 2 tenants? [y/N] "
        ) in run("apply", "--backward").err
        library.made = replace(backward, undone=undone)
        assert (
            "Take back run 14 (2026-11-26 09:30, schema/desired.py:metadata) and "
            "run 12 (2026-11-25 13:02, schema/desired.py:metadata) in 2 tenants? [y/N] "
        ) in run("apply", "--backward").err
        library.made = backward  # from a file that an older version has saved
        assert "Go back to before run 12 (…) in 2 tenants? [y/N] " in run("apply").err

    @pytest.mark.parametrize("answer", ["n\n", "\n", "", "yellow\n"])
    def test_anything_but_yes_is_no(
        self, run: Run, library: Library, monkeypatch: pytest.MonkeyPatch, answer: str
    ) -> None:
        """Then nothing is done, and the exit code says so."""
        monkeypatch.setattr(sys, "stdin", Answer(answer))
        ended = run("apply")
        assert ended.code == 1
        assert ended.err.endswith("Nothing was done.\n")
        assert library.names == ["plan"]

    def test_with_nothing_to_do_it_does_not_ask(self, run: Run, library: Library) -> None:
        """It says so, and all is well."""
        library.made = EMPTY_PLAN
        ended = run("apply")
        assert (ended.code, library.names) == (0, ["plan"])
        assert "Nothing to do" in ended.out
        document = json.loads(run("apply", "--format", "json").out)
        assert document["run"] is None
        assert {tenant["status"] for tenant in document["tenants"]} == {"unchanged"}

    def test_if_all_are_blocked_nothing_is_run(self, run: Run, library: Library) -> None:
        """Exit 3, with the reasons."""
        library.made = plan(BLOCKED, in_sync=users(1))
        ended = run("apply", "--yes", "--format", "json")
        assert (ended.code, library.names) == (3, ["plan"])
        assert "the column marketplace_jobs.name cannot change" in ended.err
        document = json.loads(ended.out)
        assert document["run"] is None
        assert document["tenants"][1] == {
            "name": "user_90",
            "status": "refused",
            "error": "the column marketplace_jobs.name cannot change",
        }

    @pytest.mark.parametrize(
        ("statuses", "code"),
        [
            (["applied", "unchanged"], 0),
            (["applied", "refused"], 3),
            (["applied", "failed"], 4),
            (["refused", "failed"], 4),
            (["applied", "skipped"], 4),
        ],
    )
    def test_the_exit_code_says_how_it_ended(
        self, run: Run, library: Library, statuses: list[Any], code: int
    ) -> None:
        """0 all done, 3 some refused, 4 some failed."""
        steps = zip(users(1, 2), statuses, strict=True)
        library.result = RunResult(7, tuple(StepResult(name, s, "why") for name, s in steps))
        assert run("apply", "--yes", "--allow-destructive").code == code
        assert library.calls[1][2]["allow_destructive"] is True

    def test_a_plan_file_is_run_as_it_is(self, run: Run, library: Library) -> None:
        """Nothing is planned anew."""
        assert run("apply", "plan.json", "--yes").code == 0
        assert library.names == ["load_plan", "apply"]
        assert library.calls[1][2]["made"] is library.made

    def test_of_a_plan_file_the_summary_is_enough(self, run: Run) -> None:
        """Who has saved it has read it; --verbose shows it all the same."""
        short, whole = (run("apply", "plan.json", "--yes", *more).out for more in ((), ("-v",)))
        assert "3 tenants: 1 in sync, 2 change alike, 0 differ, 0 blocked" in short
        assert "CREATE TABLE" not in short
        assert "CREATE TABLE" in whole

    def test_the_message_is_a_setting(
        self, run: Run, library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of what begins a run."""
        monkeypatch.setenv("DIFFAPPLY_MESSAGE", "nightly")
        run("apply", "--yes")
        run("apply", "--yes", "--message", "ticket 4711")
        run("provision", "user_9", "--message", "Ada's")
        given = [its and its.message for name, its, _ in library.calls if name != "plan"]
        assert given == ["nightly", "ticket 4711", "Ada's"]


class TestOtherCommands:
    """drift, history and provision."""

    @pytest.mark.parametrize(
        ("form", "beginning"),
        [
            ("text", "Drift: 3 of 4"),
            ("json", "{"),
            ("github", "::error "),
            ("junit", "<?xml"),
            ("markdown", "### diffapply drift"),
            ("sarif", "{"),
            ("html", "<!DOCTYPE html>"),
        ],
    )
    def test_drift_exits_2_in_every_format(
        self, run: Run, library: Library, form: str, beginning: str
    ) -> None:
        """CI fails on drift."""
        library.report = DRIFT
        ended = run("drift", "--format", form)
        assert ended.code == 2
        assert ended.out.startswith(beginning)

    def test_without_drift_it_exits_0(self, run: Run) -> None:
        """And passes without."""
        assert run("drift").code == 0

    def test_history(self, run: Run, library: Library) -> None:
        """All runs, or one of them."""
        assert json.loads(run("history", "--format", "json").out)["runs"][0]["id"] == 12
        assert "By postgres/ada" in run("history", "12").out
        assert [given["run"] for _, _, given in library.calls] == [None, 12]

    def test_history_shows_the_newest_20_lines_unless_told_otherwise(
        self, run: Run, library: Library
    ) -> None:
        """And says when there are more."""
        library.runs = tuple(replace(RECORD, id=number, steps=()) for number in range(30, 0, -1))
        usual, some, everything = (
            run("history", *given).out.splitlines() for given in ((), ("--limit", "2"), ("--all",))
        )
        assert (len(usual), usual[-1].split(";")[0]) == (22, "and 10 earlier runs")
        assert (len(some), some[-1].split(";")[0]) == (4, "and 28 earlier runs")
        assert len(everything) == 31
        assert len(json.loads(run("history", "--format", "json").out)["runs"]) == 30
        assert run("history", "--limit", "0").code == 1

    def test_drift_and_plans_by_object_or_shape(self, run: Run, library: Library) -> None:
        """As asked; anything else is a mistake."""
        library.report = DRIFT
        assert "(user_3, user_4)" in run("drift").out
        assert "(user_3, user_4)" in run("drift", "--detail", "object").out
        assert "tenants: user_3, user_4" in run("drift", "--detail", "shape").out
        assert "CREATE TABLE" in run("plan", "--detail", "shape").out
        assert "CREATE TABLE" not in run("plan", "--detail", "object").out
        assert run("plan", "--detail", "word").code == 1

    def test_provision(self, run: Run, library: Library) -> None:
        """The new tenants are named."""
        ended = run("provision", "user_1", "user_2")
        assert ended.code == 0
        assert library.calls[0][2]["names"] == ["user_1", "user_2"]
        assert "user_1, user_2" in ended.out


class TestReports:
    """--report KIND:FILE: the result once more, in a file."""

    def test_several_formats_in_one_run(self, run: Run, library: Library) -> None:
        """Each file has what --format would show, and standard output stays as it is."""
        library.report = DRIFT
        forms = ("json", "junit", "markdown", "github", "text")
        alone = {form: run("drift", "--format", form).out for form in forms}
        options = [its for form in forms for its in ("--report", f"{form}:{form}.out")]
        ended = run("drift", "--format", "text", *options)
        assert (ended.code, ended.out) == (2, alone["text"])
        written = {form: Path(f"{form}.out").read_text(encoding="utf-8") for form in forms}
        assert written == alone
        assert library.names == ["drift"] * 6

    @pytest.mark.parametrize(
        ("command", "form", "beginning"),
        [
            (["plan"], "sql", "-- diffapply plan"),
            (["apply", "--yes"], "json", "{"),
            (["apply", "--yes"], "text", "Run 7: 2 applied."),
            (["apply", "--yes"], "html", "<!DOCTYPE html>"),
            (["history"], "json", "{"),
            (["history", "12"], "html", "<!DOCTYPE html>"),
            (["provision", "user_1"], "json", "{"),
            (["provision", "user_1"], "html", "<!DOCTYPE html>"),
        ],
    )
    def test_every_command_that_has_formats_has_reports(
        self, run: Run, command: list[str], form: str, beginning: str
    ) -> None:
        """In each of its formats."""
        assert run(*command, "--report", f"{form}:a file: b").code == 0
        assert Path("a file: b").read_text(encoding="utf-8").startswith(beginning)
        assert {path.name for path in Path().iterdir()} == {".git", "a file: b"}

    def test_of_an_apply_that_does_nothing(self, run: Run, library: Library) -> None:
        """Also where all are blocked, or nothing is to do."""
        library.made = plan(BLOCKED, in_sync=users(1))
        ended = run("apply", "--yes", "--report", "json:run.json")
        document = json.loads(Path("run.json").read_text(encoding="utf-8"))
        assert [its["status"] for its in document["tenants"]] == ["unchanged", "refused", "refused"]
        assert ended.code == 3
        assert "unchanged" not in ended.out

    @pytest.mark.parametrize(
        ("reports", "named"),
        [
            (["junit"], "--report must be KIND:FILE"),
            (["junit:"], "--report must be KIND:FILE"),
            ([""], "--report is empty"),
            (["sql:a.sql"], "text, json, github, junit, markdown"),
            (["json:no/folder.json"], "json report cannot be written to no/folder.json: No such"),
            (["json:.git"], "it is a folder"),
            (["json:a\0b"], "cannot be written"),
            (["json:a", "junit:a"], "--report names a file twice"),
            (["json:a", "junit:./a"], "--report names a file twice"),
        ],
    )
    def test_a_mistake_is_found_before_anything_is_done(
        self, run: Run, library: Library, reports: list[str], named: str
    ) -> None:
        """An apply of an hour does not end with a folder that is missing."""
        options = [its for report in reports for its in ("--report", report)]
        ended = run("drift", *options)
        assert (ended.code, ended.out, library.calls) == (1, "", [])
        assert named in ended.err
        assert "Nothing was done." in ended.err

    def test_where_one_cannot_be_written_the_others_are(
        self, run: Run, library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The result is shown first, and what was done is not called nothing."""
        drift = library.drift

        def while_a_folder_comes(settings: Settings, **given: object) -> DriftReport:
            Path("a.json").mkdir()
            return drift(settings, **given)

        monkeypatch.setattr(library, "drift", while_a_folder_comes)
        ended = run("drift", "--report", "json:a.json", "--report", "junit:b.xml")
        assert ended.code == 1
        assert ended.out.startswith("In sync")
        assert "json report cannot be written to a.json: it is a folder." in ended.err
        assert "The command did its work all the same." in ended.err
        assert Path("b.xml").exists()

    def test_a_device_is_written_to_and_not_replaced(self, run: Run) -> None:
        """As a shell's >(…) gives one."""
        reading, writing = os.pipe()
        assert run("drift", "--report", f"junit:/dev/fd/{writing}").code == 0
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as pipe:
            assert pipe.read().startswith("<?xml")

    def test_a_command_with_one_format_has_none(self, run: Run) -> None:
        """What is pulled is a file of its own."""
        ended = run("pull", "--report", "text:a")
        assert (ended.code, "--report" in ended.err) == (1, True)


class TestErrors:
    """Whatever goes wrong: a sentence on stderr."""

    @pytest.mark.parametrize("command", [["plan"], ["drift"], ["history"], ["provision", "user_1"]])
    def test_of_the_library(self, run: Run, library: Library, command: list[str]) -> None:
        """Message, hint, and the error's own exit code."""
        library.error = ConnectionFailedError("No server.", "Start it.")
        ended = run(*command)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.endswith("Error: No server.\nNothing was done. Start it.\n")

    def test_of_a_plan_file(self, run: Run, library: Library) -> None:
        """Found before anything is done."""
        library.error = PlanFileError("It was altered.")
        assert run("apply", "plan.json", "--yes").code == 1
        assert library.names == ["load_plan"]

    def test_of_postgresql(self, run: Run, library: Library) -> None:
        """Its first line, without a password."""
        library.error = psycopg2.OperationalError(
            "bad dsn postgresql://u:secret@h/d password='se cret' x\nLINE 1"
        )
        ended = run("drift")
        assert ended.code == 1
        assert ended.err == "Error: PostgreSQL: bad dsn postgresql://***@h/d password=*** x\n"

    def test_of_our_own_making(self, run: Run, library: Library) -> None:
        """Type, message, and how to see more."""
        library.error = KeyError("x")
        ended = run("drift")
        assert ended.code == 1
        assert ended.err.startswith("Error: Internal error: KeyError: 'x'\n")
        assert "Run with --debug for the traceback." in ended.err

    def test_the_traceback_is_there_for_those_who_ask(
        self,
        library: Library,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """DIFFAPPLY_DEBUG=1."""
        monkeypatch.setenv("DIFFAPPLY_DEBUG", "1")
        library.error = KeyError("x")
        with pytest.raises(SystemExit):
            main.run(["drift"])
        assert "Traceback" in capsys.readouterr().err

    @pytest.mark.parametrize("no", ["0", "false", "off", ""])
    def test_no_traceback_for_those_who_ask_for_none(
        self,
        library: Library,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        no: str,
    ) -> None:
        """The variable is read as all others are."""
        monkeypatch.setenv("DIFFAPPLY_DEBUG", no)
        library.error = KeyError("x")
        with pytest.raises(SystemExit):
            main.run(["drift"])
        assert "Traceback" not in capsys.readouterr().err

    def test_interrupted(self, run: Run, library: Library) -> None:
        """Ctrl-C exits 1."""
        library.error = KeyboardInterrupt()
        ended = run("drift")
        assert (ended.code, ended.err) == (
            1,
            "Error: Interrupted; no tenant is left half-changed.\n",
        )

    def test_interrupted_in_the_middle_of_a_run(self, run: Run, library: Library) -> None:
        """How much was done, exit 1, and no result that looks like one."""
        statuses: list[Any] = ["applied", "unchanged", "failed", "skipped", "skipped"]
        steps = zip(users(*range(5)), statuses, strict=True)
        stopped = RunInterrupted(RunResult(7, tuple(StepResult(name, s) for name, s in steps)))
        for command in (["apply", "p.json", "--yes"], ["provision", "user_1"]):
            library.stopped = stopped
            ended = run(*command, "--format", "json")
            assert (ended.code, ended.out) == (1, "")
            assert "Error: Interrupted; run 7 has done 1 of 4 tenants, and no tenant" in ended.err
            assert "`diffapply history 7`" in ended.err

    @pytest.mark.parametrize(("status", "code"), [("applied", 0), ("failed", 4)])
    def test_interrupted_when_the_run_was_over(
        self, run: Run, library: Library, status: StepStatus, code: int
    ) -> None:
        """The run's result and exit code: nothing was left to interrupt."""
        library.stopped = RunInterrupted(RunResult(7, (StepResult("user_1", status),)))
        ended = run("apply", "--yes", "--format", "json")
        assert ended.code == code
        assert json.loads(ended.out)["tenants"][0]["status"] == status
        assert ended.err.endswith("Interrupted when run 7 was over.\n")

    def test_interrupted_where_nobody_knows_how_far_it_came(
        self, run: Run, library: Library
    ) -> None:
        """Before the run has begun, say: the history is named."""
        library.stopped = KeyboardInterrupt()
        ended = run("apply", "--yes")
        assert ended.code == 1
        assert "Error: Interrupted; no tenant is left half-changed.\n" in ended.err
        assert "`diffapply history`" in ended.err

    def test_an_exit_in_the_desired_state_is_not_our_exit_code(
        self, run: Run, library: Library
    ) -> None:
        """A module that calls sys.exit(2) does not mean that there is drift."""
        library.error = SystemExit(2)
        assert run("drift").code == 1

    def test_hostile_text_is_shown_escaped(self, run: Run, library: Library) -> None:
        """Names in messages come from the database."""
        library.error = ConnectionFailedError("a\x1b[2Jb", "c\nd", outcome="")
        assert run("drift").err == "Error: a\\x1b[2Jb\nc\\nd\n"


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


def test_hostile_names_reach_the_script_unaltered(run: Run, library: Library) -> None:
    """The SQL is for psql, not for a terminal."""
    library.made = hostile_plan()
    assert (
        'SET LOCAL search_path TO "user_1""; drop", pg_catalog'
        in run("plan", "--format", "sql").out
    )
