"""Errors: exit 1, a sentence, and no traceback, ever."""

import json
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from diffapply import main
from diffapply.errors import ConnectionFailedError, PlanFileError
from diffapply.model.run import RunInterrupted, RunResult, StepResult, StepStatus
from tests.unit.cli.library import Library, Run
from tests.unit.render_samples import (
    users,
)


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


def test_a_misspelt_variable_is_told_where_a_command_tells_things(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in the log file; and not if only errors are to be told."""
    monkeypatch.setenv("DIFFAPPLY_DESIERD", "models.py:metadata")
    told = "DIFFAPPLY_DESIERD is not read. Did you mean 'DIFFAPPLY_DESIRED'?"
    assert told in " ".join(run("drift", "--log-file", "run.log").err.split())
    assert told in Path("run.log").read_text()
    assert run("drift", "--quiet").err == ""
