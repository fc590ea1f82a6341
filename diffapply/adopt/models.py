"""SQLAlchemy models of a structure, written by sqlacodegen, and what they cannot say."""

import re
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from diffapply.errors import DesiredStateError, UsageError
from diffapply.model.identifier import quoted
from diffapply.model.listing import some_of
from diffapply.model.plan import Shape
from diffapply.model.scope import Scope
from diffapply.planning.goals.goals import Goals
from diffapply.planning.means import Means
from diffapply.rehearsal.rehearse import Rehearsal
from diffapply.rehearsal.scene import Scene
from diffapply.scratch.sandbox import Sandbox

if TYPE_CHECKING:
    from sqlalchemy import MetaData, Table

_OPTIONS = frozenset({"nosyntheticenums"})
"""What sqlacodegen is to do: write a check as a check."""
_HSTORE = re.compile(r"\bHSTORE\((?:text_type=)?Text\(\)\)")
"""What sqlacodegen writes without importing Text."""
WITHOUT_MODELS = "Leave out --models: SQL can say all of it."
_OF_ROWS = re.compile(r"SELECT pg_catalog\.setval\(|DO 'BEGIN EXECUTE ")
"""Statements that a tenant needs for its rows and its owner; a desired state has neither."""


def require_generator() -> None:
    """Raise `UsageError` if sqlacodegen is not installed."""
    if find_spec("sqlacodegen") is None:
        raise UsageError(
            "--models needs sqlacodegen, which is not installed.",
            "pip install 'diffapply[models]' installs it.",
        )


def model_text(rehearsal: Rehearsal, wanted: Shape, scope: Scope) -> str:
    """The tables of a structure as models.

    Raises:
        DesiredStateError: sqlacodegen fails.
    """
    with rehearsal.empty_sandbox(scope, wanted.world) as sandbox:
        sandbox.run(wanted.ddl or ())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what models cannot say is told by what remains
                return _generated(sandbox)
        except Exception as error:
            first = str(error).partition("\n")[0]
            raise DesiredStateError(
                f"sqlacodegen can write no models of this structure: {type(error).__name__}: "
                f"{first}.",
                WITHOUT_MODELS,
            ) from error


def _generated(sandbox: Sandbox) -> str:
    import sqlalchemy as sa  # noqa: PLC0415 - takes long
    from sqlacodegen.generators import DeclarativeGenerator  # noqa: PLC0415 - an extra
    from sqlalchemy.pool import StaticPool  # noqa: PLC0415

    engine = sa.create_engine(
        "postgresql+psycopg2://",
        creator=lambda: sandbox.connection,
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",  # the transaction is the sandbox's
        pool_reset_on_return=None,
    )
    metadata = sa.MetaData()
    with sandbox.neutral(), engine.connect() as connection:
        _know_types_of(engine.dialect, sandbox.behind)
        metadata.reflect(connection)
        _require_known_types(metadata)
        for table in metadata.tables.values():
            _simplify(table)
        options = sorted(_OPTIONS & DeclarativeGenerator.valid_options)
        written = DeclarativeGenerator(metadata, connection, options).generate()
    return _HSTORE.sub("HSTORE()", written)


def _know_types_of(dialect: Any, schemas: Sequence[str]) -> None:  # noqa: ANN401 - has no such field
    """Let it know the types of extensions by their whole names, as they are read.

    In models they have no schema: these are on the application's path.
    """
    known = dialect.ischema_names.items()
    named = {f"{quoted(its)}.{name}".lower(): sort for its in schemas for name, sort in known}
    dialect.ischema_names = {**named, **dict(known)}


def _require_known_types(metadata: "MetaData") -> None:
    """Refuse columns that SQLAlchemy knows no type for: models that say none cannot be imported."""
    from sqlalchemy.types import NullType  # noqa: PLC0415 - see above

    unknown = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(getattr(column.type, "item_type", column.type), NullType)
    ]
    if unknown:
        named = some_of(unknown)
        raise TypeError(f"SQLAlchemy does not know the type of {named}")


def _simplify(table: "Table") -> None:
    """Take away what sqlacodegen writes wrongly: then SQL says it."""
    from sqlalchemy import Column  # noqa: PLC0415 - see above
    from sqlalchemy.dialects.postgresql import DOMAIN  # noqa: PLC0415

    for column in table.columns:
        if isinstance(column.type, DOMAIN):
            column.type = column.type.data_type
    for index in [*table.indexes]:
        columns = [isinstance(its, Column) for its in index.expressions]
        if not columns or not all(columns):
            table.indexes.discard(index)


def remaining(means: Means, scene: Scene, built: Shape, wanted: Shape) -> tuple[str, ...]:
    """The statements that bring what models build to a structure; none if none are proved."""
    scope = means.reader.scope
    rehearsal = scene.rehearsal
    goal = Goals(scene).in_own_words(built.catalog, wanted, scope)
    if goal.fingerprint == built.fingerprint:
        return ()
    source, goal = (rehearsal.rebuild(its, scope) for its in (built, goal))
    return tuple(its.sql for its in rehearsal.prove(source, goal, scope).statements)


def structural(statements: Sequence[str]) -> tuple[str, ...]:
    """Without those that only keep the numbers and owners of what exists."""
    return tuple(its for its in statements if not _OF_ROWS.match(its))
