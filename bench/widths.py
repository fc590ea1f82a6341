"""Few tenants that are wide, or differ; by itself: `python -m bench.widths [NAME…]`.

Each is planned as if for the first time: without a journal, so that no proof is known.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from bench.commands import DESIRED, diffapply
from bench.databases import (
    Setting,
    build_tenants,
    fresh_database,
    in_parallel,
    tenant_names,
    tidy,
)
from bench.measure import ROOT, Measurement, Outcome, Repeats
from bench.scenarios import SCENARIOS, Scenario
from bench.servers import running_server
from bench.shapes import varied
from bench.tenant import before
from bench.watch import server_cpu
from diffapply.errors import UsageError

_DATABASE = "diffapply_bench_widths"
_TWO_TABLES = f"{ROOT / 'schema' / 'desired.py'}:metadata"
_FEW, _SHAPES = 10, 100
_SMALL = f"{_FEW} empty tenants"
_DIFFERENT = f"{_SHAPES} shapes"
NAMES = (_SMALL, _DIFFERENT, *SCENARIOS)
"""All there are."""


def measure(setting: Setting) -> list[Measurement]:
    """The plan of each, once; of the small one, which is short, all that a day brings."""
    repeats = Repeats("widths")
    for name in NAMES:
        for what, outcome, figures in run(setting, name):
            memory = outcome.mebibytes
            repeats.add(what, "other", outcome.seconds, mebibytes=memory, figures=figures)
    return repeats.measurements()


_Measured = tuple[str, Outcome, dict[str, float]]
"""What was done, what the process needed, and figures."""


def run(setting: Setting, name: str) -> Iterator[_Measured]:
    """What one of them has to say."""
    with fresh_database(setting.server, _DATABASE) as url:
        if name == _SMALL:
            yield from _small(url, setting.repeats)
        elif name == _DIFFERENT:
            yield from _different(setting, url)
        else:
            yield from _planned(url, name, SCENARIOS[name])


def _measured(what: str, url: str, *arguments: str, desired: str) -> _Measured:
    with server_cpu(url) as figures:
        outcome = diffapply(url, *arguments, desired=desired)
    return what, outcome, {"client's CPU, s": outcome.cpu, **figures}


def _small(url: str, repeats: int) -> Iterator[_Measured]:
    """Two tables for empty tenants: what a command takes at least."""
    names = tenant_names(_FEW)
    in_parallel(url, names, "create schema {tenant};", 1)
    tidy(url)
    for _ in range(repeats):
        yield _measured(f"plan, {_SMALL}", url, "plan", desired=_TWO_TABLES)
    diffapply(url, "apply", "--yes", desired=_TWO_TABLES)
    for _ in range(repeats):
        yield _measured(f"drift in sync, {_FEW} tenants", url, "drift", desired=_TWO_TABLES)
        yield _measured(f"plan in sync, {_FEW} tenants", url, "plan", desired=_TWO_TABLES)
    diffapply(url, "apply", "--backward", "--yes", desired=_TWO_TABLES)
    for _ in range(repeats):
        yield _measured(f"plan once more, {_SMALL}", url, "plan", desired=_TWO_TABLES)


def _different(setting: Setting, url: str) -> Iterator[_Measured]:
    """A tenant for each shape."""
    its = replace(setting, url=url, tenants=_SHAPES)
    build_tenants(url, its.names, before, its.jobs)
    with varied(its, _SHAPES):
        yield _measured(f"plan, {_DIFFERENT}", url, "plan", desired=DESIRED)


def _planned(url: str, name: str, scenario: Scenario) -> Iterator[_Measured]:
    names = tenant_names(scenario.tenants)
    in_parallel(url, names, f"create schema {{tenant}}; {scenario.before}", 1)
    tidy(url)
    with tempfile.TemporaryDirectory() as folder:
        desired = Path(folder) / "desired.sql"
        desired.write_text(scenario.after, encoding="utf-8")
        yield _measured(f"plan, {name}", url, "plan", desired=str(desired))


app = Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def main(
    names: Annotated[list[str] | None, Argument(help="How their names begin.")] = None,
    *,
    repeats: Annotated[int, Option(help="Of what is short enough.")] = 3,
    postgres: Annotated[int, Option(help="Major version of the server.")] = 18,
) -> None:
    """Measure those whose names begin so, else all."""
    with running_server(None, postgres) as server:
        setting = Setting(server, server, 0, 4, repeats, 0)
        for name in _chosen(names or [""]):
            for what, outcome, figures in run(setting, name):
                more = ", ".join(f"{label}: {value:.2f}" for label, value in figures.items())
                print(f"{what:50} {outcome.seconds:7.2f} s  {more}", flush=True)


def _chosen(beginnings: Sequence[str]) -> list[str]:
    found = [name for name in NAMES if name.startswith(tuple(beginnings))]
    if not found:
        raise UsageError(f"None begins so. There are: {', '.join(NAMES)}.")
    return found


if __name__ == "__main__":
    app()
