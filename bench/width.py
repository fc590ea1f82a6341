"""One tenant that is wide: 500 tables of 30 columns."""

from bench import wide
from bench.commands import diffapply
from bench.databases import Setting, build_tenants, fresh_database
from bench.measure import ROOT, Measurement, Repeats

_DESIRED = f"{ROOT / 'bench' / 'wide.py'}:metadata"


def measure(setting: Setting) -> list[Measurement]:
    """The plan for it."""
    repeats = Repeats("width")
    with fresh_database(setting.server, "diffapply_bench_wide") as url:
        build_tenants(url, ["user_1"], wide.before, 1)
        for _ in range(setting.repeats):
            outcome = diffapply(url, "plan", desired=_DESIRED)
            name = f"plan, 1 tenant of {wide.TABLES} tables x {wide.COLUMNS} columns"
            repeats.add(name, "other", outcome.seconds, mebibytes=outcome.mebibytes)
    return repeats.measurements()
