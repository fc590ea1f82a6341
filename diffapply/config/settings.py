"""The settings of a command, as a value."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from diffapply.config.reports import Report
from diffapply.config.sources import given_settings, tell_misspelt
from diffapply.config.values import (
    DEFAULT_DESIRED,
    DEFAULT_LOCK_TIMEOUT,
    DEFAULT_TENANTS,
    Manage,
    Schemaless,
)
from diffapply.config.variant import Variant

_SECRET = frozenset({"database_url", "scratch_url"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What every command needs to know.

    Attributes:
        database_url: the database, as a libpq or SQLAlchemy URL (for psycopg, psycopg2, asyncpg or
            pg8000); None: the embedded server.
        scratch_url: an empty database to use as scratch if CREATE DATABASE is not allowed.
        desired: ``path.py:attribute``, ``package.module:attribute``, ``file.sql`` or a folder; or
            several of these, built in this order.
        tenants: regular expression that a tenant's whole name must match.
        tenants_query: SQL that returns the names of the tenants instead.
        templates: schemas that also get the desired objects; their other objects are left alone.
        tenant_token: schema name in the desired state that stands for the tenant.
        schemaless: what names without a schema in the metadata belong to.
        search_path: the schemas after the tenant on the application's search path; None: those
            that a fresh session of the role searches in this database.
        ignore: patterns such as ``trigger:*.audit_*``; see docs/ignore.md.
        manage: ``declared``: leave alone views, routines, triggers and the like, if the desired
            state speaks of none.
        runtime_partitions: leave alone the partitions that the desired state does not declare.
        variants: tenant → its approved differences from the desired state; see docs/variants.md.
        only: globs; if there are any, a tenant must match one of them.
        exclude: globs; a tenant must match none of them.
        allow_none: succeed when no tenant matches.
        jobs: number of tenants to work on at once; each takes a connection.
        privileges: also compare owners and grants.
        trust_tenants: let code that belongs to other roles run with all rights of the connecting
            role.
        full: ignore all caches: read every tenant and rehearse every transition again.
        lock_timeout: seconds to wait for a lock before a tenant is tried again later; at most a
            third of the server's `deadlock_timeout` is used.
        max_failures: after this many failures, no further tenant is begun; None: all are tried.
        provision_like: the schema whose owners and grants new tenants get, and the objects in them;
            None: they belong to the connecting role, and have PostgreSQL's default grants.
        copy_rows: tables whose rows new tenants get, from the schema that `provision_like` names,
            or else from the first template.
        message: what a run is for, for the history; None: its goal and its git commit say that.
        format: output format of the command line; not every command has every format.
        quiet: show only errors; still write documents.
        debug: show every statement with its time, and tracebacks; never passwords.
        log_file: write what `debug` shows to this file, which only you may read.
        reports: files that get the result, too, each in a format.
    """

    database_url: str | None = None
    scratch_url: str | None = None
    desired: str | tuple[str, ...] = DEFAULT_DESIRED
    tenants: str = DEFAULT_TENANTS
    tenants_query: str | None = None
    templates: tuple[str, ...] = ()
    tenant_token: str | None = None
    schemaless: Schemaless = "tenant"
    search_path: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    manage: Manage = "everything"
    runtime_partitions: bool = False
    variants: Mapping[str, Variant] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    allow_none: bool = False
    jobs: int = 4
    lock_timeout: float = DEFAULT_LOCK_TIMEOUT
    max_failures: int | None = None
    privileges: bool = False
    trust_tenants: bool = False
    full: bool = False
    provision_like: str | None = None
    copy_rows: tuple[str, ...] = ()
    message: str | None = None
    format: str = "text"
    quiet: bool = False
    debug: bool = False
    log_file: str | None = None
    reports: tuple[Report, ...] = ()

    @classmethod
    def load(cls, folder: Path | None = None) -> "Settings":
        """The settings that a command line without options would have.

        They are read from the environment (`DATABASE_URL`, `DIFFAPPLY_…`) and from
        ``[tool.diffapply]`` in the nearest pyproject.toml. To change some of them, use
        `dataclasses.replace`.

        Args:
            folder: where to begin looking for pyproject.toml, upwards to the root of the
                repository; None: the current folder.

        Raises:
            UsageError: a value, a key or the file is wrong; names the place.
        """
        settings = load({}, os.environ, folder or Path.cwd())
        tell_misspelt(os.environ)
        return settings

    def __repr__(self) -> str:
        """All fields; of a URL only whether it is set, because it may contain a password."""
        shown = (
            f"{field.name}='***'"
            if field.name in _SECRET and getattr(self, field.name) is not None
            else f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)
        )
        return f"Settings({', '.join(shown)})"


def load(flags: Mapping[str, object], environ: Mapping[str, str], start: Path) -> Settings:
    """The settings for a command. Takes and raises what `given_settings` does."""
    return Settings(**given_settings(flags, environ, start))  # type: ignore[arg-type]  # their readers know the types
