"""Puts together what a project and its database say, as settings."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from psycopg2.extensions import connection as Connection

from diffapply.config import Settings, pyproject
from diffapply.database.fresh_session import read_world
from diffapply.database.transaction import neutral
from diffapply.errors import DesiredStateError
from diffapply.model.order import natural
from diffapply.queries import query
from diffapply.setup.alembic import AlembicFolder, find_alembic
from diffapply.setup.heads import revisions_of
from diffapply.setup.missing import missed_schemas
from diffapply.setup.models import FoundModels, Models, find_models, named_models
from diffapply.tenants.discovery import look
from diffapply.tenants.families import Family, families, listed

_QUERY = query("setup/sql", "have_tables")

_HALF = 0.5
"""A schema that has so many of a list of tables has that list."""
_WIDER = 1.2
"""How many times more tenants a wider pattern must find."""
_KEPT = (
    "desired", "tenants", "tenants_query", "templates", "tenant_token", "schemaless", "search_path",
    "ignore", "manage", "privileges",
)  # fmt: skip
"""The settings of a project; others belong to one command, or are secret."""

_Part = tuple[str, str | None]
"""The tables of a MetaData that have one schema: its label, and the schema."""


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
    labels = (named,) if isinstance(named, str) else named
    found = named_models(labels, root) if labels else find_models(root)
    if not found.models and "desired" not in given:
        raise _no_models(root, found)
    schemas = look(connection, replace(settings, tenants=".*", tenants_query=None)).schemas
    parts = _parts(found.models)
    have = _have(connection, schemas, [*parts.values(), {"alembic_version"}])
    shares = {
        part: {name: counts.get(number, 0) / len(parts[part]) for name, counts in have.items()}
        for number, part in enumerate(parts)
    }
    if "tenants" not in given and "tenants_query" not in given:
        family = _tenants(schemas, shares)
        given |= {"tenants": family.pattern} if family else {}
    tenants = look(connection, with_given(settings, given)).tenants
    chosen, own = _own(found.models, parts, shares, tenants, schemas)
    names = set().union(*(parts[part] for part in own))
    values = _of_models(chosen, parts, own) | given
    of_models = {schema for _, schema in parts if schema} - {schema for _, schema in own}
    if "templates" not in given:
        others = sorted(schemas - tenants - of_models)
        templates = [its for its in others if _holds(its, own, shares)]
        values |= {"templates": templates} if templates else {}
    if "search_path" not in given:
        behind = read_world(connection, settings.search_path, tenants).behind
        values |= {"search_path": [*behind]} if behind else {}
    shared = {schema or "": len(its) for (_, schema), its in parts.items() if schema in of_models}
    return Findings(
        {name: values[name] for name in _KEPT if name in values},
        chosen,
        tuple(its for its in found.models if its not in chosen),
        tuple(sorted(tenants, key=natural)),
        tuple(sorted(schemas - tenants, key=natural)),
        len(names),
        shared,
        _revisions(find_alembic(Path.cwd(), root)),
        frozenset(name for name, counts in have.items() if len(parts) in counts),
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
    ordered = {name: values[name] for name in _KEPT if name in values}
    return replace(found, values=ordered, missed=(*found.missed, *missed))


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
    return DesiredStateError(f"No SQLAlchemy MetaData with tables was found in {root}.", advice)


def _of_models(
    chosen: Sequence[Models], parts: Iterable[_Part], own: Sequence[_Part]
) -> dict[str, object]:
    """The settings that say what the models mean.

    Args:
        parts: of all models.
        own: those that are the tenants'.
    """
    if not chosen:
        return {}
    labels = [its.label for its in chosen]
    # Models seldom say what triggers and functions there are: what they do not mention is left.
    values: dict[str, object] = {
        "desired": labels[0] if len(labels) == 1 else labels,
        "manage": "declared",
    }
    if tokens := [schema for _, schema in own if schema]:
        values["tenant_token"] = tokens[0]
        if (labels[0], None) in {*parts} - {*own}:
            values["schemaless"] = "shared"
    return values


def _parts(models: Sequence[Models]) -> dict[_Part, set[str]]:
    """The names of the tables of each MetaData by their schema."""
    parts: dict[_Part, set[str]] = {}
    for its in models:
        for schema, name in its.tables:
            parts.setdefault((its.label, schema), set()).add(name)
    return parts


def _have(
    connection: Connection, schemas: Collection[str], lists: Sequence[Collection[str]]
) -> dict[str, dict[int, int]]:
    """Schema → number of the list → how many of its tables the schema has."""
    wanted = [(number, name) for number, names in enumerate(lists) for name in names]
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(
            _QUERY,
            {
                "numbers": [number for number, _ in wanted],
                "names": [name for _, name in wanted],
                "schemas": [*schemas],
            },
        )
        found: dict[str, dict[int, int]] = {}
        for schema, number, count in cursor.fetchall():
            found.setdefault(schema, {})[number] = count
    return found


_Shares = Mapping[_Part, Mapping[str, float]]
"""Part of the models → schema → how many of the part's tables it has: from 0 to 1."""


def _holds(schema: str, parts: Collection[_Part], shares: _Shares) -> bool:
    return any(shares[part].get(schema, 0) >= _HALF for part in parts)


def _tenants(schemas: Collection[str], shares: _Shares) -> Family | None:
    """The family of schemas that has the models' tables; without any, the largest one."""
    shared = {"public", *(schema for _, schema in shares if schema in schemas)}
    free = frozenset(schemas) - shared
    holding = {name for name in free if _holds(name, shares.keys(), shares)}
    best, most = None, 0.0
    for family in families(free):
        if holding:
            found = len(family.members & holding)
        else:  # no tables yet, or no models: schemas of one pattern are tenants all the same
            found = len(family.members) if len(family.members) > 1 else 0
        score = found / (_WIDER if family.wide else 1)
        if score > most:
            best, most = family, score
    return best or listed(holding)


def _own(
    models: Sequence[Models],
    parts: Mapping[_Part, Collection[str]],
    shares: _Shares,
    tenants: Collection[str],
    schemas: Collection[str],
) -> tuple[tuple[Models, ...], tuple[_Part, ...]]:
    """The MetaData whose tables the tenants have, and the parts of them that are the tenants'."""

    def weight(part: _Part) -> float:
        return len(parts[part]) * max((shares[part].get(its, 0) for its in tenants), default=0)

    def spoken(part: _Part) -> bool:
        return any(shares[part].get(its, 0) >= _HALF for its in tenants)

    own = sorted(filter(spoken, parts), key=lambda part: -weight(part))
    if not own:  # no tenant has any yet: a schema that does not exist stands for the tenant
        first = [part for part in parts if models and part[0] == models[0].label]
        absent = [part for part in first if part[1] and part[1] not in schemas]
        without = [part for part in first if part[1] is None]
        own = [*absent, *without] if len(absent) == 1 else without
        return tuple(models[:1]), tuple(own)
    token = own[0][1]
    # One schema name stands for the tenant; beside it, names without a schema may.
    own = [part for part in own if part[1] in (token, None)]
    labels = {label for label, _ in own}
    return tuple(its for its in models if its.label in labels), tuple(own)
