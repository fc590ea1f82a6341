"""Checks before a plan is applied or a tenant is created: is it for this database and its tenants?

The digest of a plan file is no proof: whoever changes the file can compute a new digest.
"""

from collections.abc import Iterable, Sequence

from psycopg2.extensions import connection as Connection

from diffapply.catalog.strangers import would_run
from diffapply.config import Settings
from diffapply.database.connection import Server
from diffapply.errors import (
    PermissionDeniedError,
    PlanFileError,
    RefusedError,
    TenantError,
    UsageError,
)
from diffapply.hazards.foreign_code import strange_code
from diffapply.model.ignoring import USUAL
from diffapply.model.order import natural
from diffapply.model.plan import Plan, Shape
from diffapply.model.unreadable import Locked, reading_asked
from diffapply.model.world import World
from diffapply.planning.narrowing import tenants_of
from diffapply.planning.unmanaged import looks_ahead
from diffapply.tenants.discovery import (
    Tenancy,
    is_chosen,
    is_reserved,
    require_matching,
    require_own_name,
    tenant_pattern,
)


def _otherwise(then: World, now: World) -> str:
    """How the application's sessions differ from then, as a clause; empty if they do not."""
    if then.behind != now.behind:
        had, has = (", ".join(its.behind) or "nothing" for its in (then, now))
        return f"{had} came after the tenant on the search path, not {has}"
    had_settings, settings = dict(then.settings), dict(now.settings)
    for name in sorted(had_settings.keys() | settings.keys()):
        if had_settings.get(name) != settings.get(name):
            was, is_ = (of.get(name, "as usual") for of in (had_settings, settings))
            return f"{name} was {was}, not {is_}"
    return ""


def require_readable(made: Plan) -> None:
    """Refuse a plan without some tenants, because these could not be read.

    Raises:
        PermissionDeniedError: there are such tenants; names the GRANTs that are missing.
        TenantError: the same, and others have locked some of them.
    """
    if made.unreadable:
        first, *more = made.unreadable
        asked = reading_asked([its.why for its in made.unreadable])
        told = f"{first.name!r}" + (f" and {len(more)} more" if more else "")
        remedy = f"{asked} Or leave such tenants out with --exclude."
        if any(isinstance(its.why, Locked) for its in made.unreadable):
            raise TenantError(f"The plan is without {told}, which could not be compared.", remedy)
        raise PermissionDeniedError(f"The role may not use schema {told}.", remedy)


def require_same_patterns(settings: Settings, made: Plan) -> None:
    """Refuse a plan that was made with other patterns to ignore.

    Going back, a plan also leaves alone what the runs that it undoes left alone.

    Raises:
        PlanFileError: it was.
    """
    had = [text for text in made.ignoring.explicit if text not in made.unspoken]
    more = [text for text in settings.ignore if text not in (*had, *USUAL)]
    less = [text for text in had if text not in settings.ignore]
    if made.direction == "backward":
        less = []
    elif bool(made.unspoken) != looks_ahead(settings):
        then, now = ("leaves alone", "managed") if made.unspoken else ("manages", "left alone")
        raise PlanFileError(
            f"The plan {then} what the desired state does not speak of; that is {now} now.",
            "Make a new plan; or give the same manage and runtime-partitions as when it was made.",
        )
    if more or less:
        which, how = (more[0], "is ignored now") if more else (less[0], "is not ignored now")
        raise PlanFileError(
            f"The plan was made with other patterns to ignore: {which!r} {how}.",
            "Make a new plan; or give the same --ignore and settings as when it was made.",
        )
    varied = made.ignoring_in.keys() | settings.variants.keys()
    for name in (name for its in made.transitions for name in its.tenants if name in varied):
        _require_same_variant(name, settings, made)


def _require_same_variant(tenant: str, settings: Settings, made: Plan) -> None:
    """Refuse a plan that leaves alone in a tenant what its variant does not, or the other way."""
    then = made.ignoring_in.get(tenant, made.ignoring)
    variant = settings.variants.get(tenant)
    now = variant.ignore if variant is not None and variant.holds else ()
    less = {*then.lists} - {*made.ignoring.lists, now}
    if made.direction == "backward" or looks_ahead(settings):  # then there are others, too
        less = set()
    if less or (now and now not in then.lists):
        raise PlanFileError(
            f"The plan was made with another variant of {tenant!r}, or that has expired since.",
            "Make a new plan; or give the same variants as when it was made.",
        )


def require_same_database(server: Server, made: Plan) -> None:
    """Refuse a plan for another database.

    Raises:
        PlanFileError: it was made for another one.
    """
    if made.database != server.identity:
        raise PlanFileError(
            f"The plan was made for another database: {server.unlike(made.database)}.",
            "Make a new plan for this database.",
        )


def require_same_world(world: World, made: Plan) -> None:
    """Refuse a plan that was proved with another search path or other settings.

    Raises:
        PlanFileError: it was; names and literals may mean something else now.
    """
    if other := _otherwise(made.world, world):
        raise PlanFileError(
            f"The plan was made where {other}: names and literals may mean something else now.",
            "Make a new plan; or apply it with the role and the --search-path with which it "
            "was made.",
        )


def require_ours(tenancy: Tenancy, settings: Settings, made: Plan) -> None:
    """Refuse a plan for a schema that is neither a tenant nor a template of the command.

    Raises:
        TenantError: the tenants query returns a name that is no schema, or the plan changes a
            schema whose name means another one.
        UsageError: the plan changes such a schema.
    """
    tenancy.require_known()
    templates = {n for t in made.transitions if t.managed is not None for n in t.tenants}
    tenants = {n for t in made.transitions if t.managed is None for n in t.tenants}
    require_own_name(templates | tenants)
    ours = {name for name in tenants if _may_be_ours(name, tenancy, settings)}
    for names, kind, option in (
        (tenants - ours, "tenant", "--tenants"),
        (templates - {*settings.templates}, "template", "--template"),
    ):
        if names:
            raise UsageError(
                f"The plan has {min(names, key=natural)!r} as a {kind}; "
                "with these settings it is none.",
                f"Give the same {option} as when the plan was made.",
            )


def _may_be_ours(name: str, tenancy: Tenancy, settings: Settings) -> bool:
    """Whether it is a tenant, or no longer exists and may have been one; see `attempt`."""
    if name in tenancy.schemas or is_reserved(name) or name in settings.templates:
        return name in tenancy.tenants
    if settings.tenants_query is not None:
        return True
    return tenant_pattern(settings.tenants).fullmatch(name) is not None


def not_in_plan(tenancy: Tenancy, settings: Settings, made: Plan) -> tuple[str, ...]:
    """The tenants of the command that the plan does not know, because they came later, say."""
    chosen = {name for name in tenancy.tenants if is_chosen(name, settings)}
    return tuple(sorted(chosen.difference(tenants_of(made)), key=natural))


def require_tenant_names(settings: Settings, names: Sequence[str]) -> None:
    """Refuse names for new tenants that no command would work on. Does not run a tenants query.

    Raises:
        UsageError: the pattern does not match one of them, or `only` or `exclude` leaves it out.
    """
    if settings.tenants_query is None:
        require_matching(settings.tenants, names)
    _require_let_through(settings, names)


def require_tenants(tenancy: Tenancy, settings: Settings, names: Iterable[str]) -> list[str]:
    """These names, each once, if they are existing tenants.

    Raises:
        TenantError: one is no schema.
        UsageError: one is a schema, but no tenant; or `only` or `exclude` leaves it out.
    """
    chosen = [*dict.fromkeys(names)]
    for name in chosen:
        if name in tenancy.tenants:
            continue
        if name in tenancy.schemas or is_reserved(name):
            how = "--tenants" if settings.tenants_query is None else "--tenants-query"
            raise UsageError(f"The schema {name!r} is no tenant, according to {how}.")
        raise TenantError(f"There is no tenant {name!r}.", "It may have been dropped already.")
    _require_let_through(settings, chosen)
    return chosen


def _require_let_through(settings: Settings, names: Iterable[str]) -> None:
    if left_out := [name for name in names if not is_chosen(name, settings)]:
        raise UsageError(
            f"--only or --exclude leaves out {left_out[0]!r}.",
            "Leave out the name, too, or change these; pyproject.toml and the environment may set "
            "them.",
        )


def require_own_code(connection: Connection, goal: Shape) -> None:
    """Refuse to build, as a superuser, a tenant that refers to other people's code.

    Raises:
        RefusedError: it does.
    """
    if strange := strange_code(connection, goal):
        raise RefusedError(
            f"Creating a tenant {would_run(strange)}.",
            "Connect as the role that owns the tenants, or give --trust-tenants. "
            "See `diffapply docs role`.",
        )
