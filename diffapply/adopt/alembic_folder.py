"""Finds the folder of Alembic's revisions, and a Python that has Alembic."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from diffapply.errors import UsageError

_INI = "alembic.ini"


@dataclass(frozen=True, slots=True)
class AlembicFolder:
    """Where Alembic's revisions are.

    Attributes:
        label: as people name it.
        ini: the alembic.ini; None if there is none.
        scripts: the folder with env.py, without an alembic.ini.
    """

    label: str
    ini: Path | None = None
    scripts: Path | None = None

    @property
    def start(self) -> Path:
        """The folder in which Alembic is run."""
        return self.ini.parent if self.ini else Path.cwd()


def find_alembic(given: Path | None, start: Path) -> AlembicFolder | None:
    """The folder that was named, or that of the nearest alembic.ini.

    Args:
        given: as the user named it; None: look for one.
        start: where to begin looking, upwards to the root of the repository.

    Raises:
        UsageError: there are no revisions in the folder that was named.
    """
    if given is None:
        ini = _nearest(start.absolute())
        return AlembicFolder(os.path.relpath(ini, start), ini) if ini else None
    for ini in (given / _INI, given.parent / _INI) if given.is_dir() else (given,):
        if ini.is_file():
            return AlembicFolder(str(given), ini.absolute())
    if (given / "env.py").is_file():
        return AlembicFolder(str(given), scripts=given.absolute())
    raise UsageError(
        f"There is neither an alembic.ini nor an env.py in {given}, which --alembic names.",
        "Name the folder that has one of them.",
    )


def _nearest(start: Path) -> Path | None:
    with suppress(OSError):  # a folder above that we may not look into
        for folder in (start, *start.parents):
            if (candidate := folder / _INI).is_file():
                # It names Python that is run: above, it must be the user's own.
                own = folder == start or candidate.stat().st_uid in {0, os.geteuid()}
                return candidate if own else None
            if (folder / ".git").exists():
                break
    return None


def python_with_alembic() -> str | None:
    """The Python that diffapply runs in, or that of the active virtual environment."""
    with suppress(OSError, subprocess.SubprocessError):
        for python in _pythons():
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
