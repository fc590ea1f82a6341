"""What the journal holds in arrays and JSON: of the type that it was written as, or refused."""

from collections.abc import Mapping
from typing import TypeVar

from diffapply.errors import JournalError
from diffapply.typed import MisfitError, typed

_Row = TypeVar("_Row")


def as_written(columns: Mapping[str, object], row: type[_Row], what: str, remedy: str) -> _Row:
    """Columns of a row as the types that they were written as.

    Args:
        columns: the name of each, and what is in it.
        what: whose they are, such as ``run 12``.
        remedy: see `DiffapplyError`.

    Raises:
        JournalError: they were changed after they were written; it names the place.
    """
    try:
        return typed(columns, row)
    except MisfitError as error:
        raise changed(what, remedy, f": {error}") from error


def changed(what: str, remedy: str, why: str = "") -> JournalError:
    """The error that something in the journal is not as diffapply wrote it."""
    return JournalError(f"The journal's {what} was changed after it was written{why}.", remedy)
