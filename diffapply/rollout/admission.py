"""What is asked before a plan is executed or a tenant created: whether it is for these tenants.

A plan's digest proves nothing: whoever alters a file can make that anew.
"""

from collections.abc import Iterable

from psycopg2.extensions import connection as Connection

from diffapply.config import Settings
from diffapply.database.connection import Server
from diffapply.errors import PermissionDeniedError, PlanFileError, RefusedError, UsageError
from diffapply.hazards.foreign_code import strange_code
from diffapply.model.order import natural
from diffapply.model.plan import Plan, Shape
from diffapply.model.world import World
from diffapply.tenants.discovery import Tenancy, is_chosen, is_reserved, tenant_pattern


def _otherwise(then: World, now: World) -> str:
    """What sessions of the application had otherwise, as a clause; empty if nothing."""
    if then.behind != now.behind:
        had, has = (", ".join(its.behind) or "nothing" for its in (then, now))
        return f"{had} stands behind the tenant on the search path, and not {has}"
    had_settings, settings = dict(then.settings), dict(now.settings)
    for name in sorted(had_settings.keys() | settings.keys()):
        if had_settings.get(name) != settings.get(name):
            was, its = (of.get(name, "as usual") for of in (had_settings, settings))
            return f"{name} was {was}, and not {its}"
    return ""


def require_readable(made: Plan) -> None:
    """Refuse to apply a plan that leaves tenants out because they could not be read.

    Raises:
        PermissionDeniedError: there are such; names the statement that lets them be read.
    """
    if made.unreadable:
        first, *more = made.unreadable
        raise PermissionDeniedError(
            f"The role may not use schema {first.name!r}"
            + (f" and {len(more)} more." if more else "."),
            f"{first.remedy}; or leave such tenants out with --exclude.",
        )


def require_chosen(settings: Settings, made: Plan) -> None:
    """Refuse a plan that changes what is left out.

    Raises:
        UsageError: it does.
    """
    changed = [name for transition in made.transitions for name in transition.tenants]
    if left_out := [name for name in changed if not is_chosen(name, settings)]:
        raise UsageError(
            f"The plan changes {left_out[0]!r}, which --only or --exclude leaves out.",
            "A plan is applied as it is: narrow it down when it is made.",
        )


def require_same_database(server: Server, made: Plan) -> None:
    """Refuse a plan for another database.

    Raises:
        PlanFileError: it was made for another one.
    """
    if made.database != server.identity:
        raise PlanFileError(
            f"The plan was made for another database: {server.unlike(made.database)}.",
            "Make the plan anew for this database.",
        )


def require_same_world(world: World, made: Plan) -> None:
    """Refuse a plan that was proved where names and literals may mean something else.

    Raises:
        PlanFileError: it was.
    """
    if other := _otherwise(made.world, world):
        raise PlanFileError(
            f"The plan was made where {other}: names and literals may mean something else now.",
            "Make the plan anew; or apply it as the role, and with the "
            "--search-path, with which it was made.",
        )


def require_ours(tenancy: Tenancy, settings: Settings, made: Plan) -> None:
    """Refuse a plan for what is neither a tenant nor a template here.

    Raises:
        TenantError: the tenants query names no schema.
        UsageError: the plan changes what is neither.
    """
    tenancy.require_known()
    templates = {n for t in made.transitions if t.managed is not None for n in t.tenants}
    tenants = {n for t in made.transitions if t.managed is None for n in t.tenants}
    ours = {name for name in tenants if _may_be_ours(name, tenancy, settings)}
    for names, kind, option in (
        (tenants - ours, "tenant", "--tenants"),
        (templates - {*settings.templates}, "template", "--template"),
    ):
        if names:
            raise UsageError(
                f"The plan changes {min(names, key=natural)!r} as a {kind}, which it is not here.",
                f"Give {option} as when the plan was made.",
            )


def _may_be_ours(name: str, tenancy: Tenancy, settings: Settings) -> bool:
    """Whether it is a tenant, or is gone and may have been one: that is refused in its turn."""
    if name in tenancy.schemas or is_reserved(name) or name in settings.templates:
        return name in tenancy.tenants
    if settings.tenants_query is not None:
        return True
    return tenant_pattern(settings.tenants).fullmatch(name) is not None


def require_tenant_names(settings: Settings, names: Iterable[str]) -> None:
    """Refuse names of new tenants that the pattern would not find; a query is not asked.

    Raises:
        UsageError: the pattern does not match one of them.
    """
    pattern = tenant_pattern(settings.tenants)
    if settings.tenants_query is not None:
        return
    for name in names:
        if not pattern.fullmatch(name):
            raise UsageError(
                f"{name!r} would be no tenant: it does not match {settings.tenants!r}.",
            )


def require_own_code(connection: Connection, goal: Shape) -> None:
    """Refuse to build as a superuser what refers to code of others.

    Raises:
        RefusedError: it does.
    """
    if strange := strange_code(connection, goal):
        raise RefusedError(
            f"To build a tenant would run code of others with all rights of a superuser: "
            f"{strange[0]}.",
            "Connect as the role that owns the tenants, or give --trust-tenants. See docs/role.md.",
        )
