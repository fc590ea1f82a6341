"""The reference of settings: what each is called, and where."""

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from functools import cache
from typing import Any

from typer.main import get_command

from diffapply.config import SETTINGS, Settings
from diffapply.main import app
from docsite.commands import all_commands
from docsite.docstrings import parsed

_HEAD = """# Settings

This page is made from the code (`make reference`).

A setting has the same name nearly everywhere: `lock-timeout` under `[tool.diffapply]` in
`pyproject.toml` is `DIFFAPPLY_LOCK_TIMEOUT` in the environment, `--lock-timeout` on the command
line, and `lock_timeout` in Python. Only `templates` and `reports` are given one by one, as
`--template` and `--report` (`DIFFAPPLY_TEMPLATE` and `DIFFAPPLY_TEMPLATES` both do).

An option wins over the environment, and the environment over the file. A command has the options
that change what it does; in the file and in the environment, all settings are valid for all
commands. In the environment, values of a list are separated by commas, and `1`, `true`, `yes`, `on`
mean yes. `DATABASE_URL` is read, too.

diffapply looks for `pyproject.toml` in the working directory and above, up to the root of the
repository. A path in that file is relative to the file.
"""


def page() -> str:
    """The page, in Markdown."""
    return "\n".join([_HEAD, *(text for field in fields(Settings) for text in _told(field))])


def _told(field: "Field[Any]") -> Iterator[str]:
    attributes = parsed(Settings.__doc__).sections["Attributes"]
    assert isinstance(attributes, dict)  # noqa: S101 - the type checker cannot know
    yield f"## {field.name.replace('_', '-')}\n"
    meaning = attributes[field.name].replace("None: ", "without it: ")
    yield f"{meaning[0].upper()}{meaning[1:]}\n".replace("``", "`")
    found = [option for _, option in _options() if option.name == field.name]
    if found:
        value = "" if found[0].is_flag else f" {found[0].metavar or 'VALUE'}"
        if field.name == "format":
            value = " FORMAT"
        yield f"- option: `{found[0].opts[0]}{value}`"
    if SETTINGS[field.name].in_files_alone:
        yield "- only in `pyproject.toml`, and in Python"
        yield "- default: none\n"
        return
    yield f"- environment: `DIFFAPPLY_{field.name.upper()}`"
    yield f"- default: {_default(field)}"
    commands = [name for name, option in _options() if option.name == field.name]
    yield f"- commands: {', '.join(commands) or 'only in files and the environment'}\n"


@cache
def _options() -> list[tuple[str, Any]]:
    """Command and option, for all."""
    group: Any = get_command(app)
    return [(name, its) for name, command in all_commands(group) for its in command.params]


def _default(field: "Field[Any]") -> str:
    if field.default in {None, MISSING, ()}:
        return "none"
    if isinstance(field.default, bool):
        return "yes" if field.default else "no"
    return f"`{field.default}`"
