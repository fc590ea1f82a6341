"""History: what each run was for and did, without the noise of sign-ups."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from rich.text import Text

from diffapply.model.run import RunRecord, RunTransition
from diffapply.render.documents.runs import history_json
from diffapply.render.page.history import history_page
from diffapply.render.terminal.history import history_lines
from diffapply.render.terminal.layout import Layout
from tests.unit.render_samples import EMPTY, GOAL, RECORD

BARE = replace(RECORD, steps=(), undone_by={}, counts={"applied": 2}, status="done")


def run(number: int, *, provisions: bool = False, days: int = 0) -> RunRecord:
    begun = RECORD.started_at + timedelta(days=days)
    return replace(BARE, id=number, provisions=provisions, started_at=begun)


def plain(lines: Iterable[Text]) -> list[str]:
    return [line.plain.rstrip() for line in lines]


def numbers(lines: Iterable[Text]) -> list[str]:
    """The first word of each line but the head's."""
    return [line.split()[0] for line in plain(lines)[1:]]


SIGN_UPS = [
    run(9, days=9),
    run(8, provisions=True, days=8),
    run(7, provisions=True, days=7),
    run(6, provisions=True, days=3),
    run(5, days=2),
    run(4, provisions=True, days=1),
    run(3),
]


def test_sign_ups_that_follow_each_other_are_one_line() -> None:
    """With their tenants and days; a single one is shown like any run."""
    lines = plain(history_lines(SIGN_UPS))
    assert lines[2] == "     provision  6 tenants, 2026-05-07 … 2026-05-12, runs 6 to 8"
    assert numbers(history_lines(SIGN_UPS)) == ["9", "provision", "5", "4", "3"]


def test_of_one_day_the_day_is_said_once() -> None:
    lines = plain(history_lines([run(2, provisions=True), run(1, provisions=True)]))
    assert lines[1] == "     provision  4 tenants, 2026-05-04, runs 1 to 2"


def test_one_where_something_went_wrong_is_not_hidden() -> None:
    """It stands on a line of its own."""
    runs = [replace(its, status="incomplete") if its.id == 7 else its for its in SIGN_UPS]
    assert numbers(history_lines(runs)) == ["9", "8", "7", "6", "5", "4", "3"]


def test_each_if_asked() -> None:
    assert numbers(history_lines(SIGN_UPS, each=True)) == ["9", "8", "7", "6", "5", "4", "3"]


def test_the_newest_only_and_how_many_more_there_are() -> None:
    """A folded line is one, with all its runs."""
    lines = plain(history_lines(SIGN_UPS, limit=1))
    assert lines[-1] == "and 6 earlier runs; --limit N shows more, --all all."
    lines = plain(history_lines(SIGN_UPS, limit=4))
    assert lines[-1] == "and 1 earlier run; --limit N shows more, --all all."
    assert "earlier" not in plain(history_lines(SIGN_UPS, limit=5))[-1]


def test_the_message_says_what_a_run_was_for() -> None:
    """Else the desired state, and the git commit that it was at."""
    at = replace(BARE, desired="a.sql", git_commit="0123456789")
    runs = [replace(at, message="ticket 4711\x1b"), at, replace(at, git_commit="")]
    assert [line.partition("2 applied  ")[2] for line in plain(history_lines(runs))[1:]] == [
        "ticket 4711\\x1b",
        "a.sql (on 0123456789)",
        "a.sql",
    ]


def test_long_lines_are_wrapped_where_they_begin() -> None:
    """On a terminal; the columns stay columns."""
    long = replace(BARE, message="what a long way to say what this was for, " * 3)
    lines = plain(history_lines([long], Layout(width=80)))
    assert len(lines) > 3
    assert all(len(line) <= 80 for line in lines)
    assert all(line.startswith(" " * 50) for line in lines[2:])


RAN = replace(
    RECORD,
    desired="a.sql",
    git_commit="0123456789",
    message="ticket 4711",
    transitions=(
        RunTransition(EMPTY.fingerprint, GOAL.fingerprint, ("CREATE TABLE a ()", "SELECT 2")),
    ),
)


def test_one_run_shows_what_it_was_for_and_its_statements() -> None:
    """Each transition once, numbered as in its plan."""
    shown = "\n".join(plain(history_lines([RAN])))
    assert "in 2.5 s.\nThe goal: a.sql (on 0123456789)\n" in shown
    assert shown.count("CREATE TABLE a") == 1
    assert shown.endswith("\n\n   1  CREATE TABLE a ();\n   2  SELECT 2;")


def test_a_run_that_dropped_its_tenants_has_no_goal() -> None:
    """So none is told, as text or as a page; what it was for is."""
    dropped = replace(
        RECORD, direction="backward", deprovisions=True, desired="", message="ticket 4711"
    )
    shown = "\n".join(plain(history_lines([dropped])))
    assert "ticket 4711" in shown
    assert "The goal" not in shown
    assert ">Run 12: Tenants dropped<" in history_page([dropped])


def test_a_page_says_what_sort_of_run_it_was() -> None:
    named = replace(RECORD, desired="a.sql")
    for run_, headline in (
        (named, "Forward to a.sql"),
        (replace(named, direction="backward"), "Back to a.sql"),
        (replace(named, provisions=True), "New tenants at a.sql"),
    ):
        assert f">Run 12: {headline}<" in history_page([run_])


def test_transitions_that_differ_little_are_told_by_the_largest() -> None:
    """As in a plan."""
    many = tuple(f"SELECT {number}" for number in range(5))
    other = "f" * 64
    steps = (*RECORD.steps, replace(RECORD.steps[0], tenant="user_9", source=other))
    ran = (
        RunTransition(other, GOAL.fingerprint, many[:4]),
        RunTransition(EMPTY.fingerprint, GOAL.fingerprint, many),
    )
    shown = "\n".join(plain(history_lines([replace(RECORD, steps=steps, transitions=ran)])))
    assert shown.endswith("\n\n  the same without\n\n   5  SELECT 4;")


def test_equal_statements_are_told_once() -> None:
    """A tenant with a variant is a transition of its own, from the same shape to the same."""
    once = "\n".join(plain(history_lines([RAN])))
    twice = replace(RAN, transitions=RAN.transitions * 2)
    assert "\n".join(plain(history_lines([twice]))) == once
    assert history_page([twice]) == history_page([RAN])
    fewer = replace(RAN.transitions[0], statements=RAN.transitions[0].statements[:1])
    other = replace(RAN, transitions=(*RAN.transitions, fewer))
    assert "\n\n  or, in some of these tenants\n" in "\n".join(plain(history_lines([other])))


def test_json_has_it_in_fields_of_their_own() -> None:
    [document] = json.loads(history_json([RAN]))["runs"]
    assert (document["message"], document["git_commit"]) == ("ticket 4711", "0123456789")
    assert document["desired"] == "a.sql"
    assert document["transitions"] == [
        {
            "from": EMPTY.fingerprint,
            "to": GOAL.fingerprint,
            "statements": [
                {"number": 1, "sql": "CREATE TABLE a ()"},
                {"number": 2, "sql": "SELECT 2"},
            ],
        }
    ]


def test_json_of_older_runs_lacks_them() -> None:
    [document] = json.loads(history_json([RECORD]))["runs"]
    assert not {"message", "git_commit", "transitions"} & set(document)


def test_json_has_all_runs_unless_a_limit_is_given() -> None:
    """Programs that read it have always got all of them."""
    assert len(json.loads(history_json(SIGN_UPS))["runs"]) == 7
    limited = json.loads(history_json(SIGN_UPS, 3))
    assert ([its["id"] for its in limited["runs"]], limited["more"]) == ([9, 8, 7], 4)
    assert "more" not in json.loads(history_json(SIGN_UPS, 7))


def test_tenants_that_were_dropped() -> None:
    """The column is as wide as its longest word, and the head stands over it."""
    dropped = replace(run(2), direction="backward", deprovisions=True)
    head, first, second = plain(history_lines([dropped, run(1)]))
    assert first.split()[3:5] == ["deprovision", "done"]
    assert head.index("status") == first.index("done") == second.index("done")
