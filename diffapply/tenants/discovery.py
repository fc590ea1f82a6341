"""Finds the tenants among the live schemas, in natural order."""

import logging
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.config import Settings
from diffapply.database.advice import reason
from diffapply.database.reading import rows
from diffapply.database.transaction import beginning
from diffapply.errors import PermissionDeniedError, TenantError, UsageError
from diffapply.model.memory import JOURNAL_SCHEMA
from diffapply.model.order import natural
from diffapply.model.own_name import is_stand_in
from diffapply.model.unreadable import Denied, Unreadable, reading_asked
from diffapply.queries import query
from diffapply.tenants.families import likely

_log = logging.getLogger(__name__)

ROLES_OWN = "$user"
"""In a search path, this name means the schema with the name of the session's role."""

_SCHEMAS = query("tenants", "schemas")

_MOST_NAMED = 3

_WITHOUT_USAGE = query("tenants", "without_usage")


def tenant_pattern(pattern: str) -> re.Pattern[str]:
    r"""The compiled tenants pattern, for `fullmatch`; ``\d`` means 0 to 9.

    Raises:
        UsageError: it is not a regular expression.
    """
    try:
        return re.compile(pattern, re.ASCII)
    except re.error as error:
        raise UsageError(
            f"The tenants pattern {pattern!r} is not a regular expression: {error}.",
        ) from error


def require_matching(pattern: str, names: Iterable[str]) -> None:
    """Refuse names for new tenants that the pattern does not match.

    Raises:
        UsageError: it does not match one of them, or is no regular expression.
    """
    matching = tenant_pattern(pattern)
    for name in names:
        if not matching.fullmatch(name):
            raise UsageError(
                f"{name!r} would be no tenant: it does not match '{pattern}'.",
                "Choose a name that matches, or give another pattern with --tenants.",
            )


@dataclass(frozen=True, slots=True)
class Tenancy:
    """Which schemas of a database are tenants.

    Attributes:
        schemas: all schemas that could be tenants.
        tenants: all tenants, chosen or not; templates are not tenants.
        unknown: names from the tenants query that are no schemas, in order.
    """

    schemas: frozenset[str] = frozenset()
    tenants: frozenset[str] = frozenset()
    unknown: Sequence[str] = ()

    def require_known(self) -> None:
        """Raise `TenantError` if the tenants query has returned a name that is no schema."""
        if self.unknown:
            raise TenantError(
                f"The tenants query returned {self.unknown[0]!r}, which is no schema of this "
                "database" + (f" (and {len(self.unknown) - 1} more)." if self.unknown[1:] else "."),
            )


@dataclass(frozen=True, slots=True)
class Chosen:
    """The tenants and templates of a command.

    Attributes:
        tenants: in natural order.
        templates: in the given order.
        unreadable: tenants that the role may not read; they are left alone.
    """

    tenants: Sequence[str]
    templates: Sequence[str] = ()
    unreadable: tuple[Unreadable, ...] = ()


def look(connection: Connection, settings: Settings) -> Tenancy:
    """Find the schemas that are tenants.

    Raises:
        UsageError: the pattern or the query cannot be used.
    """
    pattern = tenant_pattern(settings.tenants)
    schemas = frozenset(name for (name,) in rows(connection, _SCHEMAS, [JOURNAL_SCHEMA]))
    if settings.tenants_query is None:
        named = {name for name in schemas if pattern.fullmatch(name)}
    else:
        named = ask(connection, settings.tenants_query)
    named -= {*settings.templates}
    return Tenancy(schemas, schemas & named, sorted(named - schemas))


def choose(connection: Connection, tenancy: Tenancy, settings: Settings) -> Chosen:
    """The tenants and templates that a command is about.

    Raises:
        TenantError: a template does not exist, no tenant is left (unless that is allowed), the
            query returns a name that is no schema, or a tenant is called ``$user``.
        PermissionDeniedError: the role may read none of the tenants, or may not read a template.
    """
    templates = _chosen_templates(connection, settings)
    tenants, unreadable = _readable(connection, _chosen_tenants(tenancy, settings), templates)
    return Chosen(tenants, templates, unreadable)


def _chosen_tenants(tenancy: Tenancy, settings: Settings) -> list[str]:
    tenancy.require_known()
    left = [name for name in tenancy.tenants if is_chosen(name, settings)]
    require_own_name(left)
    if not left and not settings.allow_none:
        pattern = f"the pattern '{settings.tenants}'"
        searched = pattern if settings.tenants_query is None else "the tenants query"
        given = {
            "--tenants": settings.tenants_query is None,
            "--tenants-query": settings.tenants_query is not None,
            "--only": settings.only,
            "--exclude": settings.exclude,
        }
        options = [option for option, its in given.items() if its]
        narrowed = f" with {' and '.join(options[1:])}" if options[1:] else ""
        raise TenantError(
            f"No tenant matches {searched}{narrowed}.",
            "".join(_in_part(glob, tenancy.tenants) for glob in settings.only[:1])
            + _likely_tenants(tenancy, settings)
            + f"Check {', '.join(options)} and the database, "
            "or give --allow-none if that is expected.",
        )
    _require_matches(tenancy, settings)
    return sorted(left, key=natural)


def _require_matches(tenancy: Tenancy, settings: Settings) -> None:
    """Refuse a pattern of `only` that matches nothing, and tell one of `exclude`: typos, mostly.

    What `exclude` names may be in another environment alone.
    """
    names = tenancy.tenants | {*settings.templates}
    if (wrong := without_match(settings.only, names)) and not settings.allow_none:
        raise TenantError(
            f"No tenant matches --only '{wrong[0]}'.",
            _in_part(wrong[0], names)
            + "Check its spelling, or give --allow-none if that is expected.",
        )
    for glob in without_match(settings.exclude, names):
        _log.warning("diffapply: --exclude '%s' matches no tenant.", glob)


def without_match(globs: Iterable[str], names: Collection[str]) -> list[str]:
    """The globs that match none of the names."""
    return [glob for glob in globs if not any(fnmatchcase(name, glob) for name in names)]


def _in_part(glob: str, names: Iterable[str]) -> str:
    """That it must match whole names, if there are names that it begins."""
    if any(fnmatchcase(name, f"{glob}*") for name in names):
        return f"It must match the whole name: did you mean '{glob}*'? "
    return ""


def _likely_tenants(tenancy: Tenancy, settings: Settings) -> str:
    """What may have been meant, if the pattern matches nothing at all."""
    if tenancy.tenants or settings.tenants_query is not None:
        return ""
    found = likely(tenancy.schemas - {*settings.templates})[:_MOST_NAMED]
    told = [f"--tenants '{its.pattern}' ({len(its.members):,} schemas)" for its in found]
    meant = f"Did you mean {' or '.join(told)}? " if told else ""
    pattern = tenant_pattern(settings.tenants)
    if any(pattern.search(name) for name in tenancy.schemas):
        return f"It must match the whole name, not a part of it. {meant}"
    return meant


def _chosen_templates(connection: Connection, settings: Settings) -> list[str]:
    left = [name for name in settings.templates if is_chosen(name, settings)]
    require_own_name(left)
    query = "select nspname from pg_namespace where nspname = any (%s)"
    existing = {name for (name,) in rows(connection, query, [left])}
    if missing := [name for name in left if name not in existing]:
        raise TenantError(
            f"There is no schema {missing[0]!r} for --template in this database.",
            "Create it, or remove it from --template.",
        )
    return list(dict.fromkeys(left))


def _readable(
    connection: Connection, tenants: Sequence[str], templates: Sequence[str]
) -> tuple[list[str], tuple[Unreadable, ...]]:
    """The tenants that the role may read, in the given order, and those that it may not."""
    asked = rows(connection, _WITHOUT_USAGE, {"schemas": [*tenants, *templates]})
    barred = {name: Unreadable(name, Denied(schema, role)) for name, schema, role in asked}
    needed = (*templates, *(tenants if len(barred) >= len(tenants) else ()))
    if lacking := [name for name in needed if name in barred]:
        more = f" and {len(lacking) - 1:,} more" if lacking[1:] else ""
        raise PermissionDeniedError(
            f"The role may not use schema {lacking[0]!r}{more}; without USAGE it cannot be "
            "compared.",
            reading_asked([barred[name].why for name in lacking]),
        )
    left = [name for name in tenants if name not in barred]
    return left, tuple(barred[name] for name in tenants if name in barred)


def is_reserved(name: str) -> bool:
    """Whether a schema belongs to PostgreSQL or is the journal, and so is never a tenant."""
    return name.startswith("pg_") or name in ("information_schema", JOURNAL_SCHEMA)


def is_chosen(name: str, settings: Settings) -> bool:
    """Whether `only` and `exclude` let a tenant or a template through."""
    if settings.only and not any(fnmatchcase(name, glob) for glob in settings.only):
        return False
    return not any(fnmatchcase(name, glob) for glob in settings.exclude)


def require_own_name(names: Collection[str]) -> None:
    """Refuse the names that mean something else. Raises `TenantError`.

    In a search path, ``$user`` means another schema, even if it is quoted. And diffapply writes the
    stand-in where a structure says the tenant's own name, so no tenant may be called that.
    """
    if stand_ins := [name for name in names if is_stand_in(name)]:
        said = f"{stand_ins[0]}x"  # else people are shown what it stands for
        raise TenantError(
            f"The schema {said!r} cannot be a tenant: diffapply uses that name in place of each "
            "tenant's own name.",
            f"Give --exclude '{said}', or rename it.",
        )
    if ROLES_OWN in names:
        raise TenantError(
            f"The schema {ROLES_OWN!r} cannot be a tenant: in a search path, that name means the "
            "schema of the session's role.",
            f"Give --exclude '{ROLES_OWN}', or rename it.",
        )


def ask(connection: Connection, query: str) -> set[str]:
    """The tenants that a tenants query names. Raises `UsageError` if it does not return names."""
    with connection.cursor() as cursor:
        try:
            # The query is the user's: its names mean what they mean in a session of theirs.
            cursor.execute(f"{beginning(read_only=True)}set local search_path to default")
            cursor.execute(query)
            if cursor.description is None or len(cursor.description) != 1:
                raise UsageError("The tenants query must return one column: schema names.")
            names = [name for (name,) in cursor.fetchall()]
            if None in names:
                raise UsageError(
                    "The tenants query returned NULL, which is no name of a schema.",
                    "Let it leave out such rows, with WHERE … IS NOT NULL.",
                )
            return {str(name) for name in names}
        except psycopg2.errors.InsufficientPrivilege as error:
            raise PermissionDeniedError(
                f"The role may not run the tenants query: {reason(error)}.",
            ) from error
        except psycopg2.Error as error:
            raise UsageError(
                f"The tenants query fails: {reason(error)}.",
            ) from error
        finally:
            if not connection.closed:
                cursor.execute("rollback")
