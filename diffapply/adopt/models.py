"""SQLAlchemy models of a structure, written by sqlacodegen, and what they cannot say."""

import re
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from diffapply.errors import DesiredStateError, UsageError
from diffapply.model.plan import Shape
from diffapply.model.scope import Scope
from diffapply.planning.goals import Goals
from diffapply.planning.means import Means
from diffapply.rehearsal.rehearse import Rehearsal
from diffapply.rehearsal.scene import Scene
from diffapply.scratch.sandbox import Sandbox

if TYPE_CHECKING:
    from sqlalchemy import Table

_OPTIONS = frozenset({"nosyntheticenums"})
"""What sqlacodegen is to do: write a check as a check."""
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
                "Leave out --models: SQL can say all of it.",
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
        metadata.reflect(connection)
        for table in metadata.tables.values():
            _simplify(table)
        options = sorted(_OPTIONS & DeclarativeGenerator.valid_options)
        return DeclarativeGenerator(metadata, connection, options).generate()


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
