"""Progress: silent while it is quick, short in a log, harmless from many threads."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest

from diffapply.render.progress import shown_on


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its only item is the time."""
    now = [0.0]
    monkeypatch.setattr("diffapply.render.progress.time.monotonic", lambda: now[0])
    return now


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("stream", [StringIO(), Terminal()])
def test_quick_work_shows_nothing(stream: StringIO) -> None:
    """What is over within a second is not worth a word."""
    with shown_on(stream) as report:
        report("apply", 1, 2)
        report("apply", 2, 2)
    assert stream.getvalue() == ""


def test_a_log_gets_a_line_every_few_seconds(clock: list[float]) -> None:
    """Not one for each of 10,000 tenants: how far, how fast, how long still, what went wrong."""
    stream = StringIO()
    with shown_on(stream) as report:
        for done in range(1000):
            clock[0] = done / 100
            report("apply", done, 1000, int(done > 300) * 2)
    assert stream.getvalue() == (
        "apply: 100 of 1,000, 100/s, 9 s left\n"
        "apply: 600 of 1,000, 100/s, 4 s left, 2 failed or refused\n"
    )


def test_slow_work_is_told_in_minutes(clock: list[float]) -> None:
    """And its rate with a decimal; nothing is made up before there is a rate."""
    stream = StringIO()
    with shown_on(stream) as report:
        clock[0] = 1.0
        report("apply", 10, 1000)
        clock[0] = 21.0
        report("apply", 20, 1000)
    assert stream.getvalue() == "apply: 10 of 1,000\napply: 20 of 1,000, 0.5/s, 33 min left\n"


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


def test_a_log_that_nobody_reads_does_not_stop_the_work(clock: list[float]) -> None:
    """A broken pipe must not end a rollout."""

    class Broken(StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    with shown_on(Broken()) as report:
        clock[0] = 2.0
        report("apply", 1, 2)
