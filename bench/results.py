"""What was measured, where, and the file that keeps it."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from bench.databases import rows
from bench.measure import Measurement
from diffapply.errors import UsageError

_FORMAT = 1
_SERVER_SETTINGS = (
    "fsync",
    "synchronous_commit",
    "shared_buffers",
    "max_connections",
    "max_locks_per_transaction",
)


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured on one server, with so many tenants.

    Attributes:
        machine: what kind it is, and no names.
        server: the settings that matter.
    """

    postgres: str
    tenants: int
    jobs: int
    machine: str
    server: dict[str, str]
    measurements: tuple[Measurement, ...] = ()

    @property
    def major(self) -> int:
        """Of PostgreSQL, such as 18."""
        return int(self.postgres.partition(".")[0])

    def with_more(self, found: Sequence[Measurement]) -> "Run":
        """Also those, in the place of what was found of their parts before."""
        order = [measurement.part for measurement in (*self.measurements, *found)]
        kept = [m for m in self.measurements if m.part not in {m.part for m in found}]
        sorted_by_part = sorted([*kept, *found], key=lambda m: order.index(m.part))
        return replace(self, measurements=tuple(sorted_by_part))

    def get(self, part: str, name: str) -> Measurement | None:
        """The first measurement of the part whose name begins so."""
        fitting = (m for m in self.measurements if m.part == part and m.name.startswith(name))
        return next(fitting, None)


def begin_run(path: Path, url: str, tenants: int, jobs: int) -> Run:
    """A run without measurements yet, or the one in the file that this one goes on with."""
    [(version,)] = rows(url, "select current_setting('server_version')")
    settings = ", ".join(f"current_setting('{name}')" for name in _SERVER_SETTINGS)
    [values] = rows(url, f"select {settings}")
    gibibytes = round(psutil.virtual_memory().total / 2**30)
    machine = (
        f"{os.cpu_count()} cores, {gibibytes} GiB of memory, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}"
    )
    server = dict(zip(_SERVER_SETTINGS, map(str, values), strict=True))
    new = Run(str(version).split()[0], tenants, jobs, machine, server)
    return next((run for run in load(path) if replace(run, measurements=()) == new), new)


def load(path: Path) -> list[Run]:
    """The runs that the file keeps; none if there is no such file.

    Raises:
        UsageError: it holds something else.
    """
    if not path.exists():
        return []
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return [
            Run(**{**run, "measurements": tuple(_measurement(m) for m in run["measurements"])})
            for run in document["runs"]
        ]
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{path} does not hold what a bench has measured.") from None


def _measurement(fields: dict[str, Any]) -> Measurement:
    return Measurement(**{**fields, "seconds": tuple(fields["seconds"])})


def keep(path: Path, run: Run) -> list[Run]:
    """Write the run to the file, beside those on the same machine, or over its own older one.

    Returns:
        All runs in the file now.
    """
    others = [r for r in load(path) if r.machine == run.machine and _key(r) != _key(run)]
    runs = sorted([*others, run], key=_key)
    path.parent.mkdir(parents=True, exist_ok=True)
    document = json.dumps({"format": _FORMAT, "runs": [asdict(r) for r in runs]})
    legible = json.loads(document, parse_float=lambda digits: round(float(digits), 4))
    text = json.dumps(legible, indent=1, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")
    return runs


def _key(run: Run) -> tuple[int, int, int]:
    return run.major, run.tenants, run.jobs
