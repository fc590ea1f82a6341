"""Finds the folder in which a project keeps Alembic's revisions. Runs none of its code.

All commands find the same: that of the nearest alembic.ini, here or above; or else those in the
folders below the project.
"""

import configparser
import logging
import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from diffapply.config import own_files
from diffapply.errors import UsageError
from diffapply.setup.sources import folders_of

_log = logging.getLogger("diffapply")

_INI = "alembic.ini"
_MOST_FOLDERS = 5_000


@dataclass(frozen=True, slots=True)
class AlembicFolder:
    """Where Alembic's revisions are.

    Attributes:
        label: as people name it.
        ini: the alembic.ini; None if there is none.
        scripts: the folder with env.py; None if only Alembic finds it.
    """

    label: str
    ini: Path | None = None
    scripts: Path | None = None

    @property
    def start(self) -> Path:
        """The folder in which Alembic is run."""
        return self.ini.parent if self.ini else Path.cwd()


def named_alembic(given: Path) -> AlembicFolder:
    """The folder that the user names: an alembic.ini, or the folder of one, or of its env.py.

    Raises:
        UsageError: there are no revisions.
    """
    for ini in (given / _INI, given.parent / _INI) if given.is_dir() else (given,):
        if ini.is_file():
            return AlembicFolder(str(given), ini.absolute(), _scripts(ini.absolute()))
    if (given / "env.py").is_file():
        return AlembicFolder(str(given), scripts=given.absolute())
    raise UsageError(
        f"There is neither an alembic.ini nor an env.py in {given}, which --alembic names.",
        "Name the folder that has one of them.",
    )


def find_alembic(start: Path, project: Path | None) -> tuple[AlembicFolder, ...]:
    """The folder of the nearest alembic.ini, or else all those that the project has.

    Args:
        start: where to begin looking, upwards to the root of the repository.
        project: the folder to look below; None: start is in no project, so look nowhere else.
    """
    start = start.absolute()
    if (ini := own_files.nearest(start, _INI)) is not None:
        own = _is_own(ini, start)
        return (AlembicFolder(_label(ini, start), ini, _scripts(ini)),) if own else ()
    if project is None:
        return ()
    folders = [*islice(folders_of(project), _MOST_FOLDERS)]
    inis = [its / _INI for its in folders if (its / _INI).is_file() and _is_own(its / _INI, start)]
    found = [AlembicFolder(_label(ini, start), ini.absolute(), _scripts(ini)) for ini in inis]
    if found := [its for its in found if its.scripts is not None]:
        return tuple(found)
    alike = [its for its in folders if _is_alike(its) and _is_own(its / "env.py", start)]
    return tuple(AlembicFolder(_label(its, start), scripts=its.absolute()) for its in alike)


def project_of(start: Path, settings_file: Path) -> Path | None:
    """The folder of the settings, or of those that could be here; None outside of all projects."""
    folders = (start, *start.parents)
    known = settings_file.is_file() or any((folder / ".git").exists() for folder in folders)
    return settings_file.parent if known else None


def _is_own(path: Path, start: Path) -> bool:
    """Whether the file, which is Python that is run or names it, is the user's own."""
    if reason := own_files.why_not_own(path, start):
        _log.warning("Alembic's revisions are passed over: %s %s.", path, reason)
    return not reason


def _label(path: Path, start: Path) -> str:
    return os.path.relpath(path, start)


def _scripts(ini: Path) -> Path | None:
    """The folder with env.py: that which the file names, its own, or the only one below it."""
    for folder in (_named_in(ini), ini.parent):
        if folder is not None and (folder / "env.py").is_file():
            return folder
    below = islice(folders_of(ini.parent), _MOST_FOLDERS)
    alike = [folder for folder in below if _is_alike(folder)]
    return alike[0] if len(alike) == 1 else None


def _named_in(ini: Path) -> Path | None:
    """The folder that the file names as the place of its scripts."""
    reader = configparser.ConfigParser({"here": str(ini.parent)}, interpolation=None)
    try:
        if not reader.read(ini, encoding="utf-8"):
            return None
        named = reader["alembic"]["script_location"]
    except (OSError, ValueError, KeyError, configparser.Error):
        return None
    return ini.parent / named.replace("%(here)s", str(ini.parent))


def _is_alike(folder: Path) -> bool:
    return (folder / "versions").is_dir() and (folder / "env.py").is_file()
