"""One measurement: how long it took, how much memory, how often it was repeated."""

import compileall
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal

from diffapply.database.urls import scrub
from diffapply.errors import DiffapplyError

Work = Literal["look", "change", "undo", "other"]
"""What is compared with what: rows of one kind do the same, each in its own way."""

ROOT = Path(__file__).parents[1]
"""Of this repository."""

_LAUNCHER = Path(__file__).with_name("launcher.py")


class CommandFailedError(DiffapplyError):
    """A command that is measured did not end as it should."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured, for all tenants.

    Attributes:
        part: of the bench, such as "diffapply".
        seconds: of each repeat; none if it could not be measured.
        mebibytes: peak of the client's largest process.
        sample: how many tenants were really worked on, the rest being extrapolated.
        figures: what else was found, such as round trips a tenant.
        note: what a reader must know.
    """

    part: str
    name: str
    work: Work = "other"
    seconds: tuple[float, ...] = ()
    mebibytes: float | None = None
    sample: int | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def median(self) -> float | None:
        """Of the repeats."""
        return statistics.median(self.seconds) if self.seconds else None


class Repeats:
    """Gathers the repeats of a part's measurements, in the order in which they first came."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._found: dict[str, Measurement] = {}

    def add(self, name: str, work: Work, seconds: float, **more: object) -> None:
        """Add one; `more` are further fields of the measurement, of which the latest stay."""
        old = self._found.get(name, Measurement(self._part, name, work))
        new = replace(old, seconds=(*old.seconds, seconds), **more)  # type: ignore[arg-type]
        peaks = [m.mebibytes for m in (old, new) if m.mebibytes is not None]
        self._found[name] = replace(new, mebibytes=max(peaks, default=None))

    @contextmanager
    def timing(self, name: str, work: Work) -> Iterator[dict[str, float]]:
        """Add how long the block takes; it may fill in further figures."""
        figures: dict[str, float] = {}
        started = time.perf_counter()
        yield figures
        self.add(name, work, time.perf_counter() - started, figures=figures)

    def measurements(self) -> list[Measurement]:
        """One for each name."""
        return [*self._found.values()]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a process needed, and what it wrote.

    Attributes:
        cpu: of the seconds, those that it computed itself.
        mebibytes: its peak.
    """

    seconds: float
    cpu: float
    mebibytes: float
    code: int
    out: str
    err: str


def run(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    *,
    stdin: str = "",
    expected: Sequence[int] = (0,),
    secret: str = "",
) -> Outcome:
    """Run a command as its own process, to its end.

    Args:
        command: the program and its arguments.
        environment: added to ours.
        stdin: what it reads.
        expected: exit codes that are no failure.
        secret: a URL whose password is kept out of what a failure says.

    Raises:
        CommandFailedError: it ended otherwise; with the last line of its complaint.
    """
    _compile()
    process = subprocess.run(
        [sys.executable, "-I", "-S", _LAUNCHER, *command],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        cwd="/",  # where no pyproject.toml has settings for diffapply
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    complaint, _, figures = process.stderr.rstrip().rpartition("\n")
    if process.returncode != 0:  # the program does not exist
        raise CommandFailedError(f"{command[0]} cannot be run: {figures}")
    seconds, cpu, mebibytes, code = json.loads(figures)
    outcome = Outcome(seconds, cpu, mebibytes, code, process.stdout, complaint.strip())
    if outcome.code not in expected:
        lines = scrub(complaint.strip() or process.stdout.strip(), secret).splitlines()
        shown = " ".join(str(word) for word in command[1:5])
        raise CommandFailedError(f"{shown} … failed: {lines[-1] if lines else outcome.code}")
    return outcome


@cache
def _compile() -> None:
    """Compile what is measured, as pip does when it installs it; a checkout may not be."""
    for folder in ("diffapply", "schema", "bench"):
        compileall.compile_dir(ROOT / folder, quiet=2)
