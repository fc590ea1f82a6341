"""A server that is 20 ms away: how many round trips a tenant takes."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.commands import diffapply, forget
from bench.databases import (
    Setting,
    build_tenants,
    ddl,
    fresh_database,
    in_parallel,
    tenant_names,
)
from bench.measure import Measurement, Repeats
from bench.proxy import far_away
from bench.tenant import UNDO, before
from schema.desired import metadata as marketplace

_ONE_WAY = 0.010
_TENANTS = 100


def measure(setting: Setting) -> list[Measurement]:
    """A plan file applied to a hundred tenants, and the bare statements, both from afar."""
    repeats = Repeats("distance")
    names = tenant_names(min(_TENANTS, setting.tenants))
    where = f"{len(names)} tenants 20 ms away"
    jobs = setting.jobs
    with (
        fresh_database(setting.server, "diffapply_bench_distance") as url,
        far_away(url, _ONE_WAY) as (proxy, far_url),
        tempfile.TemporaryDirectory() as folder,
    ):
        build_tenants(url, names, before, jobs)
        plan = Path(folder) / "plan.json"
        diffapply(url, "plan", "--out", plan)

        def from_afar(name: str, work: Callable[[], object]) -> None:
            already = proxy.round_trips
            with repeats.timing(f"{name}, {where}", "other") as figures:
                work()
                figures["round trips a tenant"] = (proxy.round_trips - already) / len(names)
            in_parallel(url, names, UNDO, jobs)
            forget(url)

        for _ in range(setting.repeats):
            from_afar(
                "bare statements", lambda: in_parallel(far_url, names, ddl(marketplace), jobs)
            )
            from_afar(
                f"apply, {jobs} jobs, a plan file",
                lambda: diffapply(far_url, "apply", plan, "--yes", "--jobs", str(jobs)),
            )
    return repeats.measurements()
