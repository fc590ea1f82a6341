"""Puts together what a project and its database say, as settings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from psycopg2.extensions import connection as Connection

from diffapply.config import Settings, pyproject
from diffapply.database.fresh_session import read_world
from diffapply.errors import DesiredStateError
from diffapply.model.order import natural
from diffapply.setup.alembic import AlembicFolder, find_alembic
from diffapply.setup.heads import revisions_of
from diffapply.setup.missing import missed_schemas
from diffapply.setup.models import FoundModels, Models, Unimported, find_models, named_models
from diffapply.setup.presence import Part, Presence, find_presence
from diffapply.tenants.discovery import look
from diffapply.tenants.stamp_tables import stamp_tables

_KEPT = (
    "desired", "tenants", "tenants_query", "templates", "tenant_token", "schemaless", "search_path",
    "ignore", "manage", "privileges",
)  # fmt: skip
"""The settings of a project; others belong to one command, or are secret."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found.

    Attributes:
        values: setting → value, in the order in which people read them.
        models: the MetaData that hold the tenants' tables; none if `desired` is SQL.
        others: further ones.
        tenants: the names of the tenants, in natural order.
        rest: the names of all other schemas.
        own: how many tables of the desired state belong to a tenant.
        shared: schema of the models → number of its tables, for those that are not the tenant's.
        alembic: where Alembic's revisions are → their number; several places if nobody knows which
            is meant.
        stamped: schemas that have Alembic's table of versions.
        missed: schemas on the search path because the models need them.
        unimported: files with tables or DDL that none of the MetaData has.
    """

    values: Mapping[str, object]
    models: tuple[Models, ...] = ()
    others: tuple[Models, ...] = ()
    tenants: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    own: int = 0
    shared: Mapping[str, int] = field(default_factory=dict)
    alembic: Mapping[str, int] = field(default_factory=dict)
    stamped: frozenset[str] = frozenset()
    missed: tuple[str, ...] = ()
    unimported: tuple[Unimported, ...] = ()

    @property
    def lacking(self) -> tuple[Unimported, ...]:
        """Those whose tables or DDL may belong to the models, which are incomplete then."""
        homes = frozenset[str]().union(*(its.homes for its in self.models))
        return tuple(its for its in self.unimported if not homes.isdisjoint(its.homes))


def find_settings(connection: Connection, settings: Settings, root: Path) -> Findings:
    """Look at a project and a database; writes nothing.

    Args:
        connection: to the live database.
        settings: what was given is taken as it is; the rest is found.
        root: of the project.

    Raises:
        DesiredStateError: the project has no MetaData with tables that can be imported.
        UsageError: the tenants pattern, the tenants query or the search path cannot be used.
    """
    given = _given(settings)
    named = settings.desired if "desired" in given else ()
    project = _models((named,) if isinstance(named, str) else named, root)
    models = project.models
    schemas = look(connection, replace(settings, tenants=".*", tenants_query=None)).schemas
    presence = find_presence(connection, models, schemas)
    if not given.keys() & {"tenants", "tenants_query"} and (family := presence.likely_tenants()):
        given["tenants"] = family.pattern
    tenants = look(connection, with_given(settings, given)).tenants
    chosen, own = presence.of_tenants(tenants)
    shared = _shared(presence, own)
    others = sorted(schemas - tenants - shared.keys())
    templates = [schema for schema in others if presence.holds(schema, own)]
    values = _of_models(chosen, presence, own) | given
    if "templates" not in given and templates:
        values["templates"] = templates
    stamps = stamp_tables(connection, {*tenants, *templates})
    declared = {name for part in own for name in presence.parts[part]}
    if "ignore" not in given and (more := stamps.keys() - declared - {"alembic_version"}):
        values["ignore"] = [f"table:{name}" for name in sorted(more)]
    if "search_path" not in given and (behind := read_world(connection, None, tenants).behind):
        values["search_path"] = [*behind]
    return Findings(
        _in_order(values),
        models=chosen,
        others=tuple(its for its in models if its not in chosen),
        tenants=tuple(sorted(tenants, key=natural)),
        rest=tuple(sorted(schemas - tenants, key=natural)),
        own=len(frozenset().union(*(presence.parts[part] for part in own))),
        shared=shared,
        alembic=_revisions(find_alembic(Path.cwd(), root)),
        stamped=presence.stamped,
        unimported=project.unimported,
    )


def with_found(settings: Settings, findings: Findings, root: Path) -> Settings:
    """The settings of a command that works with what was found."""
    found = with_given(settings, findings.values)
    desired = findings.values.get("desired")
    if isinstance(desired, str | list) and "desired" not in _given(settings):
        several = tuple(desired) if isinstance(desired, list) else desired
        return replace(found, desired=pyproject.beside(root, several))
    return found


def with_missed(connection: Connection, found: Findings, message: str) -> Findings | None:
    """The findings with one more schema on the search path, which has what was not found.

    Args:
        connection: to the live database.
        message: PostgreSQL's, that something does not exist.

    Returns:
        None if no schema has it, or several do.
    """
    path = found.values.get("search_path", [])
    path = [*path] if isinstance(path, list) else []
    missed = missed_schemas(connection, message, {*found.rest}.difference(path))
    if len(missed) != 1:
        return None
    values = {**found.values, "search_path": [*path, *missed]}
    return replace(found, values=_in_order(values), missed=(*found.missed, *missed))


def with_given(settings: Settings, values: Mapping[str, object]) -> Settings:
    """The settings with these values; lists are tuples there."""
    kept = {name: tuple(its) if isinstance(its, list) else its for name, its in values.items()}
    return replace(settings, **kept)  # type: ignore[arg-type]  # as they were read or found


def _given(settings: Settings) -> dict[str, object]:
    """The project's settings that options or the environment have set."""
    return {
        its.name: [*value] if isinstance(value := getattr(settings, its.name), tuple) else value
        for its in fields(Settings)
        if its.name in _KEPT and getattr(settings, its.name) != its.default
    }


def _in_order(values: Mapping[str, object]) -> dict[str, object]:
    return {name: values[name] for name in _KEPT if name in values}


def _models(labels: Sequence[str], root: Path) -> FoundModels:
    """Those that are named, or else those that the project has."""
    found = named_models(labels, root) if labels else find_models(root)
    if not (found.models or labels):
        raise _no_models(root, found)
    return found


def _revisions(folders: Sequence[AlembicFolder]) -> dict[str, int]:
    """By the name of the folder; where there are several, by what tells them apart."""
    found = [(its, its.scripts) for its in folders if its.scripts is not None]
    several = len(found) > 1
    return {
        its.label if several else scripts.name: len(revisions_of(its)) for its, scripts in found
    }


def _no_models(root: Path, found: FoundModels) -> DesiredStateError:
    advice = "Give --desired path.py:attribute, or a file or folder of SQL."
    if found.failures:
        return DesiredStateError(found.failures[0], advice)
    if found.unimported:
        first = found.unimported[0]
        return DesiredStateError(f"{first.path} has tables, but {first.why}", advice)
    return DesiredStateError(f"No SQLAlchemy MetaData with tables was found in {root}.", advice)


def _of_models(
    chosen: Sequence[Models], presence: Presence, own: Collection[Part]
) -> dict[str, object]:
    """The settings that say what the models mean; of their parts, `own` are the tenants'."""
    if not chosen:
        return {}
    labels = [*dict.fromkeys(label for its in chosen for label in its.labels)]
    # Models seldom say what triggers and functions there are: what they do not mention is left.
    values: dict[str, object] = {
        "desired": labels[0] if len(labels) == 1 else labels,
        "manage": "declared",
    }
    if tokens := [schema for _, schema in own if schema]:
        values["tenant_token"] = tokens[0]
        if (chosen[0].label, None) in presence.parts.keys() - {*own}:
            values["schemaless"] = "shared"
    return values


def _shared(presence: Presence, own: Collection[Part]) -> dict[str, int]:
    """Schema of the models → number of its tables, for those that are not the tenant's."""
    tokens = {schema for _, schema in own}
    return {
        schema: len(tables)
        for (_, schema), tables in presence.parts.items()
        if schema and schema not in tokens
    }
