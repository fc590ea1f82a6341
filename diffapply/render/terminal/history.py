"""The journal for people: a line for each run, sign-ups folded; or one run with all it did."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import groupby

from rich.text import Text

from diffapply.model.plan import Transition
from diffapply.model.run import RunRecord, StepRecord
from diffapply.model.statement import Statement
from diffapply.render.terminal.layout import USUAL, Layout, prose
from diffapply.render.terminal.run import counts, step_lines
from diffapply.render.terminal.statements import transition_statements
from diffapply.render.words.wording import counted, short, visible

NEWEST = 20
"""Lines that are shown if nothing else is asked for."""

_Line = Sequence[RunRecord]
"""One run, or provisionings that follow each other."""


def history_lines(
    runs: Sequence[RunRecord],
    layout: Layout = USUAL,
    *,
    limit: int | None = None,
    each: bool = False,
) -> Iterator[Text]:
    """One line for each run. For one run, asked for by its id, also its steps and statements.

    Args:
        limit: show so many lines, the newest; None: all.
        each: show provisionings that follow each other one by one, not as one line.
    """
    if not runs:
        yield Text("There is no run yet.")
        return
    lines: list[_Line] = [[run] for run in runs] if each else _gathered(runs)
    digits = max(3, *(len(str(run.id)) for run in runs))
    wide = max(len("direction"), *(len(run.sort) for run in runs))
    head = (
        f"{'run':>{digits}}  {'started (UTC)':<19}  {'direction':<{wide}}  {'status':<11}  tenants"
    )
    yield Text(head, "dim")
    for line in lines[:limit]:
        if len(line) == 1:
            yield from _run(line[0], (digits, wide), layout)
        else:
            yield _provisionings(line, digits)
    if limit is not None and len(lines) > limit:
        left = sum(map(len, lines[limit:]))
        yield Text(f"and {counted(left, 'earlier run')}; --limit N shows more, --all all.", "dim")
    for run in runs:
        if run.steps:
            yield from _in_full(run, layout)


def _gathered(runs: Sequence[RunRecord]) -> list[_Line]:
    """Provisionings that follow each other together, if nothing went wrong in them."""
    lines: list[_Line] = []
    for gathers, together in groupby(runs, lambda run: run.provisions and run.status == "done"):
        found = [*together]
        lines += [found] if gathers else [[run] for run in found]
    return lines


def _run(run: RunRecord, widths: tuple[int, int], layout: Layout) -> Iterator[Text]:
    digits, wide = widths
    started = f"{run.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    head = Text.assemble(
        (f"{run.id:>{digits}}", "bold"),
        f"  {started}  {run.sort:<{wide}}  ",
        (f"{run.status:<11}  ", "green" if run.status == "done" else "yellow"),
    )
    rest = f"{counts(run.counts)}{_what_for(run)}"
    first, *others = prose(rest, layout, mark=" " * len(head))
    yield head.append(first.plain[len(head) :])
    yield from others


def _provisionings(runs: _Line, digits: int) -> Text:
    """Such as ``provision  12 tenants, 2026-11-20 … 2026-11-25, runs 3 to 9``."""
    last, first = (f"{run.started_at.astimezone(UTC):%Y-%m-%d}" for run in (runs[0], runs[-1]))
    when = first if first == last else f"{first} … {last}"
    tenants = counted(sum(run.counts.get("applied", 0) for run in runs), "tenant")
    which = f"runs {runs[-1].id} to {runs[0].id}"
    return Text(f"{'':>{digits}}  provision  {tenants}, {when}, {which}", "dim")


def purpose(run: RunRecord) -> str:
    """What it was for; empty if the runs that it takes back say it."""
    return run.message if run.undoes else run.what_for


def _what_for(run: RunRecord) -> str:
    """What it was for, and `other_runs`."""
    words = [visible(purpose(run))] if purpose(run) else []
    applied = run.counts.get("applied", 0) + run.counts.get("unchanged", 0)
    return "".join(f"  {word}" for word in (*words, *other_runs(run, applied)))


def other_runs(run: RunRecord, usual: int | None = None) -> Iterator[str]:
    """The runs that it undid, and those that undid it.

    Args:
        usual: in how many tenants that goes without saying.
    """
    for verb, others in (("takes back", run.undoes), ("undone by", run.undone_by)):
        for other, number in others.items():
            part = "" if number == usual else f" in {counted(number, 'tenant')}"
            yield f"{verb} run {other}{part}"


def _in_full(run: RunRecord, layout: Layout) -> Iterator[Text]:
    yield Text()
    yield Text(f"By {visible(run.who)} with diffapply {visible(run.version)}{_took(run)}.")
    if run.message and run.goal:
        yield Text(f"The goal: {visible(run.goal)}")
    alike: dict[tuple[str, str], list[StepRecord]] = defaultdict(list)
    for step in run.steps:
        alike[step.source, step.goal].append(step)
    ran: dict[tuple[str, str], list[Transition]] = defaultdict(list)
    for done in dict.fromkeys(run.transitions):  # tenants with a variant may run the same
        statements = tuple(map(Statement, done.statements))
        ran[done.source, done.goal].append(Transition(done.source, done.goal, (), statements))
    told: Transition | None = None
    for ends, steps in sorted(alike.items(), key=lambda its: -len(its[1])):
        yield Text()
        yield Text(f"{short(ends[0])} → {short(ends[1])}", "bold")
        yield from _steps(steps, layout)
        for number, transition in enumerate(ran[ends]):
            if number:
                yield Text()
                yield Text("  or, in some of these tenants", "bold")
            yield from transition_statements(transition, told, layout)
            told = told or transition


def _steps(steps: Sequence[StepRecord], layout: Layout) -> Iterator[Text]:
    alike: dict[tuple[object, ...], list[StepRecord]] = defaultdict(list)
    for step in steps:
        alike[step.undone_by, step.status, step.error].append(step)
    for together in alike.values():
        one = together[0]
        names = [step.tenant for step in together]
        first, *others = step_lines(one.status, one.error, names, layout)
        if one.undone_by is not None:
            first.append(f"  undone by run {one.undone_by}")
        yield first
        yield from others


def _took(run: RunRecord) -> str:
    if run.finished_at is None:
        return ""
    return f", in {(run.finished_at - run.started_at).total_seconds():,.1f} s"
