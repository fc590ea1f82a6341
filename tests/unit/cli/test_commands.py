"""What commands show, ask and run, and their exit codes."""

import json
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from diffapply.model.run import RunResult, StepResult
from diffapply.model.undone import UndoneRun
from tests.unit.cli.library import Library, Run
from tests.unit.render_samples import (
    BLOCKED,
    DRIFT,
    EMPTY_PLAN,
    FULL_PLAN,
    RECORD,
    hostile_plan,
    plan,
    users,
)


class TestPlan:
    """diffapply plan."""

    def test_exits_0_with_differences_unless_asked(self, run: Run, library: Library) -> None:
        """--exit-code makes 2 of it, and only if there is something to do."""
        assert run("plan").code == 0
        assert run("plan", "--exit-code").code == 2
        library.made = EMPTY_PLAN
        assert run("plan", "--exit-code").code == 0

    def test_exits_3_if_a_tenant_is_blocked_unless_not_asked(
        self, run: Run, library: Library
    ) -> None:
        """Whatever else there is to do: what is blocked is refused."""
        for made in (plan(BLOCKED), plan(*library.made.transitions, BLOCKED)):
            library.made = made
            assert run("plan", "--exit-code").code == 3
            assert run("plan").code == 0

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
        library.made = replace(library.made, direction="forward", undone=(), takes_back=undone[:1])
        assert (
            "Apply to 2 tenants, which takes back run 12 (2026-11-25 13:02, "
            "schema/desired.py:metadata)? [y/N] "
        ) in run("apply").err
        many = tuple(replace(undone[0], id=number) for number in range(1, 301))
        library.made = replace(library.made, takes_back=many)
        assert "schema/desired.py:metadata) and 297 earlier ones? [y/N] " in run("apply").err
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

    def test_of_a_plan_file_with_nothing_to_do_new_tenants_are_named(
        self, run: Run, library: Library
    ) -> None:
        """Else all seemed well."""
        library.made, library.others = EMPTY_PLAN, ("user_77",)
        ended = run("apply", "plan.json")
        assert (ended.code, "note: not in the plan, and left alone: user_77. A" in ended.out) == (
            0,
            True,
        )
        document = json.loads(run("apply", "plan.json", "--format", "json").out)
        assert document["not_in_plan"] == ["user_77"]
        assert "not_in_plan" not in json.loads(run("apply", "--format", "json").out)

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


def test_hostile_names_reach_the_script_unaltered(run: Run, library: Library) -> None:
    """The SQL is for psql, not for a terminal."""
    library.made = hostile_plan()
    assert (
        'SET LOCAL search_path TO "user_1""; drop", pg_catalog'
        in run("plan", "--format", "sql").out
    )
