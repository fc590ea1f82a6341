"""What people read: everything that matters, once, and nothing that breaks a terminal."""

import re
import shlex
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from pglast.parser import scan
from rich.text import Text

from diffapply.model.drift import DriftReport, TenantDrift
from diffapply.model.pulled import Pulled, ShownShape
from diffapply.model.run import RunResult, StepResult
from diffapply.model.statement import Statement
from diffapply.model.undone import UndoneRun
from diffapply.render.page.run import run_page
from diffapply.render.sql.pulled import sql_file, written
from diffapply.render.terminal.drift import drift_lines
from diffapply.render.terminal.history import history_lines
from diffapply.render.terminal.layout import Layout, with_names
from diffapply.render.terminal.plan import plan_lines, plan_summary_lines
from diffapply.render.terminal.run import run_lines
from diffapply.render.terminal.shape import shape_lines
from diffapply.render.words.wording import terminated
from tests.unit.render_samples import (
    BLOCKED,
    CREATE_INDEX,
    CREATE_TABLE,
    DRIFT,
    EMPTY,
    EMPTY_PLAN,
    FULL_PLAN,
    GOAL,
    IN_SYNC,
    MISSING_TABLE,
    RECORD,
    RUN,
    hostile_drift,
    hostile_plan,
    plan,
    transition,
    users,
)


def tokens(sql: str) -> list[str]:
    """As PostgreSQL reads them."""
    return [sql[its.start : its.end + 1] for its in scan(sql)]


def plain(lines: Iterable[Text]) -> str:
    return "\n".join(line.plain for line in lines)


class TestPlan:
    """A plan."""

    def test_says_where_it_leads_and_how_many_tenants_it_takes_there(self) -> None:
        """Direction, goal, and tenants in sync, to change and blocked."""
        shown = plain(plan_lines(FULL_PLAN))
        assert shown.startswith("Forward to schema/desired.py:metadata\n")
        assert "14 tenants: 2 in sync, 10 change alike, 0 differ, 2 blocked" in shown

    def test_shows_each_transition_once_whatever_the_number_of_tenants(self) -> None:
        """10,000 tenants of one shape are one block, with a few of them as examples."""
        many = plan(transition(users(*range(10_000)), Statement(CREATE_TABLE)))
        shown = plain(plan_lines(many))
        assert shown.count("CREATE TABLE") == 1
        assert "10,000 tenants: user_0, user_1, user_2 and 9,997 more" in shown
        assert f"{EMPTY.fingerprint[:12]} → {GOAL.fingerprint[:12]}" in shown

    def test_names_all_tenants_if_asked(self) -> None:
        """--verbose leaves none out."""
        shown = plain(plan_lines(FULL_PLAN, Layout(verbose=True)))
        assert "user_1, user_2, user_3, user_4, user_5, user_6, user_7, user_8, " in shown
        assert "user_10" in shown
        assert "more" not in shown

    @pytest.mark.parametrize("width", [None, 20, 80, 200])
    def test_sql_can_be_copied(self, width: int | None) -> None:
        """Folded between its tokens, the same on each terminal; what is in a constant stays."""
        body = "CREATE FUNCTION f() RETURNS text LANGUAGE sql\nAS $$\n  select 'a\n b'\n\n$$"
        statements = [Statement(body), Statement(CREATE_INDEX), Statement(CREATE_TABLE)]
        shown = plain(plan_lines(plan(transition(users(1), *statements)), Layout(width=width)))
        listed = shown[shown.index("   1  ") : shown.index("\n\n2 to change")]
        copied = re.sub(r"(?m)^ +\d  ", "", listed)
        assert tokens(copied) == [
            token for its in statements for token in tokens(terminated(its.sql))
        ]

    def test_ends_every_statement_with_a_semicolon(self) -> None:
        """So that what is copied runs."""
        assert "DROP COLUMN notes;" in plain(plan_lines(FULL_PLAN))

    def test_keeps_short_statements_together(self) -> None:
        """A blank line only where a statement has several lines, or a hazard."""
        statements = [Statement("SELECT 1"), Statement("SELECT 2"), Statement("SELECT\n3")]
        shown = plain(plan_lines(plan(transition(users(1), *statements))))
        assert "\n\n   1  SELECT 1;\n   2  SELECT 2;\n\n   3  SELECT\n      3;\n" in shown

    def test_says_that_a_transition_needs_no_statement(self) -> None:
        """Going back may find a tenant there already."""
        shown = plain(plan_lines(plan(transition(users(1)))))
        assert "no statement: only the journal is brought up to date" in shown

    def test_shows_hazards_under_their_statement(self) -> None:
        """What a statement risks stands right below it."""
        lines = plain(plan_lines(FULL_PLAN)).split("\n")
        at = next(number for number, line in enumerate(lines) if "DROP COLUMN" in line)
        assert lines[at].startswith("   3  ALTER TABLE")
        assert lines[at + 1].startswith("        data: drops the column marketplace_jobs.notes")

    def test_says_that_data_may_be_lost_and_which_flag_allows_it(self) -> None:
        """Nobody finds out only from a refusal."""
        assert "--allow-destructive" in plain(plan_lines(FULL_PLAN))
        assert "--allow-destructive" not in plain(plan_lines(plan(BLOCKED)))

    def test_says_why_tenants_are_blocked_and_what_differs(self) -> None:
        """The reason, and the objects with the desired and the live definition."""
        shown = plain(plan_lines(plan(BLOCKED)))
        assert "blocked  2 tenants: user_90, user_91" in shown
        assert "why: the column marketplace_jobs.name cannot change" in shown
        assert "~ changed column marketplace_jobs.name" in shown
        assert "desired  character varying(255)" in shown
        assert "live     text" in shown

    def test_with_nothing_to_do_is_one_line(self) -> None:
        """No empty headings."""
        assert plain(plan_lines(EMPTY_PLAN)) == (
            "Nothing to do: 2 tenants at schema/desired.py:metadata."
        )
        assert plain(plan_lines(replace(EMPTY_PLAN, direction="backward"))) == (
            "Nothing to do: 2 tenants with no run to take back."
        )

    def test_backward_names_the_runs_that_it_takes_back(self) -> None:
        """The earliest in its head; if there are several, all of them, the newest first."""
        undone = (
            UndoneRun(12, "2026-11-25T13:02:07+00:00", "a.sql", 11),
            UndoneRun(14, "2026-11-26T09:30:00+00:00", "b.sql", 1),
        )
        backward = replace(FULL_PLAN, direction="backward", desired=f"before {undone[0].named}")
        head, *_ = plain(plan_lines(replace(backward, undone=undone[:1]))).split("\n14 tenants")
        assert head == "Back to before run 12 (2026-11-25 13:02, a.sql)"
        head, *_ = plain(plan_lines(replace(backward, undone=undone))).split("\n14 tenants")
        assert head == (
            "Back to before run 12 (2026-11-25 13:02, a.sql)\n"
            "  takes back run 14 (2026-11-26 09:30, b.sql) in 1 tenant\n"
            "  takes back run 12 (2026-11-25 13:02, a.sql) in 11 tenants"
        )

    def test_fits_80_columns(self) -> None:
        """Prose is wrapped where a width is known, under its own beginning; SQL is folded."""
        for lines in (
            plan_lines(FULL_PLAN, Layout(width=80)),
            plan_lines(FULL_PLAN, Layout(width=80, detail="object")),
            plan_summary_lines(FULL_PLAN, Layout(width=80)),
        ):
            assert [line.plain for line in lines if len(line.plain) > 80] == []


def test_no_line_breaks_within_a_name() -> None:
    """The names of tenants that are shown go over several lines, each whole."""
    names = [f"tenant {number} of many" for number in range(1, 9)]
    head = Text("0123456789ab → ba9876543210  ")
    lines = [line.plain for line in with_names(head, names, Layout(width=60))]
    assert lines == [
        "0123456789ab → ba9876543210  8 tenants: tenant 1 of many,",
        "    tenant 2 of many, tenant 3 of many and 5 more",
    ]
    hyphens = [f"tenant-{number}-of-many" for number in range(1, 4)]
    assert [line.plain for line in with_names(Text("applied   "), hyphens, Layout(width=40))] == [
        "applied   3 tenants: tenant-1-of-many,",
        "    tenant-2-of-many, tenant-3-of-many",
    ]
    spaces = [f"one tenant of {'very ' * 6}many, number {number}" for number in range(3)]
    _, *listed = with_names(Text("applied   "), spaces, Layout(verbose=True))
    assert [line.plain for line in listed] == [
        f"    {name}{',' if name != spaces[-1] else ''}" for name in spaces
    ]
    [line] = with_names(Text("applied   "), names, Layout())
    assert line.plain.endswith("tenant 3 of many and 5 more")


def test_a_structure_is_sql_whatever_the_number_of_names() -> None:
    """The names of its tenants are comments, on every line."""
    shape = replace(GOAL, ddl=("CREATE TABLE t ()",))
    shown = ShownShape(shape, tuple(f"tenant_{number}" for number in range(40)), known=False)
    for layout in (Layout(verbose=True), Layout(width=40)):
        head, _, statements = plain(shape_lines(shown, layout)).partition("\n\n")
        assert len(head.splitlines()) > 1
        assert all(line.startswith("-- ") for line in head.splitlines())
        assert statements == "CREATE TABLE t ();"


class TestDrift:
    """A drift report."""

    def test_shows_tenants_that_differ_alike_once(self) -> None:
        """10,000 tenants with the same drift are one block with their number and examples."""
        tenants = tuple(TenantDrift(name, "drifted", MISSING_TABLE) for name in users(*range(9999)))
        shown = plain(drift_lines(DriftReport(tenants)))
        assert shown.count("missing index ix_job") == 1
        assert "9,999 tenants: user_0, user_1, user_2 and 9,996 more" in shown

    def test_says_object_by_object_what_differs(self) -> None:
        """Missing, extra, and changed with both definitions."""
        shown = plain(drift_lines(DRIFT))
        assert "3 of 4 tenants not at the desired state (1 drifted, 2 behind)" in shown
        assert "- missing index ix_job" in shown
        assert "+ extra column marketplace_jobs.notes" in shown
        assert "~ changed column marketplace_jobs.name" in shown
        assert "desired  character varying(255)" in shown

    def test_counts_the_parts_of_a_missing_table_instead_of_listing_them(self) -> None:
        """The table says it all; JSON has the rest."""
        shown = plain(drift_lines(DRIFT))
        assert "- missing table marketplace_tasks (with 2 parts)" in shown
        assert "marketplace_tasks.id" not in shown

    def test_shows_definitions_of_several_lines_as_a_diff(self) -> None:
        """In a function of a hundred lines, one sees the line that differs.

        A plus means the same there as before an object: the tenant has it.
        """
        shown = plain(drift_lines(DRIFT))
        assert "      -  RETURN 1;\n      +  RETURN 2;" in shown

    def test_without_drift_is_one_line(self) -> None:
        """All is well in a sentence."""
        assert plain(drift_lines(IN_SYNC)) == "In sync: 1 tenant at the desired state."


class TestRun:
    """A run, and the history of runs."""

    def test_sums_up_and_then_says_what_went_wrong_and_where(self) -> None:
        """Tenants with the same error stand together; those that are done are only counted."""
        shown = plain(run_lines(RUN))
        assert shown.startswith("Run 12: 2 applied, 1 unchanged, 2 failed, 1 refused.")
        assert "failed    2 tenants: user_3, user_6\n  canceling statement" in shown
        assert "refused   1 tenant: user_4\n  Data would be lost" in shown
        assert "user_1" not in shown

    def test_names_those_that_are_done_if_asked(self) -> None:
        """--verbose leaves none out."""
        shown = plain(run_lines(RUN, Layout(verbose=True)))
        assert "applied   2 tenants\n    user_1, user_2" in shown

    def test_without_a_run_says_so(self) -> None:
        """Nothing was written to the journal."""
        assert plain(run_lines(RunResult(None, ()))) == "Nothing was run: no tenant."

    def test_who_had_nothing_to_do_is_counted_apart(self) -> None:
        """The history knows nothing of them: so it says the same of the rest."""
        steps = tuple(StepResult(f"user_{n}", "unchanged") for n in range(1, 6))
        one = (StepResult("user_6", "applied"),)
        told = {
            RunResult(7, (*steps, *one), idle=5): "1 applied; 5 had nothing to do",
            RunResult(7, steps, idle=3): "2 unchanged; 3 had nothing to do",
            RunResult(7, steps, idle=5): "5 had nothing to do",
        }
        for result, counts in told.items():
            assert plain(run_lines(result)) == f"Run 7: {counts}."

    def test_tenants_that_the_plan_does_not_know_are_named(self) -> None:
        """At the end, a few of them, or all if asked."""
        result = replace(RUN, notes=("look",), not_in_plan=tuple(f"user_{n}" for n in range(9)))
        assert plain(run_lines(result)).endswith(
            "\n  note: look\n"
            "  note: not in the plan, and left alone: user_0, user_1, user_2 and 6 more. A new "
            "plan has what came since, or was not chosen."
        )
        assert "user_7, user_8. A new" in plain(run_lines(result, Layout(verbose=True)))
        assert "user_0, user_1, user_2 and 6 more" in run_page(result)

    def test_history_has_a_line_a_run(self) -> None:
        """Number, time, direction, status, and how the tenants ended."""
        line = plain(history_lines([RECORD])).split("\n")[1]
        assert line == (
            " 12  2026-05-04 03:02:01  forward    incomplete   1 applied, 1 failed"
            "  undone by run 13"
        )

    def test_history_says_what_for_and_what_undid_what(self) -> None:
        """The goal's name, or the run taken back; in how many tenants, if not in all of them."""
        back = replace(
            RECORD,
            id=13,
            direction="backward",
            desired="before run 12 (2026-05-04 03:02, a.sql)",
            counts={"applied": 1},
            undoes={12: 1},
            undone_by={},
        )
        forward = replace(RECORD, desired="a.sql", counts={"applied": 3})
        made = replace(RECORD, id=11, provisions=True, desired="a\x1b.sql", undone_by={})
        _, *lines = plain(history_lines([back, forward, made])).split("\n")[:4]
        assert [line.partition("applied")[2] for line in lines] == [
            "  takes back run 12",
            "  a.sql  undone by run 13 in 1 tenant",
            ", 1 failed  a\\x1b.sql",
        ]
        assert "  provision  " in lines[2]

    def test_history_of_one_run_tells_what_became_of_its_tenants(self) -> None:
        """From which shape to which, how it ended, and what has taken it back."""
        shown = plain(history_lines([RECORD]))
        assert "By postgres/ada with diffapply 0.1.0, in 2.5 s." in shown
        assert "applied   1 tenant: user_1  undone by run 13\n" in shown
        assert "failed    1 tenant: user_2\n  deadlock" in shown

    def test_history_may_be_empty(self) -> None:
        """A database that diffapply has never changed."""
        assert plain(history_lines([])) == "There is no run yet."


def test_options_that_are_told_can_be_pasted() -> None:
    """Also where the token, or the file, has a name that a shell would take apart."""
    token, file = "the tenant's; $x", Path("my models.sql")
    pulled = Pulled(((".sql", "select 1"),), ("user_1",), "a" * 64, token)
    options = [*written(pulled, [file])][-1].partition("give ")[2]
    assert shlex.split(options) == ["--desired", str(file), "--tenant-token", token]
    told = sql_file(["select 1"], ["user_1"], "a" * 64, token).partition(": give ")[2]
    assert shlex.split(told.splitlines()[0].removesuffix("."))[-1] == token


@pytest.mark.parametrize(
    "lines",
    [
        plan_lines(hostile_plan(), Layout(verbose=True)),
        drift_lines(hostile_drift(), Layout(verbose=True)),
        run_lines(RunResult(1, (StepResult("a\nb\x1b[2J", "failed", "c\r\nd\x07"),))),
    ],
)
def test_hostile_names_cannot_drive_the_terminal(lines: Iterable[Text]) -> None:
    """Escape sequences, line breaks and direction marks in names are shown, not obeyed."""
    for line in lines:
        assert line.plain.isprintable()
