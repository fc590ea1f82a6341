"""What tests of the command line have in place of the library."""

import os
import sys
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import diffapply
import diffapply.cli.commands
from diffapply import api, main
from diffapply.config import Settings
from diffapply.model.drift import DriftReport
from diffapply.model.plan import Plan
from diffapply.model.run import RunRecord, RunResult, StepResult
from diffapply.model.statement import Statement
from tests.unit.render_samples import CREATE_TABLE, IN_SYNC, RECORD, plan, transition, users


class Ended(SimpleNamespace):
    """How a command ended: its code, and what it wrote."""

    code: int
    out: str
    err: str


class Library:
    """Stands in for `diffapply.api`; remembers how it was called."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Settings | None, dict[str, Any]]] = []
        self.made = plan(transition(users(1, 2), Statement(CREATE_TABLE)), in_sync=users(3))
        self.report: DriftReport = IN_SYNC
        self.result = RunResult(7, tuple(StepResult(name, "applied") for name in users(1, 2)))
        self.error: BaseException | None = None
        self.stopped: KeyboardInterrupt | None = None
        self.notice: str | None = None
        self.runs: tuple[RunRecord, ...] = (RECORD,)
        self.others: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.calls]

    def _called(self, name: str, settings: Settings | None = None, **given: object) -> None:
        self.calls.append((name, settings, given))
        if self.error:
            raise self.error

    def plan(self, settings: Settings, **given: object) -> Plan:
        print("printed by the desired state")  # noqa: T201 - as models do
        self._called("plan", settings, **given)
        return self.made

    def save_plan(self, made: Plan, path: Path) -> None:
        self._called("save_plan", made=made, path=path)

    def require_writable(self, path: Path) -> None:
        """It can be written."""

    def load_plan(self, path: Path) -> Plan:
        self._called("load_plan", path=path)
        return self.made

    def with_notes_as_now(self, _settings: Settings, made: Plan) -> Plan:
        """As when it was made."""
        return made

    def only_chosen(self, _settings: Settings, made: Plan) -> Plan:
        """All of them."""
        return made

    def not_in_plan(self, _settings: Settings, _made: Plan) -> tuple[str, ...]:
        return self.others

    def apply(self, settings: Settings, made: Plan, **given: object) -> RunResult:
        self._called("apply", settings, made=made, **given)
        if self.stopped:
            raise self.stopped
        return self.result

    def await_turn(self, settings: Settings, **given: object) -> None:
        """Nobody else is at work."""

    def drift(self, settings: Settings, **given: object) -> DriftReport:
        self._called("drift", settings, **given)
        return self.report

    def history(self, settings: Settings, run: int | None) -> tuple[object, ...]:
        self._called("history", settings, run=run)
        return self.runs

    def provision(self, settings: Settings, names: list[str], **given: object) -> RunResult:
        self._called("provision", settings, names=names, **given)
        if self.stopped:
            raise self.stopped
        return self.result

    def embedded_notice(self, _settings: Settings) -> str | None:
        return self.notice


_SIGNATURES = {
    name: signature(getattr(api, name)) for name in api.__all__ if hasattr(Library, name)
}


class _Given:
    """What commands get for `diffapply.api`: it takes what that takes, and nothing else."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __getattr__(self, name: str) -> Callable[..., object]:
        if name not in _SIGNATURES:
            raise AttributeError(name)

        def call(*given: object, **named: object) -> object:
            _SIGNATURES[name].bind(*given, **named)
            function: Callable[..., object] = getattr(self._library, name)
            return function(*given, **named)

        return call


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Library:
    """The library that the commands call, in a folder and an environment without settings."""
    fake = Library()
    given = _Given(fake)
    monkeypatch.setitem(sys.modules, "diffapply.api", given)
    monkeypatch.setattr(diffapply, "api", given, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    for name in [name for name in os.environ if name.startswith("DIFFAPPLY_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return fake


Run = Callable[..., Ended]


@pytest.fixture
def run(library: Library, capsys: pytest.CaptureFixture[str]) -> Run:  # noqa: ARG001 - needed by all
    """Run a command line in this process."""

    def run(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main.run(arguments)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Ended(code=ended.value.code, out=out, err=err)

    return run
