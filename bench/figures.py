"""The figures as a page: what was reached beside the goals, and a table for each run."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.goals import GOALS, Goal
from bench.report import COLUMNS, row, short
from bench.results import Run

_INTRODUCTION = """# Figures

Written by `make bench`; [bench.md](../bench.md) says what is measured, and how to read it. What is
**bold** misses its goal.
"""


def write(path: Path, runs: Sequence[Run]) -> None:
    """Write the page of all runs; the same runs, the same file."""
    parts = [_INTRODUCTION, _goals(runs), *(_measurements(run) for run in reversed(runs))]
    path.write_text("\n".join(parts), encoding="utf-8")


def _goals(runs: Sequence[Run]) -> str:
    versions = sorted({run.major for run in runs})
    header = ["goal", "tenants", "limit", *(f"PostgreSQL {version}" for version in versions)]
    rows = []
    for goal in GOALS:
        reached = [_reached(goal, [r for r in runs if r.major == version]) for version in versions]
        if any(reached):
            rows.append(
                [goal.name, f"{goal.tenants:,}" if goal.tenants else "any", goal.bound, *reached]
            )
    return _table("Goals", header, rows)


def _reached(goal: Goal, runs: Sequence[Run]) -> str:
    """What the largest run that says something about the goal has measured."""
    largest_first = sorted(runs, key=lambda run: -run.tenants)
    fitting = (goal.measured(run) for run in largest_first if goal.tenants in (None, run.tenants))
    value = next((value for value in fitting if value is not None), None)
    if value is None:
        return ""
    return short(value) if goal.met(value) else f"**{short(value)}**"


def _measurements(run: Run) -> str:
    title = f"{run.tenants:,} tenants, {run.jobs} connections, PostgreSQL {run.postgres}"
    rows = (row(run, measurement) for measurement in run.measurements)
    return f"{_table(title, COLUMNS, rows)}\n{run.machine}.\n"


def _table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    ruler = [":--", *["--:"] * (len(header) - 1)]
    escaped = ([cell.replace("|", "\\|") for cell in cells] for cells in rows)
    lines = (f"| {' | '.join(cells)} |" for cells in (header, ruler, *escaped))
    return f"## {title}\n\n" + "\n".join(lines) + "\n"
