"""The options that several commands have, and how options become settings."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from typer import BadParameter, Exit, Option

from diffapply.cli import diagnostics
from diffapply.cli.formats import Formats
from diffapply.cli.setting_options import COMMON, OPTIONS
from diffapply.config import Settings, load, tell_misspelt
from diffapply.config.reports import require_format, require_usable
from diffapply.errors import DesiredStateError, UsageError

if TYPE_CHECKING:
    from diffapply.model.hazards import HazardCode
    from diffapply.render.terminal.layout import Detail

Backward = Annotated[
    bool,
    Option("--backward", help="Undo one run: the newest that is not undone yet."),
]
To = Annotated[
    int | None,
    Option("--to", metavar="RUN", help="With --backward: undo RUN and all later runs."),
]
Provisioned = Annotated[
    bool,
    Option(
        "--provisioned",
        help="With --backward: also undo `provision` and sign-ups; this removes everything in "
        "those tenants.",
    ),
]
With = Annotated[
    Path | None,
    Option(
        "--with",
        metavar="FILE",
        help="Your own statements: to change rows on the way, for blocked transitions, or in place "
        "of what diffapply proposes. They are rehearsed like all others.",
    ),
]
Allow = Annotated[
    list[str] | None,
    Option(
        "--allow",
        metavar="CODE",
        help="Allow what statements with this hazard code lose, such as DROPS_COLUMN, and nothing "
        "else. Repeatable.",
    ),
]
Verbose = Annotated[
    bool, Option("--verbose", "-v", help="Show the names of all tenants, and leave nothing out.")
]


class By(StrEnum):
    """What a result is told by."""

    SHAPE = "shape"
    OBJECT = "object"

    @property
    def detail(self) -> "Detail":
        """The same for a layout."""
        return "object" if self is By.OBJECT else "shape"


# Its name has changed between versions of Typer, and once it was click's; BadParameter has not.
CommandLineError: Any = next(kind for kind in BadParameter.__mro__ if kind.__base__ is Exception)
"""What Typer raises when a command line is wrong."""

INTERRUPTED = 130
"""The exit code of an interruption within Typer; `outcome` replaces it."""

Command = Callable[..., int]
"""Takes the options, returns the exit code."""


def with_settings(
    names: Collection[str],
    formats: Formats | None = None,
    *,
    needing: Mapping[str, str] = MappingProxyType({}),
) -> Callable[[Command], Command]:
    """Give a command options for settings, and pass it the settings as first argument.

    Args:
        names: of those that change what the command does, besides those of all commands.
        formats: of its result; None: it has text alone.
        needing: setting → the command's own flag without which it changes nothing.
    """
    options = {name: its for name, its in OPTIONS.items() if name in COMMON or name in names}
    if formats:
        options |= _of_formats(formats.names)

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_options(**given: Any) -> int:  # noqa: ANN401 - values of any type, from Typer
            flags = {name: given.pop(name) for name in options}
            for name, flag in needing.items():
                if flags[name] and not given[flag]:
                    raise UsageError(f"--{name} needs --{flag}.")
            settings = _loaded(flags, formats)
            diagnostics.begin(settings)
            tell_misspelt(os.environ)
            try:
                return command(settings, **given)
            except SystemExit:
                raise DesiredStateError(
                    "The desired state tried to end the process (SystemExit).", outcome=""
                ) from None
            except KeyboardInterrupt:  # an older Typer would write an empty line
                raise Exit(INTERRUPTED) from None

        _, *own = signature(command).parameters.values()
        parameters = [*own, *(_option(name, annotation) for name, annotation in options.items())]
        # Typer reads the options of a command from its signature.
        with_options.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        with_options.__annotations__ = {p.name: p.annotation for p in parameters}
        return with_options

    return decorate


def _of_formats(offered: Sequence[str]) -> dict[str, Any]:
    """The options of a command that offers several formats."""
    return {
        "format": Annotated[
            str | None,
            Option(
                "--format",
                metavar="|".join(offered),
                help="Output format (default: text).",
                autocompletion=lambda: [*offered],
            ),
        ],
        "reports": Annotated[
            list[str] | None,
            Option(
                "--report",
                metavar="KIND:FILE",
                help=f"Also write the result to FILE, as KIND: {', '.join(offered)}. Repeatable.",
            ),
        ],
    }


def _loaded(flags: Mapping[str, Any], formats: Formats | None) -> Settings:
    settings = load(flags, os.environ, Path.cwd())
    if formats is None:  # what is set for other commands does not concern it
        return replace(settings, format="text", reports=())
    require_format(settings.format, formats.names)
    require_usable(settings.reports, formats.names)
    return settings


def _option(name: str, annotation: object) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def codes_of(names: Sequence[str]) -> "list[HazardCode]":
    """The hazards of these names. Raises `UsageError` if one needs no consent."""
    from diffapply.model.hazards import HazardCode  # noqa: PLC0415 - where it is needed

    asking = {its.name: its for its in HazardCode if its.needs_consent}
    if unknown := [name for name in names if name not in asking]:
        raise UsageError(
            f"No hazard that needs consent has the code {unknown[0]!r} of --allow.",
            f"These do: {', '.join(asking)}.",
        )
    return [asking[name] for name in names]


def require_backward(to: int | None, *, provisioned: bool, backward: bool) -> None:
    """Refuse options that only `--backward` has, without it."""
    for option, given in (("--to", to is not None), ("--provisioned", provisioned)):
        if given and not backward:
            raise UsageError(f"{option} needs --backward.")


def require_plan_file_alone(user_statements: Path | None, *, backward: bool) -> None:
    """Refuse options that say how to make a plan, beside the file of one."""
    if user_statements is not None:
        raise UsageError(
            "PLANFILE and --with exclude each other: a plan file is applied as it is.",
            "Give --with to `diffapply plan` when you make the file.",
        )
    if backward:
        raise UsageError(
            "PLANFILE and --backward exclude each other: a plan file has its own direction.",
            "Give one of them.",
        )
