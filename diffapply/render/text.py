"""Plans, drift, runs and history as lines for people, in colour on a terminal.

SQL and names are never wrapped or cut, so that they can be copied and searched. Only prose is
wrapped, and only on a terminal.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from textwrap import wrap

from rich.text import Text

from diffapply.model.catalog import Change, Difference
from diffapply.model.drift import DriftReport
from diffapply.model.hazards import HazardKind
from diffapply.model.plan import Plan, Statement, Transition
from diffapply.model.run import RunRecord, RunResult, StepRecord, StepStatus
from diffapply.render.differences import comparison, drift_blocks, drift_summary, items
from diffapply.render.wording import (
    DIRECTIONS,
    STEP_STATUSES,
    counted,
    examples,
    made_anew,
    short,
    terminated,
    told,
    visible,
    visible_block,
)

_ALARM = "bold red"
_HAZARD: dict[HazardKind, str] = {
    "data": _ALARM,
    "drop": "red",
    "lock": "yellow",
    "rewrite": "yellow",
    "time": "cyan",
    "rows": "yellow",
    "code": _ALARM,
    "stale": "yellow",
    "shared": "yellow",
    "numbers": "yellow",
}
_CHANGE: dict[Change, str] = {"missing": "red", "extra": "green", "changed": "yellow"}
_STATUS: dict[StepStatus, str] = {
    "applied": "green",
    "unchanged": "dim",
    "failed": _ALARM,
    "refused": "yellow",
    "skipped": "yellow",
}
_DROP = re.compile(r"\bDROP\b", re.IGNORECASE)
_CREATE = re.compile(r"\s*CREATE\b", re.IGNORECASE)
_NAMES_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Layout:
    """How to show a result.

    Attributes:
        verbose: show the names of all tenants, not only a few.
        width: columns to wrap prose at; None: do not wrap.
    """

    verbose: bool = False
    width: int | None = None


def plan_lines(plan: Plan, layout: Layout = Layout()) -> Iterator[Text]:
    """A plan: each transition once, with its tenants, its statements and their hazards."""
    total = counted(plan.total, "tenant")
    if plan.empty and not plan.unreadable:
        state = "with no run to take back"
        if plan.direction == "forward":
            state = f"at {visible(plan.desired)}"
        yield Text(f"Nothing to do: {total} {state}.", "green")
        yield from _notes(plan.notes, layout)
        return
    yield Text(f"{DIRECTIONS[plan.direction]} to {visible(plan.desired)}", "bold")
    if len(plan.undone) > 1:
        for run in reversed(plan.undone):
            yield Text(f"  takes back {visible(run.named)} in {counted(run.tenants, 'tenant')}")
    blocked = f", {plan.blocked:,} blocked" if plan.blocked else ""
    unread = f", {len(plan.unreadable):,} unreadable" if plan.unreadable else ""
    yield Text(
        f"{total}: {len(plan.in_sync):,} in sync, {plan.to_change:,} to change{blocked}{unread}"
    )
    if plan.unreadable:
        yield Text()
        names = [its.name for its in plan.unreadable]
        yield from _with_names(Text("unreadable  ", _ALARM), names, layout)
        yield Text(f"  {visible(plan.unreadable[0].remedy)};")
    yield from _notes(plan.notes, layout)
    for transition in plan.transitions:
        yield Text()
        yield from _transition(transition, layout)
    if count := sum(s.destructive for t in plan.transitions for s in t.statements):
        warning = (
            f"{counted(count, 'statement')} may lose data. A tenant where that would happen is "
            "refused unless --allow-destructive is given."
        )
        yield Text()
        yield from _prose(warning, layout, style=_ALARM)


def _transition(transition: Transition, layout: Layout) -> Iterator[Text]:
    head = Text(f"{short(transition.source)} → {short(transition.goal)}  ", "bold")
    if transition.blocked:
        head.append("blocked  ", _ALARM)
    kind = "tenant" if transition.managed is None else "template"
    yield from _with_names(head, transition.tenants, layout, kind)
    for reason in transition.blocked:
        yield from _prose(visible(reason), layout, mark="  why: ", style=_ALARM)
    if transition.blocked:
        yield from _differences(transition.differences)
    if not transition.statements and not transition.blocked:
        yield Text("  no statement: only the journal is brought up to date", "dim")
    after_block = True
    for statement in transition.statements:
        is_block = bool(statement.hazards) or "\n" in statement.sql.strip()
        if is_block or after_block:
            yield Text()
        yield from _statement(statement, layout)
        after_block = is_block
    yield from _remarks(transition, layout)


def _remarks(transition: Transition, layout: Layout) -> Iterator[Text]:
    if transition.anew or transition.notes or transition.no_way_back:
        yield Text()
    if transition.anew:
        yield from _prose(visible(made_anew(transition.anew)), layout, mark="  made anew: ")
    yield from _notes(transition.notes, layout)
    for reason in transition.no_way_back:
        yield from _prose(visible(reason), layout, mark="  no way back: ", style=_ALARM)


def _notes(notes: Iterable[str], layout: Layout) -> Iterator[Text]:
    for note in notes:
        yield from _prose(visible(note), layout, mark="  note: ", style="yellow")


def _statement(statement: Statement, layout: Layout) -> Iterator[Text]:
    style = "cyan"
    if _CREATE.match(statement.sql):
        style = "green"
    elif _DROP.search(statement.sql):
        style = "red"
    for line in visible_block(terminated(statement.sql)).split("\n"):
        yield Text(f"  {line}", style)
    for hazard in statement.hazards:
        mark, style = f"    {hazard.kind}: ", _HAZARD[hazard.kind]
        yield from _prose(visible(told(hazard)), layout, mark=mark, style=style)


def _differences(differences: Iterable[Difference]) -> Iterator[Text]:
    for item in items(differences):
        yield Text(f"  {item.title}", _CHANGE[item.difference.change])
        if item.difference.change == "changed":
            yield from (Text(f"      {line}") for line in comparison(item.difference))


def drift_lines(report: DriftReport, layout: Layout = Layout()) -> Iterator[Text]:
    """Drift: a summary, then each block of tenants with equal differences, item by item."""
    yield Text(drift_summary(report), "green" if report.in_sync else _ALARM)
    for block in drift_blocks(report):
        head = Text(f"{block.state:<8} ", "yellow" if block.state == "behind" else _ALARM)
        yield Text()
        yield from _with_names(head, block.tenants, layout)
        if block.remedy:
            yield Text(f"  {visible(block.remedy)};")
        yield from _differences(block.differences)


def run_lines(result: RunResult, layout: Layout = Layout()) -> Iterator[Text]:
    """What a run did: how many tenants have which status, then the tenants not done, and why."""
    run = "Nothing was run" if result.run is None else f"Run {result.run}"
    yield Text(f"{run}: {_counts({s: result.count(s) for s in STEP_STATUSES})}.", "bold")
    alike: dict[tuple[StepStatus, str | None], list[str]] = defaultdict(list)
    for step in result.tenants:
        alike[step.status, step.error].append(step.name)
    for (status, error), names in sorted(
        alike.items(), key=lambda entry: STEP_STATUSES.index(entry[0][0])
    ):
        if layout.verbose or status not in ("applied", "unchanged"):
            yield Text()
            yield from _steps(status, error, names, layout)


def history_lines(runs: Sequence[RunRecord], layout: Layout = Layout()) -> Iterator[Text]:
    """One line for each run. For one run, asked for by its id, also the steps of its tenants."""
    if not runs:
        yield Text("There is no run yet.")
        return
    digits = max(3, *(len(str(run.id)) for run in runs))
    head = f"{'run':>{digits}}  {'started (UTC)':<19}  {'direction':<9}  {'status':<11}  tenants"
    yield Text(head, "dim")
    for run in runs:
        started = f"{run.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        yield Text.assemble(
            (f"{run.id:>{digits}}", "bold"),
            f"  {started}  {'provision' if run.provisions else run.direction:<9}  ",
            (f"{run.status:<11}", "green" if run.status == "done" else "yellow"),
            f"  {_counts(run.counts)}{_what_for(run)}",
        )
    for run in runs:
        if run.steps:
            yield from _run_steps(run, layout)


def _what_for(run: RunRecord) -> str:
    """The name of its goal, the runs that it undid, and the runs that undid it."""
    words = [visible(run.desired)] if run.desired else []
    applied = run.counts.get("applied", 0) + run.counts.get("unchanged", 0)
    for verb, others in (("takes back", run.undoes), ("undone by", run.undone_by)):
        for other, number in others.items():
            part = "" if number == applied else f" in {counted(number, 'tenant')}"
            words.append(f"{verb} run {other}{part}")
    return "".join(f"  {word}" for word in words)


def _run_steps(run: RunRecord, layout: Layout) -> Iterator[Text]:
    yield Text()
    yield Text(f"By {visible(run.who)} with diffapply {visible(run.version)}{_took(run)}.")
    alike: dict[tuple[object, ...], list[StepRecord]] = defaultdict(list)
    for step in run.steps:
        alike[step.source, step.goal, step.undone_by, step.status, step.error].append(step)
    for steps in alike.values():
        one = steps[0]
        undone = "" if one.undone_by is None else f"  undone by run {one.undone_by}"
        yield Text()
        yield Text(f"{short(one.source)} → {short(one.goal)}{undone}", "bold")
        yield from _steps(one.status, one.error, [step.tenant for step in steps], layout)


def _took(run: RunRecord) -> str:
    if run.finished_at is None:
        return ""
    return f", in {(run.finished_at - run.started_at).total_seconds():,.1f} s"


def _steps(
    status: StepStatus, error: str | None, names: Sequence[str], layout: Layout
) -> Iterator[Text]:
    yield from _with_names(Text(f"{status:<9} ", _STATUS[status]), names, layout)
    if error:
        yield from _prose(visible(error), layout, mark="  ")


def _counts(counts: Mapping[StepStatus, int]) -> str:
    shown = [f"{counts[status]:,} {status}" for status in STEP_STATUSES if counts.get(status)]
    return ", ".join(shown) or "no tenant"


def _with_names(
    head: Text, names: Sequence[str], layout: Layout, kind: str = "tenant"
) -> Iterator[Text]:
    if layout.verbose:
        yield head.append(counted(len(names), kind))
        yield from _prose(", ".join(map(visible, names)), Layout(width=_NAMES_WIDTH), mark="    ")
    else:
        yield head.append(f"{counted(len(names), kind)}: {examples(names)}")


def _prose(text: str, layout: Layout, *, mark: str = "", style: str = "") -> Iterator[Text]:
    """A paragraph with a hanging indent; the style is for the mark, or without one for the text."""
    width = None if layout.width is None else max(layout.width - len(mark), 20)
    lines = (
        [text]
        if width is None
        else wrap(text, width, break_long_words=False, break_on_hyphens=False)
    )
    for number, line in enumerate(lines):
        lead = " " * len(mark) if number else mark
        yield Text.assemble((lead, style), (line, "" if mark.strip() else style))
