"""Pages: one file each, that loads nothing, holds everything, and in which no name acts."""

import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from diffapply.model.catalog import Catalog, Difference, Fact
from diffapply.model.drift import DriftReport, TenantDrift
from diffapply.model.plan import Plan
from diffapply.model.run import RunRecord, RunResult, RunTransition, StepResult
from diffapply.model.stamps import Replay, Revisions, StampedTenants
from diffapply.model.statement import Statement
from diffapply.model.survey import Finding, Survey, SurveyedShape
from diffapply.model.unreadable import Denied, Unreadable
from diffapply.render.page.drift import drift_page
from diffapply.render.page.history import history_page
from diffapply.render.page.plan import plan_page
from diffapply.render.page.run import run_page
from diffapply.render.page.survey import survey_page
from diffapply.render.words.folding import fold
from diffapply.render.words.wording import told, visible
from tests.unit.render_samples import (
    BLOCKED,
    CHANGED_ROUTINE,
    CREATE_TABLE,
    DRIFT,
    DROP_COLUMN,
    EMPTY,
    EMPTY_PLAN,
    EXTRA_COLUMN,
    FULL_PLAN,
    GOAL,
    HOSTILE,
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

VOID = {"meta", "input", "br"}
"""Elements that nothing closes."""


def hostile_run() -> RunResult:
    return RunResult(1, tuple(StepResult(name, "failed", name) for name in HOSTILE))


ALIKE = Catalog.of([Fact("table", "tasks", "tasks", "TABLE")])
SURVEY = Survey(
    (
        SurveyedShape(users(1, 2, 3), ALIKE),
        SurveyedShape(users(4), GOAL.catalog, ALIKE.fingerprint, (CHANGED_ROUTINE, EXTRA_COLUMN)),
    ),
    (
        Finding("sequence_behind", "tasks_id_seq", "tasks.id", users(2), "has 9, next is 1"),
        *(Finding("no_primary_key", f"t{number}", "", users(1, 2)) for number in range(30)),
    ),
    (Unreadable("user_9", Denied("user_9", "ada")),),
    revisions=Revisions(
        Replay("migrations", ("a1", "b2"), ("b2",), stopped="b2 does not run"),
        (
            StampedTenants(users(1, 2, 3), ALIKE.fingerprint, ("a1",), ("a1",)),
            StampedTenants(users(4), GOAL.fingerprint, ("b2",), (), "a1", (EXTRA_COLUMN,)),
        ),
    ),
)


def hostile_survey() -> Survey:
    shape = SurveyedShape(HOSTILE, ALIKE, ALIKE.fingerprint, hostile_drift().tenants[0].differences)
    return Survey(
        (shape,),
        tuple(Finding("unvalidated", name, name, HOSTILE, name) for name in HOSTILE),
        tuple(Unreadable(name, Denied(name, name)) for name in HOSTILE),
        revisions=Revisions(
            Replay(HOSTILE[4], HOSTILE, HOSTILE, stopped=HOSTILE[5]),
            (StampedTenants(HOSTILE, ALIKE.fingerprint, HOSTILE, (), HOSTILE[1]),),
        ),
    )


RAN = replace(
    RECORD,
    message="ticket 4711",
    transitions=(RunTransition(EMPTY.fingerprint, GOAL.fingerprint, (CREATE_TABLE, DROP_COLUMN)),),
)


def hostile_record() -> RunRecord:
    text = " ".join(HOSTILE)
    steps = tuple(replace(RECORD.steps[1], tenant=name, error=name) for name in HOSTILE)
    [ran] = RAN.transitions
    ran = replace(ran, statements=HOSTILE)
    return replace(RAN, who=text, desired=text, message=text, steps=steps, transitions=(ran,))


PAGES = {
    "plan": plan_page(FULL_PLAN),
    "plan without differences": plan_page(EMPTY_PLAN),
    "hostile plan": plan_page(hostile_plan()),
    "drift": drift_page(DRIFT),
    "no drift": drift_page(IN_SYNC),
    "hostile drift": drift_page(hostile_drift()),
    "no tenants": drift_page(DriftReport(())),
    "run": run_page(RUN, FULL_PLAN),
    "hostile run": run_page(hostile_run(), hostile_plan()),
    "provisioning": run_page(RUN),
    "history": history_page((RECORD, replace(RECORD, id=11, steps=()))),
    "a run of the history": history_page((RAN,)),
    "hostile history": history_page((hostile_record(), hostile_record())),
    "a hostile run of the history": history_page((hostile_record(),)),
    "no history": history_page(()),
    "survey": survey_page(SURVEY),
    "hostile survey": survey_page(hostile_survey()),
    "survey of nothing": survey_page(Survey(())),
}
pages = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)


class Read(HTMLParser):
    """Reads a page, and holds that each element is closed where it should be.

    Attributes:
        found: each element with its attributes.
        said: the text of each element of these: code, li, td, h1, h2, summary, script.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[tuple[str, str]] = []
        self._open: list[list[str]] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append([tag, ""])

    def handle_endtag(self, tag: str) -> None:
        opened, text = self._open.pop()
        assert opened == tag
        self.said.append((tag, text))

    def handle_data(self, data: str) -> None:
        for its in self._open:
            its[1] += data

    def texts(self, tag: str) -> list[str]:
        return [text for its, text in self.said if its == tag]

    def values(self, attribute: str) -> list[str]:
        return [str(its[attribute]) for _, its in self.found if attribute in its]


@pages
def test_every_element_is_closed_and_every_anchor_leads_somewhere(page: str) -> None:
    """A browser has nothing to guess."""
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    read = Read(page)
    identities = read.values("id")
    assert len(identities) == len({*identities})
    assert {href.removeprefix("#") for href in read.values("href")} <= {*identities}


@pages
def test_nothing_is_loaded(page: str) -> None:
    """No address, no file; and a browser is told to load nothing and to run our script alone."""
    read = Read(page)
    tags = {tag for tag, _ in read.found}
    assert not tags & {"link", "img", "iframe", "object", "base", "form", "embed"}
    assert not [*read.values("src"), *read.values("style")]
    assert all(href.startswith("#") for href in read.values("href"))
    [script], [style] = read.texts("script"), read.texts("style")
    assert not re.search(r"url\(|@import|fetch|XMLHttp|innerHTML|https?:", script + style)
    [policy] = [str(its["content"]) for _, its in read.found if "http-equiv" in its]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]+'; script-src 'sha256-[\w+/=]+'", policy
    )


@pages
def test_hostile_names_neither_add_markup_nor_act(page: str) -> None:
    """Markup is the same, whatever the names are; what does not print is shown as an escape."""
    read = Read(page)
    assert [tag for tag, _ in read.found].count("script") == 1
    assert not [name for _, its in read.found for name in its if name.startswith("on")]
    body = page.partition("<body>")[2].replace("\n", "").replace("\t", "")
    assert body.isprintable()
    assert page.encode()


def test_all_hostile_names_are_there_to_be_read() -> None:
    """And to be found."""
    for page in (plan_page(hostile_plan()), drift_page(hostile_drift()), run_page(hostile_run())):
        cells = Read(page).texts("td")
        assert {visible(name) for name in HOSTILE} <= {*cells}


def test_a_plan_has_every_statement_with_its_number_and_what_it_risks() -> None:
    """As a reviewer needs them."""
    read = Read(plan_page(FULL_PLAN))
    numbers = [its["value"] for tag, its in read.found if tag == "li" and "value" in its]
    assert numbers == ["1", "2", "3"]
    codes, entries = read.texts("code"), read.texts("li")
    for statement in FULL_PLAN.transitions[0].statements:
        sql = fold(statement.sql).removesuffix(";")
        assert [its for its in codes if its.removesuffix(";") == sql]
        for hazard in statement.hazards:
            assert f"{hazard.kind} {told(hazard)}" in entries
    assert "14 tenants: 2 in sync, 10 change alike, 0 differ, 2 blocked." in read.texts("p")
    assert "1 statement may lose data in 10 tenants: user_1, user_2, user_3 and 7 more" in (
        read.texts("strong")
    )
    assert "the column marketplace_jobs.name cannot change" in entries


def test_a_further_shape_is_told_by_the_largest_and_shown_as_a_whole_too() -> None:
    """Nobody has to put it together."""
    common = [Statement(f"CREATE TABLE t{number} ()") for number in range(5)]
    made = plan(
        transition(users(1, 2), *common), transition(users(3), *common, Statement("DROP VIEW v"))
    )
    read = Read(plan_page(made))
    assert "The same, and:" in read.texts("p")
    assert "All 6 statements" in read.texts("summary")
    assert read.texts("code").count("CREATE TABLE t0 ();") == 2
    assert read.texts("code").count("DROP VIEW v;") == 2


def test_definitions_stand_side_by_side_with_what_differs_marked() -> None:
    """Words of a line, lines of a body, fields where there are some."""
    view = Difference("index", "ix", "changed", "ON t USING btree (a, b)", "ON t USING btree (a)")
    page = drift_page(
        DriftReport((TenantDrift("user_1", "drifted", (*DRIFT.tenants[1].differences, view)),))
    )
    read = Read(page)
    assert {"text", "character varying(255)"} <= {*read.texts("mark")}
    lines = re.findall(r'<code class="(\w+)">([^<]*)</code>', page)
    assert lines == [
        ("live", "BEGIN"),
        ("desired", "BEGIN"),
        ("live", "  RETURN 2;"),
        ("desired", "  RETURN 1;"),
        ("live", "END"),
        ("desired", "END"),
    ]


def test_tenants_are_all_listed_with_their_state() -> None:
    """Without a script, too: that only hides those that do not fit."""
    read = Read(drift_page(DRIFT))
    cells = read.texts("td")
    for name in users(1, 2, 3, 4):
        assert name in cells
    assert {"in sync", "drifted", "behind"} <= {*cells}
    [search] = [its for _, its in read.found if its.get("class") == "search"]
    assert "hidden" in search  # a script shows it


def test_a_run_says_why_tenants_are_not_done() -> None:
    """Those of one reason together; what was run stands below."""
    read = Read(run_page(RUN, FULL_PLAN))
    assert read.texts("h1") == ["Run 12: Forward to schema/desired.py:metadata"]
    assert "2 applied, 1 unchanged, 2 failed, 1 refused." in read.texts("p")
    assert "failed: 2 tenants" in read.texts("strong")
    assert "3 statements" in read.texts("summary")
    assert not [its for its in Read(run_page(RUN)).texts("summary") if "statement" in its]


def test_a_survey_has_findings_shapes_and_revisions() -> None:
    """What is urgent first; long lists are folded."""
    read = Read(survey_page(SURVEY))
    assert "4 tenants in 2 shapes; 1 is alone, 1 unreadable." in read.texts("p")
    entries = read.texts("li")
    assert "! tasks_id_seq for tasks.id: has 9, next is 1 1 tenant: user_2" in entries
    assert "= at a1, as stamped 3 tenants: user_1, user_2, user_3" in entries
    assert "b2 does not run" in entries
    assert [its for its in entries if its.startswith("! stamped b2, which did not run")]
    assert "30 objects" in read.texts("summary")
    assert {"Here", "There"} <= {*read.texts("th")}
    assert {"most", "alone", "unreadable"} <= {*read.texts("td")}


def test_the_history_has_all_runs_or_one_with_its_statements() -> None:
    """As the text has it."""
    runs = tuple(replace(RECORD, id=number, steps=()) for number in range(30, 0, -1))
    read = Read(history_page(runs))
    assert [int(its) for its in read.texts("b")] == [*range(30, 0, -1)]
    assert "undone by run 13 in 1 tenant" in " ".join(read.texts("td"))
    assert "The newest 2 of 30 runs." in Read(history_page(runs, 2)).texts("p")
    one = Read(history_page((RAN,)))
    assert "ticket 4711" in one.texts("p")
    assert "failed: 1 tenant" in one.texts("strong")
    assert [its["value"] for tag, its in one.found if tag == "li" and "value" in its] == ["1", "2"]
    assert CREATE_TABLE in one.texts("code")
    assert {"user_1", "user_2"} <= {*one.texts("td")}


def test_ten_thousand_tenants_are_a_page_that_a_browser_opens() -> None:
    """About 200 characters each; differences and statements once a shape."""
    names = users(*range(10_000))
    drift = DriftReport(tuple(TenantDrift(name, "behind", MISSING_TABLE) for name in names))
    made = plan(transition(names, Statement(CREATE_TABLE)), BLOCKED)
    for page in (plan_page(made), drift_page(drift)):
        assert page.count("user_9999<") == 2
        assert len(page) < 4_000_000


def test_differences_that_the_first_shape_has_too_are_not_told_again() -> None:
    """A fleet of fifty shapes differs in one way and in fifty little ones."""
    more = replace(transition(users(3)), differences=(CHANGED_ROUTINE, *MISSING_TABLE))
    read = Read(plan_page(plan(transition(users(1, 2)), more, transition(users(4)))))
    found = [its for its in read.texts("summary") if "difference" in its]
    assert found == ["3 differences", "5 differences, 1 of them as in the first shape"]
    assert "3 differences, as in the first shape." in read.texts("p")


def in_browser(page: str, folder: Path) -> Read:
    """The page as Chromium has it after all scripts."""
    path = folder / "page.html"
    path.write_text(page, "utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    ended = subprocess.run(
        [*command, f"--user-data-dir={folder / 'profile'}", path.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return Read(ended.stdout)


browser = pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")


@browser
@pytest.mark.parametrize("made", [hostile_plan(), FULL_PLAN], ids=["hostile", "usual"])
def test_in_a_browser_our_script_runs_and_no_other(made: Plan, tmp_path: Path) -> None:
    """Ours shows the search. One that got into the page is not run: its digest is not known."""
    added = "<script>document.title = 'changed'</script></body>"
    read = in_browser(plan_page(made).replace("</body>", added), tmp_path)
    [search] = [its for _, its in read.found if its.get("class") == "search"]
    assert "hidden" not in search
    [title] = read.texts("title")
    assert title.startswith("diffapply plan: ")


@browser
def test_in_a_browser_tenants_are_found_by_name_and_state(tmp_path: Path) -> None:
    """Each word must be in the row."""
    types = """<script>
        const input = document.querySelector("input");
        input.value = "9 BLOCKED";
        input.dispatchEvent(new Event("input"));
    </script></body>"""
    page = plan_page(FULL_PLAN).replace("</body>", types)
    read = in_browser(page.replace("Content-Security-Policy", "none"), tmp_path)
    rows = [its for tag, its in read.found if tag == "tr"]
    assert len([its for its in rows if "hidden" in its]) == 12
    assert read.texts("output") == ["2 found"]
