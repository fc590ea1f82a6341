"""What to do about an error of PostgreSQL's, where its own words do not say it."""

from typing import Any

from diffapply.database.extensions import missing_extension

_LOCKS = (
    "Raise max_locks_per_transaction on the server, which is 64 unless it is set and takes a "
    "restart: its table of locks is full."
)
_BYTES = (
    "In a database of the encoding SQL_ASCII, names and texts may be in any other one: where they "
    "are not in UTF-8, they cannot be compared."
)
_EXTENSION = 'It belongs to the extension {0}: CREATE EXTENSION "{0}"; in the database first.'


def advice(error: BaseException) -> str:
    """What to do, in a sentence; empty where there is nothing to say.

    Args:
        error: of psycopg2, or any other.
    """
    code, said = getattr(error, "pgcode", None), getattr(error, "diag", None)
    if code == "53200" and "max_locks_per_transaction" in _hint(said):
        return _LOCKS
    if code == "22021":
        return _BYTES
    extension = missing_extension(getattr(said, "message_primary", None) or "")
    return _EXTENSION.format(extension) if extension else ""


def _hint(said: Any) -> str:  # noqa: ANN401 - psycopg2 is not imported where nothing went wrong
    return said.message_hint or "" if said is not None else ""
