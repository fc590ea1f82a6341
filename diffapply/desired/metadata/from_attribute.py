"""The desired state from SQLAlchemy metadata, in a Python file or module."""

import difflib
import logging
import re
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa

from diffapply.desired.metadata.creation import TenantNames, create, tables_of
from diffapply.desired.metadata.digest import metadata_digest
from diffapply.desired.metadata.importing import import_source, not_built
from diffapply.desired.metadata.info import declarable_in, renames_in
from diffapply.desired.metadata.mentions import names_of
from diffapply.desired.model import Desired, merged
from diffapply.errors import DesiredStateError
from diffapply.model.own_name import Naming

_log = logging.getLogger(__name__)

_ROWS = (
    "%s writes rows when its tables are created; they are skipped, as with pg_dump --schema-only. "
    "--copy-rows gives new tenants rows."
)
_DEFINES_TABLES = re.compile(r"__tablename__|\bTable\(")
_MOST_FILES = 500
"""Files of a project that are searched for models, at most."""


def from_attributes(
    attributes: Mapping[str, tuple[str, str]], tenancy: TenantNames
) -> dict[str, Desired]:
    """The desired states in attributes of modules.

    All are imported before any is looked at: models in several modules may have one MetaData.

    Args:
        attributes: label, as the user named it → path of a file, or name of a module; the name of
            the attribute, which may contain dots.
        tenancy: which names in it belong to the tenant.

    Returns:
        By label. A MetaData that several of them name is that of the first one.

    Raises:
        DesiredStateError: one does not exist, cannot be imported, or has no table.
    """
    modules = {label: import_source(source) for label, (source, _) in attributes.items()}
    named = {
        label: holders_in(module, *attributes[label], label) for label, module in modules.items()
    }
    for label, holders in named.items():
        if not any(holder.tables for holder in holders):
            raise DesiredStateError(
                f"{label} has no table: the module that defines the tables was not imported.",
                _where_models_are(modules[label], attributes[label][1]),
            )
    found, seen = {}, set[int]()
    for label, holders in named.items():
        new = [*{id(its): its for its in holders if id(its) not in seen}.values()]
        seen |= {*map(id, new)}
        if new:
            labels = [one for one, others in named.items() if any(its in new for its in others)]
            found[label] = from_metadata(new, ", ".join(labels), tenancy)
    return found


def holders_in(
    module: ModuleType, source: str, attribute: str, label: str
) -> Sequence[sa.MetaData]:
    """What an attribute of a module names: a MetaData, or a list of several.

    Raises:
        DesiredStateError: there is no such attribute, or it is something else.
    """
    found: Any = module
    for name in attribute.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise DesiredStateError(
                f"{source} has no attribute {attribute!r}.",
                _what_else(module, attribute),
            ) from None
    listed = [*found] if isinstance(found, list | tuple | set | frozenset) else [found]
    # Many people name the declarative base.
    holders = [
        its if isinstance(its, sa.MetaData) else getattr(its, "metadata", its) for its in listed
    ]
    for holder in holders:
        if not isinstance(holder, sa.MetaData):
            raise DesiredStateError(
                f"{label} is of type {type(holder).__name__}, not a SQLAlchemy MetaData.",
                _what_else(module, attribute),
            )
    return holders


def from_metadata(holders: Sequence[sa.MetaData], label: str, tenancy: TenantNames) -> Desired:
    """The desired state that MetaData describes.

    Args:
        holders: at least one; created in this order.
        label: how the user named it.
        tenancy: which tables belong to the tenant; all others are shared and never changed.

    Raises:
        DesiredStateError: no table belongs to the tenant, or one is in two of them.
    """
    own = [metadata for metadata in holders if tables_of(metadata, tenancy)]
    if not own:
        tables = [table for its in holders for table in its.tables.values()]
        others = sorted({table.schema or "none" for table in tables})
        raise DesiredStateError(
            f"{label} has no table that belongs to the tenant; the schemas of its tables are: "
            f"{', '.join(others)}.",
            "A table belongs to the tenant if its schema is the --tenant-token, or if it has no "
            "schema and --schemaless is tenant.",
        )
    if len(own) == 1:
        return _one(own[0], label, tenancy)
    return merged(
        label,
        [_one(its, f"{label}[{holders.index(its)}]", tenancy) for its in own],
    )


def _one(metadata: sa.MetaData, label: str, tenancy: TenantNames) -> Desired:
    tables = tables_of(metadata, tenancy)
    schemas = {table.schema for table in metadata.tables.values()}
    try:
        schemas |= names_of(tables, metadata)
    except Exception as error:  # of a type that the user defines
        raise not_built(label, error) from error
    tell_once = cache(partial(_log.warning, _ROWS, label))
    return Desired(
        label,
        build=partial(create, metadata, tenancy, label=label, tell_of_rows=tell_once),
        shared=frozenset(schema for schema in schemas if schema) - {tenancy.token or ""},
        token=tenancy.token,
        naming=Naming.MODELS,
        renames=renames_in(tables, tenancy),
        tables=tuple(table.name for table in tables),
        declarable=partial(declarable_in, tables, tenancy),
        digest=cache(partial(metadata_digest, metadata, tenancy)),
    )


def _what_else(module: ModuleType, attribute: str) -> str:
    """A hint: which names of the module the user may have meant."""
    names = [
        name
        for name, its in vars(module).items()
        if isinstance(its, sa.MetaData)
        or (isinstance(its, type) and isinstance(getattr(its, "metadata", None), sa.MetaData))
    ]
    if not names:
        return "Name a MetaData, or a declarative base; this module has neither."
    closest = difflib.get_close_matches(attribute, names, n=1, cutoff=0) or names
    names = [closest[0], *(name for name in names if name != closest[0])]
    return f"Name a MetaData, or a declarative base: {', '.join(names[:3])}."


def _where_models_are(module: ModuleType, attribute: str) -> str:
    """A hint: which module to name instead of one that defines no tables."""
    name = attribute.partition(".")[0]
    file = Path(module.__file__ or "")
    project = file.parent.parent if (file.parent / "__init__.py").is_file() else file.parent
    mention = re.compile(rf"\b{re.escape(name)}\b")
    for number, path in enumerate(sorted(project.rglob("*.py"))):
        if number >= _MOST_FILES:
            break
        if "site-packages" in path.parts or path == file:
            continue
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeError):
            continue
        if mention.search(text) and _DEFINES_TABLES.search(text):
            return (
                f"Name {name} in a module that imports all of them, such as "
                f"{path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}"
                f":{attribute}."
            )
    return f"Name {name} in a module that imports all models."
