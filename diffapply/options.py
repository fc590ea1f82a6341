"""The options that commands share, declared once, and the settings that they make."""

import os
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any

from typer import BadParameter, Exit, Option

from diffapply.config import load
from diffapply.errors import UsageError

_SHARED: dict[str, object] = {
    "database_url": Annotated[
        str | None,
        Option(
            "--database-url",
            metavar="URL",
            help="Database, as libpq or SQLAlchemy URL; also DATABASE_URL. Without one, diffapply "
            "runs an embedded server.",
        ),
    ],
    "desired": Annotated[
        list[str] | None,
        Option(
            "--desired",
            metavar="WHAT",
            help="path.py:attribute, package.module:attribute, file.sql or a folder of .sql files "
            "(default: schema/desired.py:metadata); repeatable, each built after the one before.",
        ),
    ],
    "tenants": Annotated[
        str | None,
        Option(
            "--tenants",
            metavar="REGEX",
            help=r"What a tenant's whole name matches (default: ^user_\d+$).",
        ),
    ],
    "tenants_query": Annotated[
        str | None,
        Option("--tenants-query", metavar="SQL", help="A query that names the tenants instead."),
    ],
    "templates": Annotated[
        list[str] | None,
        Option(
            "--template",
            metavar="SCHEMA",
            help="A schema that also gets the desired objects, its others left alone; repeatable.",
        ),
    ],
    "tenant_token": Annotated[
        str | None,
        Option(
            "--tenant-token",
            metavar="NAME",
            help="The schema name in the metadata that stands for the tenant.",
        ),
    ],
    "schemaless": Annotated[
        str | None,
        Option(
            "--schemaless",
            metavar="tenant|shared",
            help="Whose those tables and types in the metadata are that name no schema "
            "(default: tenant).",
        ),
    ],
    "search_path": Annotated[
        list[str] | None,
        Option(
            "--search-path",
            metavar="SCHEMA",
            help="A schema that the application has behind the tenant on its search path; "
            "repeatable, in order (default: what the role's own search_path has, mostly public).",
        ),
    ],
    "only": Annotated[
        list[str] | None,
        Option("--only", metavar="GLOB", help="Only tenants that match; repeatable."),
    ],
    "exclude": Annotated[
        list[str] | None,
        Option("--exclude", metavar="GLOB", help="No tenants that match; repeatable."),
    ],
    "allow_none": Annotated[
        bool | None, Option("--allow-none", help="It is all right if no tenant matches.")
    ],
    "privileges": Annotated[
        bool | None, Option("--privileges", help="Compare owners and grants, too.")
    ],
    "trust_tenants": Annotated[
        bool | None,
        Option(
            "--trust-tenants",
            help="Let the code of objects that belong to others run with all rights that you have.",
        ),
    ],
    "full": Annotated[
        bool | None,
        Option("--full", help="Read every tenant anew, whatever is remembered of it."),
    ],
    "scratch_url": Annotated[
        str | None,
        Option(
            "--scratch-url",
            metavar="URL",
            help="An empty database to rehearse in, where none may be created.",
        ),
    ],
}
_ROLLOUT: dict[str, object] = {
    "jobs": Annotated[
        int | None, Option("--jobs", metavar="N", help="Tenants at a time (default: 4).")
    ],
    "lock_timeout": Annotated[
        float | None,
        Option(
            "--lock-timeout",
            metavar="SECONDS",
            help="How long to wait for locks before a tenant is put off (default: 0.3); at most a "
            "third of the server's deadlock_timeout, so that no query of an application dies.",
        ),
    ],
}

_LOCKS = {"lock_timeout"}

# Typer's name for it has changed, and once it was click's; a wrong parameter has always been one.
CommandLineError: Any = next(kind for kind in BadParameter.__mro__ if kind.__base__ is Exception)
"""What Typer raises when a command line is wrong."""

INTERRUPTED = 130
"""The exit code that says so within Typer; nobody else sees it."""

Command = Callable[..., int]
"""Takes its options, and returns the exit code."""


def with_settings(
    *formats: str, rollout: bool = False, locks: bool = False
) -> Callable[[Command], Command]:
    """Give a command the options for all settings; its first argument is what they make.

    Args:
        formats: in which the command can show its result.
        rollout: whether it changes tenants, so that it also takes the options for that.
        locks: whether, of those, it takes what concerns locks alone.
    """
    offered = "|".join(formats)
    shown = Annotated[
        str | None, Option("--format", metavar=offered, help="How to show it (default: text).")
    ]
    more = {name: _ROLLOUT[name] for name in _ROLLOUT if rollout or (locks and name in _LOCKS)}
    options = _SHARED | more | {"format": shown}

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_options(**given: Any) -> int:  # noqa: ANN401 - whatever Typer makes of them
            flags = {name: given.pop(name) for name in options}
            settings = load(flags, os.environ, Path.cwd())
            if settings.format not in formats:
                raise UsageError(
                    f"There is no format {settings.format!r} here.",
                    f"The formats of this command are: {', '.join(formats)}.",
                )
            try:
                return command(settings, **given)
            except KeyboardInterrupt:  # an older Typer writes an empty line for it, on its own
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
