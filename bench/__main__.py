"""Measures the performance claims beside the alternatives; see docs/bench.md.

Each option can also stand in the environment: TENANTS=10000 make bench.
"""

import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import psycopg2
from rich.console import Console
from typer import Exit, Option, Typer

from bench import (
    commands,
    distance,
    figures,
    provision,
    raw,
    results,
    shapes,
    startup,
    width,
    widths,
)
from bench.databases import Setting, build_tenants, changed_url, fresh_database
from bench.measure import Measurement
from bench.plot import draw
from bench.report import goals_table, results_table
from bench.rivals import alembic_loop, compare, django_tenants
from bench.rivals.environments import MissingRivalError
from bench.servers import running_server
from bench.tenant import before
from diffapply.cli.options import CommandLineError
from diffapply.cli.terminal import complain
from diffapply.database.urls import scrub
from diffapply.errors import DiffapplyError, UsageError

PARTS: dict[str, Callable[[Setting], list[Measurement]]] = {
    "raw": raw.measure,
    "diffapply": commands.measure,
    "migra": compare.measure_migra,
    "results": compare.measure_results,
    "alembic": alembic_loop.measure,
    "django": django_tenants.measure,
    "shapes": shapes.measure,
    "provision": provision.measure,
    "distance": distance.measure,
    "width": width.measure,
    "widths": widths.measure,
    "startup": startup.measure,
}
_COMPARED = ("raw", "diffapply", "migra", "results", "alembic", "django")
_DATABASE = "diffapply_bench"
_TYPER_INTERRUPTED = 130
_NARROWEST = 150
"""Columns that the table needs, also where nobody says how wide the terminal is."""
_MANY = 2000
"""From so many tenants on, everything is measured once unless something else is asked for."""

app = Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def bench(
    *,
    tenants: Annotated[int, Option(envvar="TENANTS", min=1, help="How many.")] = 1000,
    sizes: Annotated[
        str,
        Option(
            envvar="SIZES",
            help="Numbers of tenants, such as 10,100,1000: what is compared at each, for the plot.",
        ),
    ] = "",
    only: Annotated[
        str, Option(envvar="ONLY", help=f"Parts of the bench: {','.join(PARTS)}.")
    ] = "",
    jobs: Annotated[int, Option(envvar="JOBS", min=1, help="Connections at once.")] = 4,
    repeats: Annotated[
        int | None, Option(envvar="REPEATS", min=1, help="Of what is short enough.")
    ] = None,
    sample: Annotated[
        int, Option(envvar="SAMPLE", min=1, help="Tenants that migra and results are shown.")
    ] = 5,
    postgres: Annotated[
        int, Option(envvar="POSTGRES", help="Major version of the server to start.")
    ] = 18,
    database_url: Annotated[
        str | None, Option(envvar="DATABASE_URL", help="Measure this server instead.")
    ] = None,
    out: Annotated[Path, Option(envvar="OUT", help="Folder for the results and the plot.")] = Path(
        "docs/bench"
    ),
) -> None:
    """Measure the performance claims beside the alternatives."""
    parts = _chosen(only, _COMPARED if sizes else tuple(PARTS))
    complete = True
    with running_server(database_url, postgres) as server:
        for size in _numbers(sizes) or [tenants]:
            times = repeats or (1 if size > _MANY else 3)
            url = changed_url(server, dbname=_DATABASE)
            complete &= _measure(Setting(server, url, size, jobs, times, sample), parts, out)
    if not complete:
        raise Exit(1)


def _measure(setting: Setting, parts: Sequence[str], out: Path) -> bool:
    """Measure the parts, keep what is found after each, and show it.

    Returns:
        Whether none of them failed.
    """
    path = out / "results.json"
    run = results.begin_run(path, setting.server, setting.tenants, setting.jobs)
    waiting, failed = list(parts), 0
    while waiting:
        with fresh_database(setting.server, _DATABASE):
            _say(f"building {setting.tenants} tenants of 10 tables")
            build_tenants(setting.url, setting.names, before, setting.jobs)
            # One that fails may leave anything behind: the next ones get a new database.
            failed_before = failed
            while waiting and failed == failed_before:
                part = waiting.pop(0)
                _say(f"measuring {part}, {setting.tenants} tenants")
                try:
                    found = PARTS[part](setting)
                except MissingRivalError as error:
                    found = [Measurement(part, part, note=error.message)]
                except (DiffapplyError, psycopg2.Error) as error:
                    failed += 1
                    reason = " ".join(scrub(str(error), setting.server).split())
                    found = [Measurement(part, part, note=f"failed: {reason}")]
                run = run.with_more(found)
                runs = results.keep(path, run)
                draw(out / "time.svg", runs, run.major)
                figures.write(out / "figures.md", runs)
    console = Console(width=max(Console().width, _NARROWEST))
    console.print(results_table(run), goals_table(run))
    return not failed


def _chosen(only: str, default: Sequence[str]) -> Sequence[str]:
    names = [name.strip() for name in only.split(",") if name.strip()]
    for name in names:
        if name not in PARTS:
            raise UsageError(f"There is no part {name!r}.", f"The parts are: {', '.join(PARTS)}.")
    return names or default


def _numbers(sizes: str) -> list[int]:
    try:
        return [int(size) for size in sizes.split(",") if size.strip()]
    except ValueError:
        raise UsageError(f"SIZES must be numbers with commas between, not {sizes!r}.") from None


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main() -> None:
    """Run, and exit without a traceback for whatever the environment causes."""
    # Told to end, it stops the server as it does on Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = app(standalone_mode=False)
    except DiffapplyError as error:
        complain(error.message, error.hint)
        code = error.exit_code
    except (psycopg2.Error, OSError) as error:  # such as a full disk
        complain(f"The bench cannot go on: {error}")
        code = 1
    except CommandLineError as error:
        complain(error.format_message(), "See python -m bench --help.")
        code = 1
    if code == _TYPER_INTERRUPTED:
        complain("Interrupted; the parts that were measured by then are kept.")
        code = 1
    sys.exit(code or 0)


if __name__ == "__main__":
    main()
