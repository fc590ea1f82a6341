"""Builds the site into build/docs, or serves it: ``python -m docsite [--serve]``.

The pages are those of the repository, at the places that they have there, so that links between
them are the same on the site and in a checkout.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

from docsite.links import broken

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "docs"
"""As zensical.toml says."""
_PAGES = (
    "*.md",
    "LICENSE",
    "action.yml",
    "Dockerfile",
    "packages/*",
    "docs/**/*",
    "docsite/*.css",
    "examples/*/README.md",
    "tests/acceptance/quality/*.md",
)


def gather() -> None:
    """Copy all pages to where the generator reads them."""
    pages = BUILD / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    for pattern in _PAGES:
        for source in ROOT.glob(pattern):
            if source.is_file():
                copy = pages / source.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)
                if source.suffix == ".md":
                    copy.write_text(_for_the_site(source.read_text(encoding="utf-8")), "utf-8")


def _for_the_site(text: str) -> str:
    """GitHub wants a backslash before a bar in the code of a table; the generator shows it."""
    return re.sub(
        r"^\|.*",
        lambda row: re.sub("`[^`]*`", lambda code: code[0].replace(r"\|", "|"), row[0]),
        text,
        flags=re.MULTILINE,
    )


def main() -> None:
    """Read the command line, and do it."""
    parser = argparse.ArgumentParser(description="Build the documentation site.")
    parser.add_argument("--serve", action="store_true", help="then serve it, until Ctrl-C")
    given = parser.parse_args()
    gather()
    zensical = [sys.executable, "-m", "zensical"]
    built = subprocess.run([*zensical, "build", "--strict", "--clean"], cwd=ROOT, check=False)
    if built.returncode:
        sys.exit(built.returncode)
    if found := list(broken(BUILD / "html")):
        sys.exit("\n".join(["Links that lead nowhere:", *found]))
    print(f"The site is in {(BUILD / 'html').relative_to(ROOT)}.")
    if given.serve:
        subprocess.run([*zensical, "serve"], cwd=ROOT, check=False)


if __name__ == "__main__":
    main()
