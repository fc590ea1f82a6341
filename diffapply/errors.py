"""Everything that diffapply raises on purpose.

    DiffapplyError                  exit 1 unless said otherwise
    ├── UsageError                  an option, a name or a pattern that makes no sense
    ├── DesiredStateError           the desired state cannot be loaded, or PostgreSQL refuses it
    ├── DatabaseError               the server or the database is not what is needed
    │   ├── ConnectionFailedError   unreachable, wrong password, no such database
    │   ├── PermissionDeniedError   the role lacks a privilege
    │   └── ScratchError            no scratch database can be had
    ├── TenantError                 no tenant matches, or a named one does not exist
    ├── PlanFileError               truncated, altered, of another format or database
    ├── JournalError                the journal is missing, altered, or of a newer version
    ├── UnreadableFactError         a definition in a form that PostgreSQL does not write
    └── RefusedError                exit 3: blocked, destructive without leave, not its turn

Each message is one clear sentence; `hint` says what was not done and what to do next: that
nothing was done is said here, once. No message ever holds a password.
"""

import re


def masked(text: str) -> str:
    """What others say, which may quote a URL or a connection string, without the password."""
    text = re.sub(r"(?<=://)\S*@", "***@", text)
    return re.sub(r"(password\s*=\s*)('[^']*'|\S+)", r"\1***", text)


NOTHING_DONE = "Nothing was done."


class DiffapplyError(Exception):
    """Base of all errors a user can cause.

    Args:
        message: one sentence saying what is wrong.
        remedy: what to do next, in sentences; or empty.
        outcome: what became of the work, where it is not that nothing was done.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "", *, outcome: str = NOTHING_DONE) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.outcome = outcome

    @property
    def hint(self) -> str:
        """What was done, if anything, and what to do next."""
        return f"{self.outcome} {self.remedy}".strip()


class UsageError(DiffapplyError):
    """An option, a name or a pattern that makes no sense."""


class DesiredStateError(DiffapplyError):
    """The desired state cannot be loaded, or PostgreSQL refuses it."""


class DatabaseError(DiffapplyError):
    """The server or the database is not what is needed."""


class ConnectionFailedError(DatabaseError):
    """The server cannot be reached, or does not let us in."""


class PermissionDeniedError(DatabaseError):
    """The role lacks a privilege that the command needs."""


class ScratchError(DatabaseError):
    """No scratch database can be had."""


class TenantError(DiffapplyError):
    """No tenant matches, or a named one does not exist."""


class PlanFileError(DiffapplyError):
    """The plan file is truncated, altered, of another format version or another database."""


class JournalError(DiffapplyError):
    """The journal is missing, was written by a newer diffapply, or was altered since."""


class UnreadableFactError(DiffapplyError):
    """A definition that PostgreSQL does not write: of a journal or plan that was altered, say."""


class RefusedError(DiffapplyError):
    """The plan is blocked or would lose data, or another apply goes on."""

    exit_code = 3
