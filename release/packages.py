"""Builds wheel and sdist from what git knows, so that nothing else gets into them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
_BUILD = """
import sys
from setuptools import build_meta
into = sys.argv[1]  # setuptools changes sys.argv
print(build_meta.build_sdist(into))
print(build_meta.build_wheel(into))
"""


def build(into: Path) -> tuple[Path, Path]:
    """Build sdist and wheel; equal sources give equal files.

    Args:
        into: the folder for them; need not exist.

    Returns:
        The sdist and the wheel.
    """
    into.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        for name in _git("ls-files", "-z").split("\0"):
            if (source := ROOT / name).is_file():
                copy = Path(folder) / name
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, copy)
        built = subprocess.run(
            [sys.executable, "-c", _BUILD, str(into.resolve())],
            cwd=folder,
            # Of files within the packages: the time of the commit.
            env=os.environ | {"SOURCE_DATE_EPOCH": _git("log", "-1", "--format=%ct").strip()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if built.returncode:
        sys.exit(f"The packages cannot be built:\n{built.stdout}")
    names = [line for line in built.stdout.splitlines() if line.startswith("diffapply-")]
    sdist, wheel = (into / name for name in (names[-2], names[-1]))
    return sdist, wheel


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
