"""Notes on whom what is new in the tenants will belong to, and who will have no rights on it.

Both where the tenants lead one to expect otherwise: they belong to another role than the one that
applies, or a role has rights on all their tables.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from psycopg2.extensions import connection as Connection

from diffapply.database.reading import rows
from diffapply.model.identifier import quoted
from diffapply.model.listing import some_of
from diffapply.model.order import natural
from diffapply.model.plan import Plan
from diffapply.planning.new_owners import owners_of_what_is_new
from diffapply.queries import query
from diffapply.tenants.owners import TenantOwner

_QUERY = query("planning/notes", "new_tables")


def notes_on_new_objects(connection: Connection, plan: Plan) -> Iterator[str]:
    """At most three sentences; none if owners and grants are compared, and so part of the plan.

    Nor going back: the journal knows them, or a note of the transition says that it does not.
    """
    if plan.direction == "forward" and not plan.privileges:
        yield from _on_owners(connection, plan)
        yield from _on_rights(connection, plan)


def with_notes_as_now(connection: Connection, plan: Plan) -> Plan:
    """A plan that was made before, with what these notes would say now: apply goes by that."""
    return replace(plan, notes_as_now=tuple(notes_on_new_objects(connection, plan)))


def _on_owners(connection: Connection, plan: Plan) -> Iterator[str]:
    """At most two sentences: in which tenants the owner gets it, and in which it cannot."""
    found = owners_of_what_is_new(connection, plan)
    if given := {tenant: its for tenant, its in found.items() if its.gets}:
        yield f"What is new will belong to the tenants' owners: {_told(given)}."
    if kept := {tenant: its for tenant, its in found.items() if not its.gets}:
        role = next(iter(kept.values())).role
        yield (
            f"What is new will belong to {role}, not to the tenants' owners: {_told(kept)}. "
            f"{' '.join(_cures(role, kept.values()))}"
        )


def _cures(role: str, kept: Collection[TenantOwner]) -> Iterator[str]:
    """Sentences; nobody is advised to make a role a member of a superuser."""
    if not all(its.is_superuser for its in kept):
        yield (
            f"To give it to them, {role} must be a member of them with SET and INHERIT, and they "
            "need CREATE on the schema."
        )
    if any(its.is_superuser for its in kept):
        yield "Give a superuser's schema an owner of its own."


def _told(owners: Mapping[str, TenantOwner]) -> str:
    tenants = defaultdict(list)
    for tenant in sorted(owners, key=natural):
        tenants[owners[tenant].name].append(quoted(tenant))
    return some_of([f"{owner} in {some_of(names)}" for owner, names in tenants.items()], joint="; ")


def _on_rights(connection: Connection, plan: Plan) -> Iterator[str]:
    """A sentence if roles with rights on all tables get none on new ones."""
    tables: set[str] = set()
    tenants: list[str] = []
    for transition in plan.transitions:
        facts = plan.shapes[transition.goal].catalog.facts
        new = {
            one.name
            for one in transition.created
            if one.kind == "table" and ("partition", one.name) not in facts
        }
        if new and not transition.blocked:
            tables |= new
            tenants += transition.tenants
    found = rows(connection, _QUERY, {"schemas": tenants}, tenants) if tenants else []
    if found:
        listed = some_of([f"{role} in {_counted(*where)}" for role, *where, _ in found])
        role, _, tenant, creator = found[0]
        yield (
            "Who has rights on all tables gets none on what is new "
            f"({some_of(sorted(tables))}): {listed}. To change that, first: "
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {creator} IN SCHEMA {quoted(tenant)} "
            f"GRANT ... ON TABLES TO {role}."
        )


def _counted(number: int, first: str) -> str:
    return quoted(first) + (f" and {number - 1:,} more" if number > 1 else "")
