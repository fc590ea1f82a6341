"""Settings: from options, the environment, [tool.diffapply] in pyproject.toml, or defaults."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal, get_args

from diffapply import pyproject, variant
from diffapply.errors import UsageError
from diffapply.reports import Report
from diffapply.variant import Variant

DEFAULT_DESIRED = "schema/desired.py:metadata"
DEFAULT_TENANTS = r"^user_\d+$"
DEFAULT_LOCK_TIMEOUT = 0.3
"""Seconds. Well below PostgreSQL's `deadlock_timeout` of 1 s, so that we give way before PostgreSQL
cancels a query of the application."""

Manage = Literal["everything", "declared"]
"""What of a tenant is compared: all, or the kinds that the desired state speaks of."""

Schemaless = Literal["tenant", "shared"]
"""What names without a schema belong to: to each tenant, or to all together."""

_SHORTEST_TIMEOUT, _LONGEST_TIMEOUT = 0.001, 2_000_000
"""PostgreSQL keeps timeouts as milliseconds in 32 bits; 0 means no limit."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What every command needs to know.

    Attributes:
        database_url: libpq or SQLAlchemy URL; None means the embedded server.
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
        provision_like: the schema whose owners and grants new tenants get, and the objects in them;
            None: they belong to the connecting role, and have PostgreSQL's default grants.
        copy_rows: tables whose rows new tenants get, from `provision_like` or the first template.
        message: what a run is for, for the history; None: its goal and its git commit say that.
        format: output format of the command line; not every command has every format.
        quiet: the command line tells only errors, and documents.
        debug: the command line tells every statement and its time, and tracebacks of errors.
        log_file: a file for all that `debug` tells.
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
        return load({}, os.environ, folder or Path.cwd())

    def __repr__(self) -> str:
        """All fields; of a URL only whether it is set, because it may contain a password."""
        shown = (
            f"{field.name}='***'"
            if field.name in _SECRET and getattr(self, field.name) is not None
            else f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)
        )
        return f"Settings({', '.join(shown)})"


def setting_names() -> tuple[str, ...]:
    """The names of all settings, as they are in Python."""
    return tuple(_READERS)


def load(flags: Mapping[str, object], environ: Mapping[str, str], start: Path) -> Settings:
    """The settings for a command.

    Args:
        flags: options by name of the setting; None: not given.
        environ: the process environment.
        start: where to begin looking for pyproject.toml, upwards to the root of the repository. A
            path in that file is relative to the file.

    The flag `env`, or DIFFAPPLY_ENV, names a table [tool.diffapply.env.NAME] in that file, whose
    keys win over those of [tool.diffapply].

    Raises:
        UsageError: a value, a key or the file is wrong; names the place.
    """
    file = pyproject.nearest(start)
    env = flags.get("env") or environ.get("DIFFAPPLY_ENV") or None
    values: dict[str, object] = {}
    if file is not None:
        values |= {"desired": DEFAULT_DESIRED} | _from_pyproject(file, env)
        values["desired"] = pyproject.beside(file.parent, values["desired"])
        if isinstance(variants := values.get("variants"), dict):
            values["variants"] = variant.beside(file.parent, variants)
    elif env is not None:
        raise UsageError(
            f"There is no environment {env!r}: no pyproject.toml was found from {start} upwards.",
            f"Add [tool.diffapply.env.{env}] to one.",
        )
    from_environment = dict(_from_environment(environ))
    if env is not None and flags.get("database_url") is None:
        _require_one_database(env, values, from_environment)
    values |= from_environment
    flags = {name: value for name, value in flags.items() if name != "env"}
    values |= _from_flags(flags, values)
    return Settings(**values)  # type: ignore[arg-type]  # the readers below know the types


def known_envs(start: Path) -> list[str]:
    """The names of the environments, for completion; none if the file cannot be used."""
    with suppress(UsageError):
        if (file := pyproject.nearest(start)) is not None:
            envs = pyproject.tool_table(file).get("env")
            return sorted(envs) if isinstance(envs, dict) else []
    return []


_Reader = Callable[[object, str], object]
"""Turns a raw value into a setting's value, or raises a UsageError that names the place."""


def _bad(where: str, wanted: str) -> UsageError:
    # Does not show the value, which may be a URL with a password.
    return UsageError(f"{where} must be {wanted}.")


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise _bad(where, "a string")
    if not value.strip():
        raise UsageError(f"{where} is empty.")
    return value


def _names(value: object, where: str) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not all(isinstance(item, str) for item in values):
        raise _bad(where, "a list of strings")
    return tuple(_text(item, where) for item in values)


def _patterns(value: object, where: str) -> tuple[str, ...]:
    texts = tuple(text.strip() for text in _names(value, where))
    for text in texts:
        kind, _, name = text.removeprefix("!").partition(":")
        if not (kind.strip() and name.strip()) or "\0" in text:
            raise UsageError(
                f"{where} has {text!r}, which is no pattern.",
                'Write KIND:NAME, such as "table:alembic_version" or "trigger:*.audit_*".',
            )
    return texts


def _variants(value: object, where: str) -> dict[str, Variant]:
    return variant.read_variants(value, where, _names, _patterns)


def _one_or_more(value: object, where: str) -> str | tuple[str, ...]:
    names = _names(value, where)
    if not names:
        raise UsageError(f"{where} is empty.")
    return names[0] if len(names) == 1 else names


def _reports(value: object, where: str) -> tuple[Report, ...]:
    reports = tuple(Report.of(text, where) for text in _names(value, where))
    if len({report.path for report in reports}) < len(reports):
        raise UsageError(f"{where} names a file twice.", "Give each report its own.")
    return reports


def _whose(value: object, where: str) -> str:
    return _one_of(get_args(Schemaless), value, where)


def _managed(value: object, where: str) -> str:
    return _one_of(get_args(Manage), value, where)


def _one_of(known: Sequence[str], value: object, where: str) -> str:
    if value not in known:
        raise _bad(where, " or ".join(known))
    return str(value)


def _pattern(value: object, where: str) -> str:
    pattern = _text(value, where)
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(f"{where} is not a regular expression: {error} in {pattern!r}.") from None
    return pattern


def _truth(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise _bad(where, "true or false")
    return value


def _count(value: object, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _bad(where, "a whole number of at least 1")
    return value


def _seconds(value: object, where: str) -> float:
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and _SHORTEST_TIMEOUT <= value <= _LONGEST_TIMEOUT  # also excludes nan
    ):
        return float(value)
    raise _bad(where, f"a number of seconds from {_SHORTEST_TIMEOUT} to {_LONGEST_TIMEOUT}")


_READERS: dict[str, _Reader] = {
    "database_url": _text,
    "scratch_url": _text,
    "desired": _one_or_more,
    "tenants": _pattern,
    "tenants_query": _text,
    "templates": _names,
    "tenant_token": _text,
    "schemaless": _whose,
    "search_path": _names,
    "ignore": _patterns,
    "manage": _managed,
    "runtime_partitions": _truth,
    "variants": _variants,
    "only": _names,
    "exclude": _names,
    "allow_none": _truth,
    "privileges": _truth,
    "trust_tenants": _truth,
    "full": _truth,
    "jobs": _count,
    "lock_timeout": _seconds,
    "provision_like": _text,
    "copy_rows": _names,
    "message": _text,
    "format": _text,
    "quiet": _truth,
    "debug": _truth,
    "log_file": _text,
    "reports": _reports,
}
IN_FILES_ALONE = frozenset({"variants"})
"""Settings that no option and no variable can say."""
_ADDED = frozenset({"ignore"})
"""Settings that an option adds to."""
_SECRET = frozenset({"database_url", "scratch_url"})
_ALSO_CALLED = {"template": "templates", "report": "reports"}
_SEVERAL = frozenset(_ALSO_CALLED.values())
_TRUTHS = {"1": True, "true": True, "yes": True, "on": True}
_TRUTHS |= {"0": False, "false": False, "no": False, "off": False}


def _from_flags(
    flags: Mapping[str, object], others: Mapping[str, object]
) -> Iterator[tuple[str, object]]:
    """Settings from options; what is added to a setting comes after what it was."""
    for name, value in flags.items():
        if value is not None:
            # The option is in the singular, because it is given once for each of them.
            flag = name.removesuffix("s") if name in _SEVERAL else name.replace("_", "-")
            read = _READERS[name](value, f"--{flag}")
            yield name, (*others.get(name, ()), *read) if name in _ADDED else read  # type: ignore[misc]  # tuples


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """Settings from DATABASE_URL and DIFFAPPLY_…; an empty variable counts as not set."""
    if url := environ.get("DATABASE_URL"):
        yield "database_url", _text(url, "DATABASE_URL")
    for name in (*_ALSO_CALLED, *_READERS):
        variable = f"DIFFAPPLY_{name.upper()}"
        if text := environ.get(variable):
            setting = _ALSO_CALLED.get(name, name)
            reader = _READERS[setting]
            yield setting, reader(_typed(text, reader), variable)


def _typed(text: str, reader: _Reader) -> object:
    """The text converted to the reader's type; the text itself if that fails."""
    if reader in (_names, _patterns, _one_or_more, _reports):
        return [part.strip() for part in text.split(",") if part.strip()]
    if reader is _truth:
        return _TRUTHS.get(text.strip().lower(), text)
    if reader in (_count, _seconds):
        with suppress(ValueError):
            return int(text) if reader is _count else float(text)
    return text


def _require_one_database(
    env: object, file: Mapping[str, object], environ: Mapping[str, object]
) -> None:
    """Refuse to guess between the database of the chosen environment and that of a variable."""
    named, other = (its.get("database_url") for its in (file, environ))
    if named is not None and other is not None and named != other:
        raise UsageError(
            f"The environment {env!r} and DATABASE_URL (or DIFFAPPLY_DATABASE_URL) name different "
            "databases.",
            "Unset the variable, or give --database-url.",
        )


def _from_pyproject(path: Path, env: object) -> dict[str, object]:
    """The settings of [tool.diffapply], and over them those of an environment, if one is chosen."""
    table = dict(pyproject.tool_table(path))
    envs = table.pop("env", {})
    if not isinstance(envs, dict) or not all(isinstance(its, dict) for its in envs.values()):
        raise UsageError(
            f"env in [tool.diffapply] of {path} must hold tables.",
            "Write one as [tool.diffapply.env.staging].",
        )
    if env is not None and env not in envs:
        known = f"has {', '.join(map(repr, sorted(envs)))}" if envs else "has none"
        raise UsageError(
            f"There is no environment {env!r}: [tool.diffapply.env] of {path} {known}.",
        )
    values = _from_table(table, "[tool.diffapply]", path)
    # All are read, so that a mistake is found before the day when that one is needed.
    read = {its: _from_table(envs[its], f"[tool.diffapply.env.{its}]", path) for its in envs}
    return values | (read[env] if isinstance(env, str) else {})


def _from_table(table: Mapping[str, object], called: str, path: Path) -> dict[str, object]:
    values: dict[str, object] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        name = _ALSO_CALLED.get(name, name)
        where = f"{key} in {called} of {path}"
        if name not in _READERS:
            known = ", ".join(sorted(known.replace("_", "-") for known in _READERS))
            raise UsageError(
                f"{called} of {path} has {key!r}, which is no setting.",
                f"The settings are: {known}.",
            )
        if name in values:
            raise UsageError(f"{where} says again what another key says.")
        values[name] = _READERS[name](value, where)
    return values
