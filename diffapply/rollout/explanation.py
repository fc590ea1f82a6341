"""How an error is explained, and what is in the way."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from textwrap import shorten

import psycopg2
from psycopg2.extensions import Diagnostics
from psycopg2.extensions import connection as Connection

from diffapply import journal
from diffapply.database.advice import advice, reason
from diffapply.database.blockers import Blocker, find_blockers
from diffapply.database.of_values import is_of_values
from diffapply.database.timeouts import told_limit
from diffapply.model.identifier import quoted
from diffapply.model.plan import Transition
from diffapply.model.run import StepResult, StepStatus
from diffapply.rollout.retry import GaveUp, LocksBusyError, TenantBusyError
from diffapply.rollout.transaction.table_locks import wanted_locks

ROLLED_BACK = "rolled back"
NOT_KNOWN = "connection lost; commit unknown: see diffapply history"
"""Outcomes of a tenant that failed."""

_FOR_ROWS = "change these rows first, or by statements of your own: --with FILE"
_FOR_NEW_COLUMN = (
    "the column is new: give it a default, or fill it by statements of your own: --with FILE"
)
_MORE = "; the lines `rows:` of the plan say on what else it may fail"
_FOR_PARTITIONS = (
    "these rows belong to another partition then: move them, by statements of your own: --with FILE"
)

_OF_SETTINGS = "22023"
"""The error of values that is of a sequence, or of what a statement says itself."""

_RESOURCES = "53"
"""The class of errors that say what the server is short of: disk, memory, connections."""

_OWN_LIMIT = "53400"
"""Of these, the one of a limit for a single session, such as temp_file_limit."""

_RAISED = re.compile(r"pl\w*\.\w+|(?:dblink|connection)\.c")
"""Source files of an error that says what somebody else's code, or another server, wants it to say:
those of procedural languages, of dblink and of postgres_fdw."""

_NUMBERED = re.compile(
    r"""(?<=/)(?:pgsql_tmp\d[\w.]*|[\w.]*\d[\w.]*(?=["']))"""
    r"|(?<=block )\d+|(?<=size )\d+|\d+(?= bytes)"
)
"""What differs from tenant to tenant in such an error: a file's number, a block's, a size; no
name."""

_NO_LOCK = (
    LocksBusyError,
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.QueryCanceled,
)


def is_of_server(error: Exception) -> bool:
    """Whether the server is short of something, so that other tenants would fail as well.

    Not if its lock table is full: a tenant with fewer tables may need less of it. Nor if code in
    the tenant says so: that would stop the run for all others.
    """
    code = getattr(error, "pgcode", None) or ""
    if not code.startswith(_RESOURCES) or code == _OWN_LIMIT or advice(error):
        return False
    file = getattr(getattr(error, "diag", None), "source_file", None) or ""
    return not _RAISED.fullmatch(file.rpartition("/")[2])


def find_obstacles(
    connection: Connection, error: Exception, tenants: Sequence[str], transition: Transition
) -> list[Blocker]:
    """Sessions whose locks stop tenants, as far as these locks still exist.

    Args:
        connection: the one with the error; its transaction is rolled back, if it has one.
        error: from PostgreSQL or from us.
        tenants: of one transition.
    """
    if isinstance(error, _NO_LOCK):
        wanted = wanted_locks(connection, tenants, transition)
        found = find_blockers(connection, tenants, wanted) if wanted else []
        # Reading waits for locks, too; and older plans do not say what is locked.
        return found or find_blockers(connection, tenants, any_mode=not wanted)
    if isinstance(error, TenantBusyError):
        return journal.find_tenant_holders(connection, tenants)
    return []


def for_rows(error: Exception, transition: Transition) -> str:
    """What to do about rows on which one of its statements fails.

    PostgreSQL tells one failure, and there may be more.
    """
    hazards = (its for statement in transition.statements for its in statement.hazards)
    rows = sum(its.kind == "rows" for its in hazards)
    return _remedy(error, transition) + (_MORE if rows > 1 else "")


def _remedy(error: Exception, transition: Transition) -> str:
    said = getattr(error, "diag", None)
    is_null = isinstance(error, psycopg2.errors.NotNullViolation)
    if is_null and said is not None and _is_new(said, transition):
        return _FOR_NEW_COLUMN
    # That a partition takes a row is checked as a constraint without a name; no change of the row
    # would make it fit both where it is and where it is to be.
    is_nameless = said is not None and said.constraint_name is None
    if isinstance(error, psycopg2.errors.CheckViolation) and is_nameless:
        return _FOR_PARTITIONS
    return _FOR_ROWS


def _is_new(said: Diagnostics, transition: Transition) -> bool:
    """Whether the column that an error names is added, and not one that was there, or elsewhere.

    A column under a new name is missing as well; and all of a table that gets another name.
    """
    if said.column_name is None or said.table_name is None:
        return False
    table = quoted(said.table_name)
    new = {("table", table), ("column", f"{table}.{quoted(said.column_name)}")}
    missing = {(its.kind, its.name) for its in transition.differences if its.change == "missing"}
    adding = _adding(said.column_name)
    return not new.isdisjoint(missing) and any(
        adding.search(its.sql) for its in transition.statements
    )


def _adding(column: str) -> re.Pattern[str]:
    """What adds a column of this name."""
    name = re.escape(column.replace('"', '""'))
    plain = rf"|{name}(?![\w$])" if column == column.lower() else ""
    return re.compile(
        rf'\bADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?:"{name}"{plain})',
        re.IGNORECASE,
    )


def explain(error: Exception, blocker: Blocker | None, transition: Transition) -> Exception:
    """The error, with the session that holds the lock and the statement that waits, if any."""
    if blocker is None:
        if is_of_values(error) and getattr(error, "pgcode", None) != _OF_SETTINGS:
            error.add_note(for_rows(error, transition))
        return error
    if not blocker.relation:
        return TenantBusyError(f"{error}: {blocker.holder}")
    better = TenantBusyError(str(blocker))
    notes = getattr(error, "__notes__", [])
    statements = transition.statements
    for number, statement in enumerate(statements, 1):
        if not notes and any(
            lock.table == (blocker.own if lock.own else blocker.relation)
            for lock in statement.locks
        ):
            notes = [naming(number, len(statements), statement.sql)]
    for note in notes:
        better.add_note(note)
    return better


def limited(connection: Connection, error: Exception) -> None:
    """Say in a cancelled statement's error which limit has cancelled it.

    Args:
        connection: outside of a transaction.
    """
    if isinstance(error, psycopg2.errors.QueryCanceled) and "user request" not in str(error):
        with suppress(psycopg2.Error):
            if told := told_limit(connection):
                error.add_note(told)


def given_up(
    connection: Connection, tenant: str, why: GaveUp, status: StepStatus, outcome: str
) -> StepResult:
    """What became of a tenant whose work was given up; in doubt if the connection was lost.

    Args:
        connection: outside of a transaction.
        outcome: what holds if the last try was not committed.
    """
    if not connection.closed:
        limited(connection, why.error)
    said = partial(sentence, why.error, why.tries)
    doubt = said(NOT_KNOWN) if connection.closed else None
    return StepResult(tenant, status, said(outcome), doubt, of_server=is_of_server(why.error))


def naming(number: int, total: int, statement: str) -> str:
    """The name of a statement in an error."""
    return shorten(f"statement {number} of {total}: {statement}", 300, placeholder=" …")


@contextmanager
def noting(what: str) -> Iterator[None]:
    """Add what is done, such as the name of a statement, to PostgreSQL's error."""
    try:
        yield
    except psycopg2.Error as error:
        error.add_note(what)
        raise


def sentence(error: Exception, tries: int = 1, outcome: str = ROLLED_BACK) -> str:
    """The error for people: PostgreSQL's message, notes, number of tries, outcome."""
    words = str(error)
    if isinstance(error, psycopg2.Error):
        words = ". ".join(filter(None, [reason(error), error.diag.message_detail]))
        if is_of_server(error):
            words = _NUMBERED.sub("…", words)
    words = ". ".join(filter(None, [" ".join(words.split()).rstrip("."), advice(error)])).rstrip(
        "."
    )
    notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    again = f" (tried {tries} times)" if tries > 1 else ""
    return f"{words}{notes}{again}; {outcome}."
