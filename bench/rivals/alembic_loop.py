"""Alembic, in the two ways in which teams loop over their tenants."""

import json
import sys

from bench.databases import Setting, changed_url, execute, in_parallel, tidy
from bench.measure import CommandFailedError, Measurement, Outcome, Repeats, Work, run
from bench.tenant import UNDO

_STAMP = (
    "create table alembic_version (version_num varchar(32) primary key);"
    "insert into alembic_version values ('1');"
)
_UNSTAMP = "drop table alembic_version;"
_EXHAUSTED = "out of shared memory"


def measure(setting: Setting) -> list[Measurement]:
    """Both ways, once: they take long."""
    return [*_fan_out(setting), *_per_tenant(setting)]


def _fan_out(setting: Setting) -> list[Measurement]:
    """The revision that loops over all schemas, in one transaction; of too many it dies."""
    name = "Alembic, one revision loops, one transaction"
    execute(setting.url, f"set search_path = public; {_STAMP}")
    outcome = _alembic(setting, "fan_out", expected=(0, 1))
    execute(setting.url, f"set search_path = public; {_UNSTAMP}")
    if outcome.code != 0:
        return [_death(name, outcome)]
    in_parallel(setting.url, setting.names, UNDO, setting.jobs)
    tidy(setting.url)
    repeats = Repeats("alembic")
    repeats.add(name, "change", outcome.seconds, mebibytes=outcome.mebibytes)
    return repeats.measurements()


def _death(name: str, outcome: Outcome) -> Measurement:
    if _EXHAUSTED not in outcome.err:
        raise CommandFailedError(f"Alembic failed: {outcome.err.splitlines()[-1]}")
    tenant = len(outcome.out.split()) + 1
    note = f"dies after {outcome.seconds:.0f} s at tenant {tenant}: {_EXHAUSTED}; all is undone"
    figures = {"dies at tenant": tenant, "dies after, s": outcome.seconds}
    return Measurement("alembic", name, "change", figures=figures, note=note)


def _per_tenant(setting: Setting) -> list[Measurement]:
    """An upgrade for each tenant, each with a version table and a transaction of its own."""
    repeats = Repeats("alembic")
    in_parallel(setting.url, setting.names, _STAMP, setting.jobs)
    ways: tuple[tuple[str, Work], ...] = (
        ("Alembic, an upgrade for each tenant", "change"),
        ("Alembic, nothing to do in any tenant", "look"),
    )
    for name, work in ways:
        outcome = _alembic(setting, "per_tenant")
        repeats.add(name, work, outcome.seconds, mebibytes=outcome.mebibytes)
    in_parallel(setting.url, setting.names, UNDO + _UNSTAMP, setting.jobs)
    tidy(setting.url)
    return repeats.measurements()


def _alembic(setting: Setting, way: str, expected: tuple[int, ...] = (0,)) -> Outcome:
    url = changed_url(setting.url, "postgresql+psycopg2")
    return run(
        [sys.executable, "-m", "bench.rivals.alembic_worker", way],
        {},
        stdin=json.dumps([url, setting.names]) + "\n",
        expected=expected,
        secret=url,
    )
