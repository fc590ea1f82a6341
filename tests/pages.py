"""Runs what a page of the documentation shows, as its reader would, and compares what it prints.

    ```python title="app/models.py"     a file: written as it stands; ", at the end": added to it
    ```console                          a session: what follows `$ ` is typed, the rest is printed
    $ diffapply drift  # exits 2        the exit code is 0 unless a comment says another one

In what is printed, `…` stands for any text, and on a line of its own for any lines. If nothing is
shown, anything may be printed. Blocks of other languages, `text` among them, are not run.
"""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

EXAMPLE_URL = "postgresql://app@db.example/app"
_VARIABLE = "DATABASE_URL"
_NAMING = f"export {_VARIABLE}={EXAMPLE_URL}"
"""The database that pages name; the test's own takes its place."""
_AT_THE_END = ", at the end"
_INSTALLING = ("pip install ",)
"""Tested by installing the wheel; see tests/acceptance/test_release.py."""


@dataclass(frozen=True)
class File:
    """A file that the reader writes, or adds to."""

    name: str
    text: str
    added: bool


@dataclass(frozen=True)
class Command:
    """A command that the reader types.

    Attributes:
        line: of the page, to find it.
        printed: what the page shows of it; None: nothing.
    """

    line: int
    text: str
    code: int
    printed: str | None


class NotAsShownError(AssertionError):
    """A command ended or printed otherwise than the page shows."""


def steps(page: str) -> Iterator[File | Command]:
    """The files and commands of a page, in order."""
    for token in MarkdownIt().parse(page):
        if token.type != "fence" or token.map is None:
            continue
        language, _, rest = token.info.partition(" ")
        if language == "console":
            yield from _commands(token.content, token.map[0] + 2)
        elif title := re.search('title="([^"]+)"', rest):
            name = title[1].removesuffix(_AT_THE_END)
            yield File(name, token.content, added=title[1].endswith(_AT_THE_END))


def run(
    page: Path, folder: Path, environment: Mapping[str, str], url: str, beside: str = ""
) -> list[str]:
    """Do what a page shows, in one shell.

    Args:
        page: in Markdown.
        folder: where to do it.
        environment: of the shell.
        url: takes the place of `EXAMPLE_URL`; empty: the variable with it is not set.
        beside: how a line begins that a command may print first, and that the page does not show.

    Returns:
        The commands that were run.

    Raises:
        NotAsShownError: says where, and what came instead.
    """
    results = folder / ".results"
    results.mkdir()
    lines, commands = [], []
    for number, step in enumerate(steps(page.read_text(encoding="utf-8"))):
        if isinstance(step, File):
            text = step.text.replace(EXAMPLE_URL, url)
            (results / f"{number}.file").write_text(text)
            lines += _writing(step, results / f"{number}.file")
        elif not step.text.startswith(_INSTALLING):
            commands.append((results / str(number), step))
            named = _NAMING if url else f"unset {_VARIABLE}"
            typed = step.text.replace(_NAMING, named).replace(EXAMPLE_URL, url)
            lines.append(f"{{ {typed}\n}} > {results / str(number)} 2>&1 < /dev/null; code=$?")
            lines.append(f"echo $code > {results / str(number)}.code")
            lines.append(f"[ $code = {step.code} ] || exit")
    subprocess.run(
        ["bash", "-c", "\n".join(lines)], cwd=folder, env={**environment}, check=False, timeout=850
    )
    for result, command in commands:
        _compare(page, command, result, beside)
    return [command.text for _, command in commands]


def _commands(session: str, line: int) -> Iterator[Command]:
    for part in re.split(r"^(?=\$ )", session, flags=re.MULTILINE):
        if part.startswith("$ "):
            typed, *printed = part.removeprefix("$ ").splitlines()
            while typed.endswith("\\"):
                typed += "\n" + printed.pop(0)
            exits = re.search(r"# exits (\d)$", typed)
            text = "\n".join(printed).strip("\n")
            yield Command(line, typed, int(exits[1]) if exits else 0, text or None)
        line += part.count("\n")


def _writing(file: File, source: Path) -> list[str]:
    name = shlex.quote(file.name)
    how = ">>" if file.added else ">"
    return [f"mkdir -p $(dirname {name})", f"cat {source} {how} {name}"]


def _compare(page: Path, command: Command, result: Path, beside: str) -> None:
    where = f"{page.name}:{command.line}: $ {command.text}"
    ended = result.with_name(f"{result.name}.code")
    if not ended.exists():
        raise NotAsShownError(f"{where}\nwas not reached, or ended the shell.")
    printed = result.read_text(encoding="utf-8")
    if beside and printed.startswith(beside):
        printed = printed.partition("\n")[2]
    code = int(ended.read_text())
    if code != command.code:
        raise NotAsShownError(f"{where}\nended with {code}:\n{printed}")
    if command.printed is not None and not is_shown(command.printed, printed):
        raise NotAsShownError(f"{where}\nis shown to print\n{command.printed}\nbut does\n{printed}")


def is_shown(shown: str, printed: str) -> bool:
    """Whether that was printed, but for what `…` leaves out."""
    pattern = ""
    for line in shown.splitlines():
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(map(re.escape, line.rstrip().split("…"))) + r"[ ]*\n"
    return re.fullmatch(pattern, printed.strip("\n") + "\n") is not None


def environment_for(url: str, bin_folders: list[Path], home: Path) -> dict[str, str]:
    """A reader's environment: a database, if one is given, the programs, and nothing of ours."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "DIFFAPPLY_", "DATABASE_URL", "PYTHON", "VIRTUAL_ENV"))
    }
    named = {"DATABASE_URL": url} if url else {}
    path = os.pathsep.join([*map(str, bin_folders), ours["PATH"]])
    return {**ours, **named, "PATH": path, "HOME": str(home), "COLUMNS": "80"}
