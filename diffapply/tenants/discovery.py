"""Which live schemas are tenants, and in which order people expect to see them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import psycopg2
from psycopg2.extensions import connection as Connection

from diffapply.config import Settings
from diffapply.database.transaction import neutral
from diffapply.errors import PermissionDeniedError, TenantError, UsageError
from diffapply.model.catalog import Unreadable
from diffapply.model.order import natural
from diffapply.model.own_name import is_stand_in

JOURNAL_SCHEMA = "diffapply"
ROLES_OWN = "$user"
"""What a search path takes for the schema that is called like the session's role."""

_SCHEMAS = """
select n.nspname
from pg_namespace n
where n.nspname !~ '^pg_' and n.nspname <> all (array['information_schema', %s])
"""

_WITHOUT_USAGE = """
select n.nspname, format('GRANT USAGE ON SCHEMA %%I TO %%I', n.nspname, current_user)
from pg_namespace n
where n.nspname = any (%(schemas)s) and not has_schema_privilege(n.oid, 'usage')
"""


def tenant_pattern(pattern: str) -> re.Pattern[str]:
    r"""The tenants pattern; it is always held against a whole name, and ``\d`` is 0 to 9.

    Raises:
        UsageError: it is no regular expression.
    """
    try:
        return re.compile(pattern, re.ASCII)
    except re.error as error:
        raise UsageError(
            f"The tenants pattern {pattern!r} is not a regular expression: {error}.",
        ) from error


@dataclass(frozen=True, slots=True)
class Tenancy:
    """Which schemas of a database are tenants, as one look has found.

    Attributes:
        schemas: all that could be.
        tenants: all there are, whichever are chosen; templates are none.
        unknown: what the tenants query names that is no schema, in order.
    """

    schemas: frozenset[str] = frozenset()
    tenants: frozenset[str] = frozenset()
    unknown: Sequence[str] = ()

    def require_known(self) -> None:
        """Refuse a query that names what is not there. Raises `TenantError`."""
        if self.unknown:
            raise TenantError(
                f"The tenants query names {self.unknown[0]!r}, which is no schema of this database"
                + (f" (and {len(self.unknown) - 1} more)." if self.unknown[1:] else "."),
            )


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a command is about.

    Attributes:
        tenants: in natural order.
        templates: in the order in which they were given.
        unreadable: tenants that the role may not read; they are left alone.
    """

    tenants: Sequence[str]
    templates: Sequence[str] = ()
    unreadable: tuple[Unreadable, ...] = ()


def look(connection: Connection, settings: Settings) -> Tenancy:
    """Find out which schemas are tenants.

    Raises:
        UsageError: the pattern or the query cannot be used.
    """
    pattern = tenant_pattern(settings.tenants)
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(_SCHEMAS, [JOURNAL_SCHEMA])
        schemas = frozenset(name for (name,) in cursor.fetchall())
    if settings.tenants_query is None:
        named = {name for name in schemas if pattern.fullmatch(name)}
    else:
        named = _ask(connection, settings.tenants_query)
    named -= {*settings.templates}
    return Tenancy(schemas, schemas & named, sorted(named - schemas))


def choose(connection: Connection, tenancy: Tenancy, settings: Settings) -> Chosen:
    """The tenants and templates that a command is about.

    Raises:
        TenantError: a template does not exist, no tenant is left (unless that is allowed), the
            query names no schema, or one is called ``$user``.
        PermissionDeniedError: the role may read none of the tenants, or not one of the templates.
    """
    templates = _chosen_templates(connection, settings)
    tenants, unreadable = _readable(connection, _chosen_tenants(tenancy, settings), templates)
    return Chosen(tenants, templates, unreadable)


def _chosen_tenants(tenancy: Tenancy, settings: Settings) -> list[str]:
    tenancy.require_known()
    left = [name for name in tenancy.tenants if is_chosen(name, settings)]
    _require_own_name(left)
    if not left and not settings.allow_none:
        pattern = f"the pattern {settings.tenants!r}"
        searched = pattern if settings.tenants_query is None else "the tenants query"
        narrowed = " with --only and --exclude" if settings.only or settings.exclude else ""
        raise TenantError(
            f"No tenant matches {searched}{narrowed}.",
            "Check --tenants and the database, or give --allow-none if that is expected.",
        )
    return sorted(left, key=natural)


def _chosen_templates(connection: Connection, settings: Settings) -> list[str]:
    left = [name for name in settings.templates if is_chosen(name, settings)]
    _require_own_name(left)
    with neutral(connection, read_only=True) as cursor:
        cursor.execute("select nspname from pg_namespace where nspname = any (%s)", [left])
        existing = {name for (name,) in cursor.fetchall()}
    if missing := [name for name in left if name not in existing]:
        raise TenantError(
            f"The template {missing[0]!r} is no schema of this database.",
            "Create it, or leave it out of --template.",
        )
    return list(dict.fromkeys(left))


def _readable(
    connection: Connection, tenants: Sequence[str], templates: Sequence[str]
) -> tuple[list[str], tuple[Unreadable, ...]]:
    """The tenants that the role may read, in their order, and those that it may not."""
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(_WITHOUT_USAGE, {"schemas": [*tenants, *templates]})
        barred = {name: Unreadable(name, remedy) for name, remedy in cursor.fetchall()}
    for name in (*templates, *(tenants if len(barred) >= len(tenants) else ())):
        if name in barred:
            raise PermissionDeniedError(
                f"The role may not use schema {name!r}; without USAGE its structure cannot be "
                "read as others see it.",
                f"{barred[name].remedy};",
            )
    left = [name for name in tenants if name not in barred]
    return left, tuple(barred[name] for name in tenants if name in barred)


def is_reserved(name: str) -> bool:
    """Whether a schema is PostgreSQL's or the journal's, and so never a tenant."""
    return name.startswith("pg_") or name in ("information_schema", JOURNAL_SCHEMA)


def is_chosen(name: str, settings: Settings) -> bool:
    """Whether `only` and `exclude` leave a tenant or a template in."""
    if settings.only and not any(fnmatchcase(name, glob) for glob in settings.only):
        return False
    return not any(fnmatchcase(name, glob) for glob in settings.exclude)


def _require_own_name(names: Iterable[str]) -> None:
    """Refuse the names that stand for others.

    One stands for another schema in a search path, however quoted; and where a structure says a
    tenant's own name, diffapply writes a stand-in, which must not be the name of one.
    """
    if stand_ins := [name for name in names if is_stand_in(name)]:
        said = f"{stand_ins[0]}x"  # else people are shown what it stands for
        raise TenantError(
            f"The schema {said!r} cannot be a tenant: diffapply writes that name where any "
            "tenant's own name stands.",
            f"Give --exclude '{said}', or rename it.",
        )
    if ROLES_OWN in names:
        raise TenantError(
            f"The schema {ROLES_OWN!r} cannot be a tenant: in a search path, that name stands for "
            "the schema of the session's role.",
            f"Give --exclude '{ROLES_OWN}', or rename it.",
        )


def _ask(connection: Connection, query: str) -> set[str]:
    with connection.cursor() as cursor:
        try:
            cursor.execute("begin read only")
            cursor.execute(query)
            if cursor.description is None or len(cursor.description) != 1:
                raise UsageError("The tenants query must return one column: schema names.")
            return {str(name) for (name,) in cursor.fetchall()}
        except psycopg2.errors.InsufficientPrivilege as error:
            raise PermissionDeniedError(
                f"The tenants query may not run: {error.diag.message_primary}.",
            ) from error
        except psycopg2.Error as error:
            raise UsageError(
                f"The tenants query fails: {error.diag.message_primary or error}.",
            ) from error
        finally:
            cursor.execute("rollback")
