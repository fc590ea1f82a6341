"""The journal as a page: the runs, or one run with all it did."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC
from xml.etree.ElementTree import Element

from diffapply.model.plan import Plan, Transition
from diffapply.model.run import STEP_STATUSES, RunRecord, RunResult, StepResult
from diffapply.model.statement import Statement
from diffapply.render.page.elements import element
from diffapply.render.page.frame import page
from diffapply.render.page.parts import Part, section, strip
from diffapply.render.page.run import STATES, run_sections
from diffapply.render.terminal.history import other_runs, purpose
from diffapply.render.terminal.run import counts
from diffapply.render.words.wording import DIRECTIONS, counted, visible


def history_page(runs: Sequence[RunRecord], limit: int | None = None) -> str:
    """The runs, newest first; one that was asked for by its id, with its tenants and statements.

    Args:
        runs: as the library gives them.
        limit: how many of them; None: all.
    """
    if len(runs) == 1 and runs[0].steps:
        return _one(runs[0])
    shown = runs[:limit]
    lead = f"{counted(len(runs), 'run')}." if runs else "There is no run yet."
    if len(shown) < len(runs):
        lead = f"The newest {len(shown):,} of {lead}"
    return page("history", "History", lead, [_table(shown)] if shown else [])


def _table(runs: Sequence[RunRecord]) -> Element:
    titles = ("Run", "Started (UTC)", "Direction", "Status", "Tenants", "What for")
    head = element("tr", *(element("th", title) for title in titles))
    body = element("tbody", *map(_row, runs))
    return section("Runs", element("table", element("thead", head), body, css="runs"), at="runs")


def _row(run: RunRecord) -> Element:
    parts = [Part(STATES[its], its, run.counts.get(its, 0)) for its in STEP_STATUSES]
    there = [part for part in parts if part.number]
    tenants = element("td", *([strip(there)] if there else []), counts(run.counts))
    cells = (
        element("td", element("b", f"{run.id}")),
        element("td", _moment(run)),
        element("td", run.sort),
        element("td", run.status),
        tenants,
        element("td", "; ".join(filter(None, [visible(purpose(run)), *other_runs(run)]))),
    )
    return element("tr", *cells)


def _moment(run: RunRecord) -> str:
    return f"{run.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


_HEADLINES = {"provision": "New tenants at", "deprovision": "Tenants dropped"} | {
    direction: f"{word} to" for direction, word in DIRECTIONS.items()
}
"""What sort of run it was → the words before its goal."""


def _headline(run: RunRecord) -> str:
    """Such as ``Forward to models.py:Base``; a run that dropped its tenants has no goal."""
    return f"{_HEADLINES[run.sort]} {run.goal}".rstrip()


def _one(run: RunRecord) -> str:
    title = f"Run {run.id}: {visible(_headline(run))}"
    result = RunResult(run.id, tuple(StepResult(s.tenant, s.status, s.error) for s in run.steps))
    told = [
        f"{run.status}; begun {_moment(run)} UTC by {run.who} with diffapply {run.version}",
        *([run.message] if run.message else []),
        *other_runs(run),
    ]
    first = element("section", *(element("p", visible(text)) for text in told), css="first")
    sections = [first, *run_sections(result, _plan(run))]
    return page("history", title, f"{counts(run.counts)}.", sections)


def _plan(run: RunRecord) -> Plan:
    """What it ran, as far as the journal says: no differences, and no hazards."""
    tenants: dict[tuple[str, str], list[str]] = defaultdict(list)
    for step in run.steps:
        tenants[step.source, step.goal].append(step.tenant)
    transitions = tuple(
        Transition(
            its.source,
            its.goal,
            tuple(tenants.pop((its.source, its.goal), ())),
            tuple(map(Statement, its.statements)),
        )
        for its in dict.fromkeys(run.transitions)
    )
    return Plan(run.direction, "", run.desired, (), transitions)
