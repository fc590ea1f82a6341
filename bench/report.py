"""The tables: what was measured, beside the floor and beside diffapply; and the goals."""

from collections.abc import Sequence

from rich.table import Table

from bench.goals import GOALS
from bench.measure import Measurement, Work
from bench.results import Run

COLUMNS = (
    "what", "seconds", "from - to", "ms a tenant", "tenants/s", "MiB", "x raw", "x diffapply", "and"
)  # fmt: skip
"""The heads of the table of measurements."""

_MANY_TIMES = 100


def results_table(run: Run) -> Table:
    """A row for each measurement."""
    table = Table(
        title=f"{run.tenants} tenants of 10 tables, {run.jobs} connections, "
        f"PostgreSQL {run.postgres}",
        caption=f"{run.machine}. Seconds are medians of the repeats.",
    )
    what, *figures, more = COLUMNS
    table.add_column(what, overflow="fold")
    for column in figures:
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column(more, overflow="fold")
    part = ""
    for measurement in run.measurements:
        if measurement.part != part:
            table.add_section()
            part = measurement.part
        table.add_row(*row(run, measurement))
    return table


def goals_table(run: Run) -> Table:
    """The goals that this run can say something about."""
    table = Table(title=f"Goals, {run.tenants} tenants, PostgreSQL {run.postgres}")
    table.add_column("goal", overflow="fold")
    for column in ("limit", "measured", "met"):
        table.add_column(column, justify="right")
    for goal in GOALS:
        value = goal.measured(run) if goal.tenants in (None, run.tenants) else None
        if value is not None:
            met = "yes" if goal.met(value) else "[bold red]no[/]"
            table.add_row(goal.name, goal.bound, short(value), met)
    return table


def row(run: Run, measurement: Measurement) -> Sequence[str]:
    """What `COLUMNS` have of a measurement."""
    median = measurement.median
    notes = [f"{name}: {value:.3g}" for name, value in measurement.figures.items()]
    if measurement.sample is not None:
        notes.append(f"extrapolated from {measurement.sample} tenants")
    if measurement.note:
        notes = [measurement.note]
    if median is None:
        return (measurement.name, *[""] * 7, "; ".join(notes))
    for_all = measurement.work != "other"
    return (
        measurement.name,
        short(median),
        f"{short(min(measurement.seconds))} - {short(max(measurement.seconds))}"
        if len(measurement.seconds) > 1
        else "",
        short(1000 * median / run.tenants) if for_all else "",
        short(run.tenants / median) if for_all else "",
        f"{measurement.mebibytes:.0f}" if measurement.mebibytes is not None else "",
        _ratio(median, _first(run, "raw", measurement.work)),
        _ratio(median, _first(run, "diffapply", measurement.work)),
        "; ".join(notes),
    )


def _first(run: Run, part: str, work: Work) -> float | None:
    """What a row of this kind of work is compared with: the part's first."""
    if work == "other":
        return None
    fitting = (m.median for m in run.measurements if (m.part, m.work) == (part, work))
    return next(fitting, None)


def _ratio(value: float, floor: float | None) -> str:
    return short(value / floor) if floor else ""


def short(value: float) -> str:
    """A figure as the tables show it."""
    return f"{value:,.0f}" if value >= _MANY_TIMES else f"{value:.3g}"
