"""Standard output and standard error as they come: closed, full, left, or in ASCII."""

import os
import signal
import subprocess
import sys
import termios
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

SCRIPT = """
import sys, time
from types import SimpleNamespace
sys.path[:0] = {path!r}
from tests.unit import render_samples as samples

def drift(settings, remember, progress):
    {drift}
    return samples.{report}

fake = SimpleNamespace(drift=drift, embedded_notice=lambda settings: {notice!r})
sys.modules["diffapply.api"] = fake
from diffapply import main
main.run(["drift", *sys.argv[1:]])
"""


_OTHER_FORMATS = ("junit", "github", "markdown", "sarif")


def start(  # noqa: PLR0913 - the streams, and what happens to them
    *arguments: str,
    drift: str = "pass",
    report: str = "DRIFT",
    notice: str = "The embedded server is used.",
    environ: Mapping[str, str] = os.environ,
    stdout: int | IO[bytes] = subprocess.PIPE,
    stderr: int = subprocess.PIPE,
) -> "subprocess.Popen[bytes]":
    """Begin a command in a process of its own."""
    script = SCRIPT.format(path=sys.path, drift=drift, report=report, notice=notice)
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.Popen(command, stdout=stdout, stderr=stderr, env=environ)


@pytest.mark.parametrize(
    "form",
    [
        *("text", "json", "html"),
        *(pytest.param(form, marks=pytest.mark.prove) for form in _OTHER_FORMATS),
    ],
)
def test_an_encoding_that_lacks_characters_is_no_error(form: str) -> None:
    """Not even ASCII."""
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}
    drift = "hostile_drift()"
    with start("--format", form, report=drift, notice="", environ=environ) as process:
        out, err = process.communicate()
    assert (process.returncode, err) == (2, b"")
    out.decode()


def test_arguments_that_are_no_text_are_no_error() -> None:
    """They are bytes to the shell."""
    with start("--tenants", b"(\xff".decode(errors="surrogateescape")) as process:
        _, err = process.communicate()
    assert process.returncode == 1
    assert b"Traceback" not in err


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_who_has_left_is_no_error(stream: str) -> None:
    """`| head` changes neither what is done nor the exit code."""
    reading, writing = os.pipe()
    os.close(reading)
    process = start(stdout=writing) if stream == "stdout" else start(stderr=writing)
    os.close(writing)
    with process:
        _, err = process.communicate()
    assert process.returncode == 2
    assert b"Traceback" not in (err or b"")
    assert b"Exception" not in (err or b"")


def test_a_full_disk_is_an_error() -> None:
    """What was to be read is not there."""
    with Path("/dev/full").open("wb") as full, start(stdout=full, notice="") as process:
        _, err = process.communicate()
    assert process.returncode == 1
    assert err.startswith(b"Error: The output cannot be written: No space left")
    assert b"Traceback" not in err


def test_an_error_is_folded_on_a_terminal_and_a_line_elsewhere() -> None:
    """Between words; a command that is to be typed stays whole."""
    sentence = "The tenants have three shapes, and none was named."
    remedy = "Name one of them, as `diffapply survey --verbose` lists them."
    drift = f"from diffapply.errors import UsageError; raise UsageError({sentence!r}, {remedy!r})"
    with start(drift=drift, notice="") as process:
        _, err = process.communicate()
    assert err.decode() == f"Error: {sentence}\nNothing was done. {remedy}\n"
    assert _on_a_terminal(drift, columns=44) == (
        "Error: The tenants have three shapes, and\n"
        "none was named.\n"
        "Nothing was done. Name one of them, as\n"
        "`diffapply survey --verbose` lists them.\n"
    )


def test_a_warning_is_folded_on_a_terminal_and_shown_without_its_escapes() -> None:
    """As an error is."""
    text = "diffapply: the journal belongs to b\x1b[2Jb; it is ignored (see docs/role.md)."
    drift = f"import logging; logging.getLogger('diffapply.opening').warning({text!r})"
    assert _on_a_terminal(drift, columns=40) == (
        "diffapply: the journal belongs to\nb\\x1b[2Jb; it is ignored (see\ndocs/role.md).\n"
    )


def test_a_script_is_shown_without_its_escapes_on_a_terminal() -> None:
    """In a file or a pipe, its literals are as they are."""
    script = "from diffapply.cli.terminal import write_document; write_document('a\\x1b[2J\\n')"
    command = [sys.executable, "-c", script]
    reading, terminal = os.openpty()
    subprocess.run(command, stdout=terminal, check=True)
    os.close(terminal)
    assert _read(reading) == "a\\x1b[2J\n"
    assert subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout == b"a\x1b[2J\n"


def test_no_columns_are_no_reason_to_write_nothing() -> None:
    """Some CI systems say COLUMNS=0."""
    with start(notice="", environ={**os.environ, "COLUMNS": "0"}) as none, start(notice="") as some:
        assert none.communicate() == some.communicate() != (b"", b"")


def test_neither_are_they_for_a_page() -> None:
    """Which is laid out on a terminal, as with 80 columns."""
    none, some = (_page_on_a_terminal(columns) for columns in ("0", "80"))
    assert none == some
    assert "Which role to use" in none


def _page_on_a_terminal(columns: str) -> str:
    reading, terminal = os.openpty()
    command = [sys.executable, "-m", "diffapply.main", "docs"]
    environ = {**os.environ, "COLUMNS": columns, "TERM": "xterm"}
    with subprocess.Popen(command, stdout=terminal, env=environ):
        os.close(terminal)
        return _read(reading)


def _on_a_terminal(drift: str, columns: int) -> str:
    """What a command writes to standard error, if that is a terminal of so many columns."""
    reading, terminal = os.openpty()
    termios.tcsetwinsize(terminal, (24, columns))
    environ = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    with start("--format", "json", drift=drift, notice="", environ=environ, stderr=terminal) as its:
        os.close(terminal)
        its.communicate()
    return _read(reading)


def _read(reading: int) -> str:
    """What was written to a terminal, until it is closed."""
    told = b""
    with suppress(OSError):  # the terminal is closed
        while part := os.read(reading, 4096):
            told += part
    os.close(reading)
    return told.decode().replace("\r\n", "\n")


@pytest.mark.usefixtures("signals_heard")
def test_ctrl_c_is_a_sentence() -> None:
    """Exit 1, not a traceback."""
    work = "print('working', flush=True); time.sleep(60)"
    with start(drift=work, notice="") as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"working\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert err == b"Error: Interrupted; no tenant is left half-changed.\n"


@pytest.mark.parametrize(
    "closed",
    [
        *(">&- 2>&-", "<&-"),
        *(pytest.param(one, marks=pytest.mark.prove) for one in (">&-", "2>&-")),
    ],
)
def test_closed_streams_are_no_error(closed: str) -> None:
    """As a daemon has them."""
    script = SCRIPT.format(path=sys.path, drift="pass", report="DRIFT", notice="")
    process = subprocess.run(
        ["sh", "-c", f'"$0" -c "$1" {closed}', sys.executable, script],
        capture_output=True,
        check=False,
    )
    assert process.returncode == 2
    assert process.stderr == b""


def test_no_traceback_without_an_exception(tmp_path: Path) -> None:
    """What is wrong may be no exception; neither is it one in the log file."""
    log = tmp_path / "run.log"
    drift = "from diffapply.cli.terminal import complain; complain('So it is.', 'Change it.')"
    with start("--debug", "--log-file", str(log), drift=drift, notice="") as process:
        _, err = process.communicate()
    assert err.endswith(b"\nError: So it is.\nChange it.\n")
    assert log.read_text().endswith(" Error: So it is.\nChange it.\n")
    assert b"NoneType" not in err
