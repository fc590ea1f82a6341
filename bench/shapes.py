"""Tenants that differ from each other: what each further shape costs a plan."""

from collections.abc import Iterator
from contextlib import contextmanager

from bench.commands import diffapply
from bench.databases import Setting, in_parallel
from bench.measure import Measurement, Repeats

_FEW, _MANY = 3, 200


def measure(setting: Setting) -> list[Measurement]:
    """Plans for 3 shapes, and for 200 or as many as give each five tenants; measured once."""
    repeats = Repeats("shapes")
    for count in dict.fromkeys((_FEW, max(_FEW, min(_MANY, setting.tenants // 5)))):
        with varied(setting, count):
            outcome = diffapply(setting.url, "plan")
        figures = {"shapes": count, "s a shape": outcome.seconds / count}
        name = f"plan, {count} shapes"
        repeats.add(name, "look", outcome.seconds, mebibytes=outcome.mebibytes, figures=figures)
    return repeats.measurements()


@contextmanager
def varied(setting: Setting, count: int) -> Iterator[None]:
    """Give the tenants that many shapes for the length of a block, by an index more."""
    groups = [setting.names[first::count] for first in range(1, count)]
    for number, names in enumerate(groups, 1):
        in_parallel(
            setting.url, names, f"create index ix_shape_{number} on t0 (amount);", setting.jobs
        )
    try:
        yield
    finally:
        for number, names in enumerate(groups, 1):
            in_parallel(setting.url, names, f"drop index ix_shape_{number};", setting.jobs)
