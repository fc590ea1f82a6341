"""Standard output and standard error as they come: closed, full, left, or in ASCII."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
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
