"""Finds a Python that has Alembic."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def python_with_alembic() -> str | None:
    """The Python that diffapply runs in, or that of the active virtual environment."""
    for python in _pythons():
        with suppress(OSError, subprocess.SubprocessError):  # the next one may do
            found = subprocess.run(
                [python, "-c", "import alembic"], check=False, capture_output=True, timeout=60
            )
            if found.returncode == 0:
                return python
    return None


def _pythons() -> Iterator[str]:
    yield sys.executable
    if (active := os.environ.get("VIRTUAL_ENV")) and active != sys.prefix:
        yield str(Path(active) / "bin" / "python")
