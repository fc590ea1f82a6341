"""The picture: time against the number of tenants, for diffapply, the floor and the rivals."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.measure import Measurement
from bench.results import Run


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the picture, and the measurements that it is drawn from."""

    label: str
    colour: str
    part: str
    name: str


_LOOKING = (
    _Line("migra, tenant by tenant", "tab:red", "migra", "migra"),
    _Line("results, tenant by tenant", "tab:orange", "results", "results"),
    _Line("django-tenants, parallel", "tab:brown", "django", "django-tenants, nothing"),
    _Line("Alembic, tenant by tenant", "tab:purple", "alembic", "Alembic, nothing"),
    _Line("diffapply plan", "tab:blue", "diffapply", "plan, all"),
    _Line("diffapply drift, nothing changed", "tab:cyan", "diffapply", "drift, nothing"),
    _Line("floor: every definition, bare", "tab:gray", "raw", "read"),
)
_CHANGING = (
    _Line("django-tenants, parallel", "tab:brown", "django", "django-tenants, migrate"),
    _Line("Alembic, tenant by tenant", "tab:purple", "alembic", "Alembic, an upgrade"),
    _Line("Alembic, one transaction", "tab:red", "alembic", "Alembic, one"),
    _Line("diffapply apply, a plan file", "tab:blue", "diffapply", "apply"),
    _Line("floor: the same statements, bare", "tab:gray", "raw", "the plan's"),
)


def draw(path: Path, runs: Sequence[Run], major: int) -> None:
    """Write the picture of the runs on one version of PostgreSQL; the same runs, the same file."""
    chosen = sorted((run for run in runs if run.major == major), key=lambda run: run.tenants)
    # Text stays text, and what is random by default is not.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "diffapply", "font.size": 9}):
        figure = Figure(figsize=(11, 5), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        _panel(left, "finding out what differs", _LOOKING, chosen)
        _panel(right, "making the change", _CHANGING, chosen)
        left.set_ylabel("seconds")
        figure.suptitle(
            f"PostgreSQL {major}, {chosen[-1].machine}; hollow and dashed: extrapolated"
        )
        figure.savefig(path, format="svg", metadata={"Date": None})


def _panel(axes: Axes, title: str, lines: Sequence[_Line], runs: Sequence[Run]) -> None:
    axes.set(title=title, xlabel="tenants", xscale="log", yscale="log")
    axes.grid(visible=True, which="major", alpha=0.3)
    for line in lines:
        found = [(run.tenants, m) for run in runs if (m := run.get(line.part, line.name))]
        _line(axes, line, found)
    if axes.has_data():
        axes.legend(fontsize=8, loc="upper left")


def _line(axes: Axes, line: _Line, found: Sequence[tuple[int, Measurement]]) -> None:
    points = [(tenants, m.median, m.sample) for tenants, m in found if m.median is not None]
    if points:
        sampled = any(sample is not None for *_, sample in points)
        axes.plot(
            [tenants for tenants, *_ in points],
            [seconds for _, seconds, _ in points],
            color=line.colour,
            label=line.label,
            marker="o",
            linestyle="--" if sampled else "-",
            markerfacecolor="white" if sampled else line.colour,
        )
    for _, measurement in found:
        if at := measurement.figures.get("dies at tenant"):
            seconds = measurement.figures["dies after, s"]
            label = None if points else line.label
            axes.plot([at], [seconds], color=line.colour, label=label, marker="X", markersize=10)
            axes.annotate(f"dies at tenant {at:.0f} ", (at, seconds), ha="right", va="bottom")
