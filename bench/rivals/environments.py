"""Environments of their own for rivals that would not get along with ours."""

import subprocess
import venv
from pathlib import Path

from diffapply.errors import DiffapplyError

_ROOT = Path(__file__).parents[2]
_CACHE = _ROOT / ".bench"
_PINS = Path(__file__).with_name("constraints.txt")


class MissingRivalError(DiffapplyError):
    """The rival cannot be had here."""


def environment(name: str, *requirements: str) -> Path:
    """The Python of an environment that has the requirements; made when it is first asked for.

    Raises:
        MissingRivalError: they cannot be installed.
    """
    folder = _CACHE / name
    python, ready = folder / "bin" / "python", folder / "ready"
    pins = _PINS.read_text(encoding="utf-8")
    if not ready.exists() or ready.read_text(encoding="utf-8") != pins:
        try:
            venv.create(folder, clear=True, with_pip=True)
            install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run(
                [python, *install, "--constraint", _PINS, *requirements],
                capture_output=True,
                text=True,
                check=True,
            )
        except subprocess.CalledProcessError as error:
            lines = str(error.stderr or error.stdout or error).strip().splitlines()
            raise MissingRivalError(f"cannot be installed: {lines[-1]}") from error
        ready.write_text(pins, encoding="utf-8")
    return python
