"""Progress: silent while it is quick, and where nobody watches; harmless from many threads."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest

from diffapply.render.terminal.progress import shown_on


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its only item is the time."""
    now = [0.0]
    monkeypatch.setattr("diffapply.render.terminal.bar.time.monotonic", lambda: now[0])
    return now


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("stream", [StringIO(), Terminal()])
def test_quick_work_shows_nothing(stream: StringIO) -> None:
    """What is over within a second is not worth a word."""
    with shown_on(stream) as report:
        report("apply", 1, 2)
        report("apply", 2, 2)
    assert stream.getvalue() == ""


@pytest.mark.parametrize("seconds", [2.0, 3600.0])
def test_what_is_no_terminal_gets_nothing(clock: list[float], seconds: float) -> None:
    """However long it takes: a log keeps what matters, which is the result."""
    stream = StringIO()
    with shown_on(stream) as report:
        for done in range(1000):
            clock[0] = seconds * (done + 1)
            report("apply", done, 1000, 2)
    assert stream.getvalue() == ""


def test_a_terminal_gets_a_bar_that_is_wiped_away(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the work ends with an error."""
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()

    def work() -> None:
        with shown_on(stream) as report:
            clock[0] = 2.0
            report("apply", 6, 10)
            clock[0] = 4.0
            report("apply", 7, 10, 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    shown = stream.getvalue()
    assert "apply" in shown
    assert "7/10" in shown
    assert "1 failed or refused" in shown
    assert shown.endswith("\x1b[1A\x1b[2K")


@pytest.mark.parametrize("stream", [StringIO(), Terminal()])
def test_it_may_be_called_from_several_threads(stream: StringIO, clock: list[float]) -> None:
    """As the rollout does."""
    with shown_on(stream) as report, ThreadPoolExecutor(8) as pool:
        clock[0] = 2.0
        for done in pool.map(lambda done: report("apply", done, 500), range(500)):
            assert done is None
