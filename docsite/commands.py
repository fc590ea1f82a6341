"""The reference of commands, from what Typer knows of them."""

from collections.abc import Iterator
from enum import Enum
from inspect import signature
from typing import Any, get_args

from typer.main import get_command

from diffapply.config import SETTINGS
from diffapply.main import app

_HEAD = """# Commands

This page is made from the code (`make reference`). `diffapply COMMAND --help` says the same.

Most options of a command are [settings](settings.md), which the environment and `pyproject.toml`
can set, too. What a command has besides them stands here.
"""


def page() -> str:
    """The page, in Markdown."""
    group: Any = get_command(app)
    return "\n".join([_HEAD, *(text for its in all_commands(group) for text in _told(*its))])


def all_commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Name and command, for all; of a group, its own: `server stop`."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from all_commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _told(name: str, command: Any) -> Iterator[str]:  # noqa: ANN401 - Typer's, or click's
    yield f"## diffapply {name}\n"
    yield f"{command.help}\n"
    yield f"```text\ndiffapply {name} {' '.join(_usage(command))}\n```\n"
    own = [its for its in command.params if its.name not in SETTINGS and its.name != "help"]
    if own:
        yield "| option | what it does |\n|---|---|"
        yield from (
            f"| `{_spelled(its, _choices(command, its.name))}` | {_cell(its.help or '')} |"
            for its in own
        )
        yield ""
    settings = [f"`{its.opts[0]}`" for its in command.params if its.name in SETTINGS]
    if settings:
        yield f"Settings: {', '.join(settings)}.\n"
    if formats := [its.metavar for its in command.params if its.name == "format"]:
        yield f"Formats: `{'`, `'.join(formats[0].split('|'))}`.\n"


def _usage(command: Any) -> Iterator[str]:  # noqa: ANN401
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            several = "…" if parameter.nargs == -1 else ""
            word = f"{parameter.metavar or parameter.name.upper()}{several}"
            yield word if parameter.required else f"[{word}]"
    yield "[OPTIONS]"


def _spelled(parameter: Any, choices: list[str]) -> str:  # noqa: ANN401
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    names = ", ".join(parameter.opts)
    if parameter.is_flag:
        return names
    value = parameter.metavar or "|".join(choices) or "VALUE"
    return f"{names} {value}".replace("|", r"\|")


def _choices(command: Any, name: str) -> list[str]:  # noqa: ANN401
    """The values of an enum; versions of Typer keep them in different places."""
    annotation = signature(command.callback).parameters[name].annotation
    kinds = [
        annotation,
        *get_args(annotation),
        *(its for one in get_args(annotation) for its in get_args(one)),
    ]
    return [
        str(its.value)
        for kind in kinds
        if isinstance(kind, type) and issubclass(kind, Enum)
        for its in kind
    ]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")
