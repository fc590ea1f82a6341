"""diffapply's commands, each as a user runs it: a process of its own."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.databases import Setting, execute, in_parallel, rows, tidy
from bench.measure import ROOT, Measurement, Outcome, Repeats, Work, run
from bench.queries import query
from bench.watch import vacuum_held_back

DESIRED = f"{ROOT / 'bench' / 'tenant.py'}:metadata"
"""What the tenants are to look like."""

_DIFFERENT = 2
_ENOUGH_FOR_TENTHS = 100
_CHANGED = 10
"""Tenants that somebody has changed by hand."""

_STEADINESS = query("steadiness")


def measure(setting: Setting) -> list[Measurement]:
    """The whole way forward and back, again and again; each time as if for the first time."""
    story = _Story(setting)
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(setting.repeats):
            story.tell(Path(folder) / "plan.json")
    return story.repeats.measurements()


def diffapply(
    url: str,
    *arguments: str | Path,
    desired: str = DESIRED,
    expected: tuple[int, ...] = (0,),
) -> Outcome:
    """Run a command of diffapply on a database."""
    return run(
        [sys.executable, "-m", "diffapply.main", *arguments],
        {"DATABASE_URL": url, "DIFFAPPLY_DESIRED": desired},
        expected=expected,
        secret=url,
    )


def planned_statements(setting: Setting) -> str:
    """What diffapply would run in a tenant."""
    plan = json.loads(diffapply(setting.url, "plan", "--format", "json").out)
    [transition] = plan["transitions"]
    return "".join(f"{statement['sql'].rstrip(';')};\n" for statement in transition["statements"])


def forget(url: str) -> None:
    """Drop the journal."""
    execute(url, "drop schema if exists diffapply cascade")


class _Story:
    """The commands in their order, measured."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self.repeats = Repeats("diffapply")

    def tell(self, plan: Path) -> None:
        jobs = ("--jobs", str(self._setting.jobs))
        apply = f"apply, {self._setting.jobs} jobs"
        forget(self._setting.url)
        self._command("plan, all to change", "look", "plan", "--out", plan)
        self._command("drift, all behind", "look", "drift", code=_DIFFERENT)
        self._tidy()
        self._command(f"{apply}, a plan file", "change", "apply", plan, "--yes", *jobs)
        self._command("drift, first look, remembered", "look", "drift", "--remember")
        self._tidy()
        self._command("drift, nothing changed", "look", "drift")
        self._command("drift, in full", "look", "drift", "--full")
        self._command("plan, nothing to do", "look", "plan")
        with self._changed_by_hand() as count:
            self._command(f"drift, {count} changed", "look", "drift", code=_DIFFERENT)
        self._tidy()
        self._command(f"{apply}, backward", "undo", "apply", "--backward", "--yes", *jobs)
        self._tidy()
        self._command(f"{apply}, plan and all", "change", "apply", "--yes", *jobs)
        self._tidy()
        diffapply(self._setting.url, "apply", "--backward", "--yes", *jobs)
        forget(self._setting.url)
        self._tidy()

    def _command(self, name: str, work: Work, *arguments: str | Path, code: int = 0) -> None:
        with vacuum_held_back(self._setting.server) as figures:
            outcome = diffapply(self._setting.url, *arguments, expected=(code,))
        if work == "change" and self._setting.tenants >= _ENOUGH_FOR_TENTHS:
            [(steadiness,)] = rows(self._setting.url, _STEADINESS)
            if isinstance(steadiness, float):
                figures["last tenth / first tenth"] = steadiness
        self.repeats.add(name, work, outcome.seconds, mebibytes=outcome.mebibytes, figures=figures)

    def _tidy(self) -> None:
        tidy(self._setting.url)

    @contextmanager
    def _changed_by_hand(self) -> Iterator[int]:
        setting = self._setting
        names = setting.names[:: max(1, setting.tenants // _CHANGED)][:_CHANGED]
        change = "alter table t3 alter column status set default"
        in_parallel(setting.url, names, f"{change} 'old';", setting.jobs)
        yield len(names)
        in_parallel(setting.url, names, f"{change} 'new';", setting.jobs)
