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
                    text = source.read_text(encoding="utf-8")
                    copy.write_text(for_the_site(text, source), "utf-8")


def for_the_site(text: str, page: Path) -> str:
    """A page as the generator needs it.

    GitHub wants a backslash before a bar in the code of a table; the generator shows it. The
    options of a command go over several lines there. A link says the title of the page that it
    leads to, and not the name of its file.
    """
    text = re.sub(
        r"^\|.*",
        lambda row: re.sub("`[^`]*`", lambda code: _in_a_table(code[0]), row[0]),
        text,
        flags=re.MULTILINE,
    )
    return re.sub(r"\[([\w./-]+\.md)\]\(\1\)", lambda link: _titled(link[1], page), text)


def _in_a_table(code: str) -> str:
    return code.replace(r"\|", "|").replace(" [", "` `[")


def _titled(link: str, page: Path) -> str:
    target = page.parent / link
    title = re.match(r"# (.+)", target.read_text(encoding="utf-8")) if target.is_file() else None
    return f"[{title[1] if title else link}]({link})"


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
