"""The errors that diffapply raises for whatever a user can cause.

    DiffapplyError                  exit 1 unless said otherwise
    ├── UsageError                  an option, a name or a pattern is wrong
    │   └── WrongConnectionError    what was lent is no connection that can be used; a TypeError
    ├── DesiredStateError           the desired state cannot be loaded, or PostgreSQL refuses it
    ├── DatabaseError               the server or the database is not what is needed
    │   ├── ConnectionFailedError   unreachable, wrong password, no such database
    │   ├── PermissionDeniedError   the role lacks a privilege
    │   └── ScratchError            no scratch database can be created or used
    ├── TenantError                 no tenant matches, or a named one does not exist
    │   └── TenantNotCurrentError   a tenant cannot be brought to its shape here and now
    ├── PlanFileError               truncated, changed, of another format or database
    ├── ShapeFileError              the same of a shape file
    ├── JournalError                the journal is missing, changed, or of a newer version
    ├── UnreadableFactError         a definition in a form that PostgreSQL does not write
    └── RefusedError                exit 3: blocked, would lose data, another apply is running

Each message is one clear sentence. `hint` adds that nothing was done, which no message has to say
itself, and what to do next. No message contains a password.
"""

import re
from collections.abc import Iterable


def masked(text: str) -> str:
    """A text of somebody else, which may quote a URL or a connection string, without passwords."""
    text = re.sub(r"(?<=://)\S*@", "***@", text)
    return re.sub(r"(password\s*=\s*)('[^']*'|\S+)", r"\1***", text)


def alike(word: str, known: Iterable[str], otherwise: str, *, nearness: float = 0.6) -> str:
    """A question about the known word that was probably meant; otherwise another remedy.

    Args:
        nearness: how alike they must be, from 0 to 1, as difflib's ratio tells it.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only for mistakes

    close = get_close_matches(word, known, 1, nearness)
    return f"Did you mean {close[0]!r}?" if close else otherwise


NOTHING_DONE = "Nothing was done."


class DiffapplyError(Exception):
    """Base of all errors that a user can cause.

    Args:
        message: one sentence saying what is wrong.
        remedy: what to do next, in sentences; may be empty.
        outcome: what was done, if it is not nothing.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "", *, outcome: str = NOTHING_DONE) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.outcome = outcome

    @property
    def hint(self) -> str:
        """What was done, and what to do next."""
        return f"{self.outcome} {self.remedy}".strip()


class UsageError(DiffapplyError):
    """An option, a name or a pattern is wrong."""


class WrongConnectionError(UsageError, TypeError):
    """What an application has lent is no connection that diffapply can work on."""


class DesiredStateError(DiffapplyError):
    """The desired state cannot be loaded, or PostgreSQL refuses it."""


class DatabaseError(DiffapplyError):
    """The server or the database is not what is needed."""


class ConnectionFailedError(DatabaseError):
    """The server cannot be reached, or refuses the login."""


class PermissionDeniedError(DatabaseError):
    """The role lacks a privilege that the command needs."""


class ScratchError(DatabaseError):
    """No scratch database can be created or used."""


class TenantError(DiffapplyError):
    """No tenant matches, or a named one does not exist."""


class TenantNotCurrentError(TenantError):
    """A tenant has not the shape that it should have, and it cannot be given here and now."""


class PlanFileError(DiffapplyError):
    """The plan file is truncated, changed, of another format version or of another database."""


class ShapeFileError(DiffapplyError):
    """The shape file is truncated, changed, of another format version or of another server."""


class JournalError(DiffapplyError):
    """The journal is missing, was changed by hand, or was written by a newer diffapply."""


class UnreadableFactError(DiffapplyError):
    """A definition that PostgreSQL does not write, such as one in a changed journal or plan."""


class RefusedError(DiffapplyError):
    """The plan is blocked or would lose data, or another apply is running."""

    exit_code = 3
