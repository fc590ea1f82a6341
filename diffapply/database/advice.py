"""What PostgreSQL says of an error, and what to do about it where its own message does not."""

from typing import Any

from diffapply.database.extensions import missing_extension

_LOCKS = (
    "The lock table of the server is full: raise max_locks_per_transaction (default 64), and "
    "restart the server."
)
_BYTES = (
    "The encoding of the database is SQL_ASCII. Names and texts can be compared only if they are "
    "in UTF-8."
)
_LIMITS = {
    "due to transaction timeout": "transaction_timeout",
    "due to idle-in-transaction timeout": "idle_in_transaction_session_timeout",
    "due to idle-session timeout": "idle_session_timeout",
}
"""The server's last words → the setting that ended the session."""
_LIMIT = "Raise {} for the role that runs diffapply: see `diffapply docs operations`."
_UNFOUND = ("42704", "42883")
OF_ROLES = "acl.c"
"""The source file that tells of a role."""
_EXTENSION = 'It belongs to the extension {0}: CREATE EXTENSION "{0}"; in the database first.'


def reason(error: Any) -> str:  # noqa: ANN401 - as `_hint`
    """PostgreSQL's own message; of a connection that is lost, the server's last words.

    If it had none, that is the first line of what libpq says.

    Args:
        error: of psycopg2.
    """
    said: str = error.diag.message_primary or _last_words(error) or _first_line(str(error))
    return said.strip()


def _last_words(error: Any) -> str:  # noqa: ANN401 - as `_hint`
    """Why the server has ended the session, which psycopg2 does not say."""
    connection = getattr(getattr(error, "cursor", None), "connection", None)
    if connection is None or not connection.closed:
        return ""
    said = getattr(connection, "last_words", "") or connection.info.error_message or ""
    return _first_line(said).partition(":  ")[2]  # FATAL:  …


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def advice(error: BaseException) -> str:
    """What to do, in one sentence; empty if there is nothing to add.

    Args:
        error: any exception; only those of psycopg2 get advice.
    """
    code, said = getattr(error, "pgcode", None), getattr(error, "diag", None)
    if code == "53200" and "max_locks_per_transaction" in _hint(said):
        return _LOCKS
    if code == "22021":
        return _BYTES
    for words, setting in _LIMITS.items():
        if code is None and said is not None and words in reason(error):
            return _LIMIT.format(setting)
    unfound = code in _UNFOUND and said is not None and said.source_file != OF_ROLES
    extension = missing_extension(getattr(said, "message_primary", None) or "") if unfound else None
    return _EXTENSION.format(extension) if extension else ""


def _hint(said: Any) -> str:  # noqa: ANN401 - psycopg2 is not imported where nothing went wrong
    return said.message_hint or "" if said is not None else ""
