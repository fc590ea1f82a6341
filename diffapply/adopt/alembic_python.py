"""Finds a Python that has Alembic."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_LOOK = "import sys; sys.path[:] = filter(None, sys.path); import alembic"
"""Not in the working folder: what is there may be called as modules of Python, or `alembic`."""


def python_with_alembic() -> str | None:
    """The Python that diffapply runs in, or that of the active virtual environment."""
    for python in _pythons():
        with suppress(OSError, subprocess.SubprocessError):  # the next one may do
            found = subprocess.run(
                [python, "-c", _LOOK], check=False, capture_output=True, timeout=60
            )
            if found.returncode == 0:
                return python
    return None


def _pythons() -> Iterator[str]:
    yield sys.executable
    if (active := os.environ.get("VIRTUAL_ENV")) and active != sys.prefix:
        yield str(Path(active) / "bin" / "python")
