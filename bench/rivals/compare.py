"""migra and results, looped over the tenants: each reads the whole database for each tenant."""

import json
import statistics
import sys
from pathlib import Path

from bench.databases import Setting, build_tenants, changed_url, fresh_database
from bench.measure import Measurement, Repeats, run
from bench.rivals.environments import environment
from bench.tenant import metadata

_GOAL = "diffapply_bench_goal"


def measure_migra(setting: Setting) -> list[Measurement]:
    """migra, which ours has."""
    return _measure(setting, "migra", Path(sys.executable), "postgresql+psycopg2")


def measure_results(setting: Setting) -> list[Measurement]:
    """results, migra's successor."""
    python = environment("results", "results", "psycopg2-binary")
    return _measure(setting, "results", python, "postgresql")


def _measure(setting: Setting, tool: str, python: Path, scheme: str) -> list[Measurement]:
    """A sample of the tenants; once, because each takes as long as the database is large."""
    names = setting.sampled
    with fresh_database(setting.server, _GOAL) as goal:
        build_tenants(goal, names, metadata, setting.jobs)
        live, desired = (changed_url(url, scheme) for url in (setting.url, goal))
        outcome = run(
            [python, "-m", "bench.rivals.compare_worker", tool],
            {},
            stdin=json.dumps([live, desired, names]) + "\n",
            secret=setting.url,
        )
    each = [float(line) for line in outcome.out.split()]
    rest = (setting.tenants - len(names)) * statistics.median(each)
    repeats = Repeats(tool)
    repeats.add(
        f"{tool}, tenant by tenant",
        "look",
        outcome.seconds + rest,
        mebibytes=outcome.mebibytes,
        sample=len(names) if len(names) < setting.tenants else None,
    )
    return repeats.measurements()
