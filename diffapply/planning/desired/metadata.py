"""The desired state from SQLAlchemy metadata, in a file or a module of Python."""

import importlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg2
import sqlalchemy as sa
from psycopg2.extensions import connection as Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from diffapply.catalog.naming import Naming
from diffapply.errors import DesiredStateError
from diffapply.planning.desired.model import Desired, refusal
from diffapply.planning.model import Rename, RenameKind


def from_attribute(label: str, source: str, attribute: str, token: str | None) -> Desired:
    """The desired state that an attribute of a module holds.

    Args:
        label: how the user named it.
        source: path of a file, or name of a module.
        attribute: may have dots.
        token: a schema name in it that stands for the tenant.

    Raises:
        DesiredStateError: it does not exist, does not import, or holds nothing.
    """
    module = _import(source)
    found: Any = module
    for name in attribute.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            raise DesiredStateError(
                f"{source} has no attribute {attribute!r}.", "Nothing was done."
            ) from None
    if not isinstance(found, sa.MetaData):
        # A declarative base is what many people would name.
        found = getattr(found, "metadata", found)
    if not isinstance(found, sa.MetaData):
        raise DesiredStateError(
            f"{label} is of type {type(found).__name__}, not a SQLAlchemy MetaData.",
            "Nothing was done. Name the MetaData, such as schema/desired.py:metadata.",
        )
    return from_metadata(found, label, token)


def from_metadata(metadata: sa.MetaData, label: str, token: str | None = None) -> Desired:
    """The desired state that MetaData describes.

    Tables without a schema, and those whose schema is `token`, are the tenant's; all others are
    shared: referred to, never managed.

    Raises:
        DesiredStateError: no table is the tenant's.
    """
    tables = [table for table in metadata.tables.values() if table.schema in (None, token)]
    if not tables:
        raise DesiredStateError(
            f"{label} has no table that is the tenant's.",
            "Nothing was done. A table is the tenant's when it has no schema, or the schema "
            "given as --tenant-token.",
        )
    schemas = {table.schema for table in metadata.tables.values()}
    schemas |= {
        getattr(column.type, "schema", None) for table in tables for column in table.columns
    }

    def build(connection: Connection, schema: str) -> None:
        engine = sa.create_engine(
            "postgresql+psycopg2://",
            creator=lambda: connection,
            poolclass=StaticPool,
            # The transaction is the caller's: SQLAlchemy must neither begin nor end it. What it
            # rolls back all the same, psycopg2 does not, as it has not begun it.
            isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
        )
        try:
            with engine.connect() as sqlalchemy_connection:
                mapped = sqlalchemy_connection.execution_options(
                    schema_translate_map={token: schema} if token else {}
                )
                metadata.create_all(mapped, tables=tables, checkfirst=True)
        except (SQLAlchemyError, psycopg2.Error) as error:
            raise refusal(label, getattr(error, "orig", None) or error) from error

    return Desired(
        label,
        build=build,
        shared=frozenset(schema for schema in schemas if schema) - {token or ""},
        token=token,
        naming=Naming.MODELS,
        renames=tuple(_renames(tables)),
    )


def _renames(tables: Iterable[sa.Table]) -> Iterator[Rename]:
    """What ``info={"renamed_from": …}`` declares on tables, columns, indexes and constraints."""
    for table in tables:
        items: list[tuple[RenameKind, Any]] = [("table", table)]
        items += [("column", column) for column in table.columns]
        items += [("index", index) for index in table.indexes]
        items += [("constraint", constraint) for constraint in table.constraints]
        for kind, item in items:
            if old := item.info.get("renamed_from"):
                if item.name is None:
                    raise DesiredStateError(
                        f"A {kind} of table {table.name} is declared as renamed, but has no name.",
                        "Nothing was done.",
                    )
                yield Rename(kind, table.name, str(old), str(item.name))


def _import(source: str) -> ModuleType:
    """Import a file by its path, or a module by its name, as python -m would find it.

    It runs once in a process, as Python has it: the MetaData of its neighbours stays, too.
    """
    folders = [Path.cwd()]
    load = partial(importlib.import_module, source)
    path = Path(source)
    if path.suffix == ".py" or "/" in source:
        if not path.is_file():
            raise DesiredStateError(f"There is no file {source}.", "Nothing was done.")
        path = path.parent.resolve() / path.name
        folder, name = _in_its_packages(path)
        # Its neighbours and its project must be importable, as they are for the application.
        folders.insert(0, folder)
        load = partial(importlib.import_module, name) if "." in name else partial(_run, path)
    for folder in reversed(folders):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    try:
        return load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit is no Exception, nor are those of some test tools
        relative = isinstance(error, ImportError) and "relative import" in str(error)
        raise DesiredStateError(
            f"{source} cannot be imported: {type(error).__name__}: {error}",
            "Nothing was done."
            + (" Name it as a module: package.module:attribute." if relative else ""),
        ) from error


def _in_its_packages(path: Path) -> tuple[Path, str]:
    """The folder to import a file from, and its name there, with the packages that it is in."""
    folder, name = path.parent, path.stem
    while (folder / "__init__.py").is_file():
        folder, name = folder.parent, f"{folder.name}.{name}"
    return folder, name


def _run(path: Path) -> ModuleType:
    """The module of a file that is in no package, under a name that no other module has."""
    name = f"diffapply_desired_{path.stem}"
    there = sys.modules.get(name)
    if there is not None and there.__file__ == str(path):
        return there
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("it is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
