"""The options that commands share, declared once, and how they become settings."""

import os
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import BadParameter, Exit, Option

from diffapply import diagnostics
from diffapply.config import known_envs, load
from diffapply.errors import DesiredStateError, UsageError
from diffapply.reports import require_format, require_usable

if TYPE_CHECKING:
    from diffapply.render.text import Detail

_SHARED: dict[str, object] = {
    "env": Annotated[
        str | None,
        Option(
            "--env",
            metavar="NAME",
            help="Use [tool.diffapply.env.NAME] of pyproject.toml over [tool.diffapply].",
            autocompletion=lambda: known_envs(Path.cwd()),
        ),
    ],
    "quiet": Annotated[
        bool | None,
        Option("--quiet", "-q", help="Tell only errors; documents are written all the same."),
    ],
    "debug": Annotated[
        bool | None,
        Option("--debug", help="Tell every statement and its time, and tracebacks; no passwords."),
    ],
    "log_file": Annotated[
        str | None,
        Option("--log-file", metavar="FILE", help="Add all that --debug tells to FILE."),
    ],
    "database_url": Annotated[
        str | None,
        Option(
            "--database-url",
            metavar="URL",
            help="Database to work on, as a libpq or SQLAlchemy URL; also DATABASE_URL (default: "
            "an embedded server that diffapply starts).",
        ),
    ],
    "desired": Annotated[
        list[str] | None,
        Option(
            "--desired",
            metavar="WHAT",
            help="Desired state: path.py:attribute, package.module:attribute, file.sql, or a "
            "folder of .sql files (default: schema/desired.py:metadata). Repeatable; built in this "
            "order.",
        ),
    ],
    "tenants": Annotated[
        str | None,
        Option(
            "--tenants",
            metavar="REGEX",
            help=r"Regular expression that a tenant's whole name matches (default: ^user_\d+$).",
        ),
    ],
    "tenants_query": Annotated[
        str | None,
        Option(
            "--tenants-query",
            metavar="SQL",
            help="Query that returns the names of the tenants; replaces --tenants.",
        ),
    ],
    "templates": Annotated[
        list[str] | None,
        Option(
            "--template",
            metavar="SCHEMA",
            help="Schema that also gets the desired objects; its other objects are left alone. "
            "Repeatable.",
        ),
    ],
    "tenant_token": Annotated[
        str | None,
        Option(
            "--tenant-token",
            metavar="NAME",
            help="Schema name in the desired state that stands for the tenant.",
        ),
    ],
    "schemaless": Annotated[
        str | None,
        Option(
            "--schemaless",
            metavar="tenant|shared",
            help="What tables and types without a schema belong to: to each tenant, or to all "
            "together (default: tenant).",
        ),
    ],
    "search_path": Annotated[
        list[str] | None,
        Option(
            "--search-path",
            metavar="SCHEMA",
            help="Schema after the tenant on the application's search path. Repeatable, in order "
            "(default: those of the role's own search_path, usually public).",
        ),
    ],
    "ignore": Annotated[
        list[str] | None,
        Option(
            "--ignore",
            metavar="KIND:NAME",
            help="Leave alone what matches, with all that belongs to it, such as "
            "'trigger:*.audit_*'. Repeatable; added to those in pyproject.toml. "
            "See docs/ignore.md.",
        ),
    ],
    "only": Annotated[
        list[str] | None,
        Option("--only", metavar="GLOB", help="Work only on tenants that match. Repeatable."),
    ],
    "exclude": Annotated[
        list[str] | None,
        Option("--exclude", metavar="GLOB", help="Leave out tenants that match. Repeatable."),
    ],
    "allow_none": Annotated[
        bool | None, Option("--allow-none", help="Succeed when no tenant matches.")
    ],
    "privileges": Annotated[
        bool | None, Option("--privileges", help="Also compare owners and grants.")
    ],
    "trust_tenants": Annotated[
        bool | None,
        Option(
            "--trust-tenants",
            help="Let code that belongs to other roles run with all your rights.",
        ),
    ],
    "full": Annotated[
        bool | None,
        Option(
            "--full",
            help="Ignore all caches: read every tenant and rehearse every transition again.",
        ),
    ],
    "scratch_url": Annotated[
        str | None,
        Option(
            "--scratch-url",
            metavar="URL",
            help="Empty database to rehearse in, if the role may not create one.",
        ),
    ],
}
_ROLLOUT: dict[str, object] = {
    "jobs": Annotated[
        int | None, Option("--jobs", metavar="N", help="Tenants to work on at once (default: 4).")
    ],
    "lock_timeout": Annotated[
        float | None,
        Option(
            "--lock-timeout",
            metavar="SECONDS",
            help="How long to wait for a lock before a tenant is tried again later (default: 0.3). "
            "At most a third of the server's deadlock_timeout, so that PostgreSQL cancels no query "
            "of the application.",
        ),
    ],
    "message": Annotated[
        str | None,
        Option(
            "--message",
            metavar="TEXT",
            help="What this run is for; `history` shows it (default: the desired state and its git "
            "commit).",
        ),
    ],
}

_CREATING = {"lock_timeout", "message"}

Backward = Annotated[
    bool,
    Option("--backward", help="Undo the newest run that is not undone yet; one run only."),
]
To = Annotated[
    int | None,
    Option("--to", metavar="RUN", help="With --backward: undo RUN and all later runs."),
]
Provisioned = Annotated[
    bool,
    Option(
        "--provisioned",
        help="With --backward: also undo `provision` and sign-ups. Their tenants become empty.",
    ),
]
With = Annotated[
    Path | None,
    Option(
        "--with",
        metavar="FILE",
        help="Your own statements for blocked transitions. They are rehearsed like all others.",
    ),
]
Verbose = Annotated[
    bool, Option("--verbose", "-v", help="Show the names of all tenants, and all notes.")
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
"""The exit code of an interruption within Typer; `main` replaces it."""

Command = Callable[..., int]
"""Takes the options, returns the exit code."""


def with_settings(
    *formats: str, rollout: bool = False, creating: bool = False
) -> Callable[[Command], Command]:
    """Give a command the options for all settings, and pass it the settings as first argument.

    Args:
        formats: the output formats of the command.
        rollout: the command changes tenants: add the options for that.
        creating: the command creates tenants: of these options, add those for that.
    """
    offered = "|".join(formats)
    shown = Annotated[
        str | None,
        Option(
            "--format",
            metavar=offered,
            help="Output format (default: text).",
            autocompletion=lambda: [*formats],
        ),
    ]
    more = {
        name: _ROLLOUT[name] for name in _ROLLOUT if rollout or (creating and name in _CREATING)
    }
    reported = Annotated[
        list[str] | None,
        Option(
            "--report",
            metavar="KIND:FILE",
            help=f"Also write the result to FILE, as KIND: {', '.join(formats)}. Repeatable.",
        ),
    ]
    options = _SHARED | more | {"format": shown}
    if len(formats) > 1:
        options["reports"] = reported

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_options(**given: Any) -> int:  # noqa: ANN401 - values of any type, from Typer
            flags = {name: given.pop(name) for name in options}
            settings = load(flags, os.environ, Path.cwd())
            require_format(settings.format, formats)
            require_usable(settings.reports, formats)
            diagnostics.begin(settings)
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


def _option(name: str, annotation: object) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


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
