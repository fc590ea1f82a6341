"""The options for settings, declared once, and which of them a command has.

A command has those that change what it does. In the environment and in pyproject.toml, all settings
are for all commands.
"""

from pathlib import Path
from typing import Annotated

from typer import Option

from diffapply.config import known_envs

OPTIONS: dict[str, object] = {
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
        Option("--quiet", "-q", help="Show only errors; still write documents."),
    ],
    "debug": Annotated[
        bool | None,
        Option(
            "--debug", help="Show every statement with its time, and tracebacks; never passwords."
        ),
    ],
    "log_file": Annotated[
        str | None,
        Option(
            "--log-file",
            metavar="FILE",
            help="Write what --debug shows to FILE, which only you may read.",
        ),
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
            "See `diffapply docs ignore`.",
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
    "jobs": Annotated[
        int | None, Option("--jobs", metavar="N", help="Tenants to work on at once (default: 4).")
    ],
    "lock_timeout": Annotated[
        float | None,
        Option(
            "--lock-timeout",
            metavar="SECONDS",
            help="How long to wait for a lock before a tenant is tried again later (default: 0.3). "
            "At most a third of the server's deadlock_timeout is used: so no query of the "
            "application is cancelled as a deadlock.",
        ),
    ],
    "max_failures": Annotated[
        int | None,
        Option(
            "--max-failures",
            metavar="N",
            help="Begin no further tenant when N have failed (default: all are tried). Those that "
            "are being changed are finished.",
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
"""Name of a setting → its option, in the order of the help."""

COMMON = frozenset({"env", "quiet", "debug", "log_file", "database_url", "trust_tenants"})
"""What all commands have that take settings."""
TENANTS = frozenset({"tenants", "tenants_query", "templates", "search_path", "only", "exclude"})
"""Which schemas are tenants, and which of these a command is about."""
COMPARING = frozenset({"ignore", "privileges", "scratch_url"})
"""What of a tenant counts, and where that is built."""
DESIRED = frozenset({"desired", "tenant_token", "schemaless"})
"""The desired state, and what its names mean."""
LOOKING = TENANTS | COMPARING | {"allow_none", "full"}
"""Those of commands that look at all tenants."""
PLANNING = LOOKING | DESIRED
"""Those of commands that set all tenants beside the desired state."""
WRITING = frozenset({"lock_timeout", "message"})
"""Those of commands that write to tenants."""
