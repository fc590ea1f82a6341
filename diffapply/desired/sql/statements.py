"""Runs an SQL file statement by statement, so that an error can name the line."""

import logging
import re

import psycopg2
from pglast import parser
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from diffapply.database.advice import reason
from diffapply.desired.model import refusal
from diffapply.desired.places import beginning_of, brief, line_of, plainly, position
from diffapply.desired.sql.homes import home_of
from diffapply.desired.sql.rows import changes_rows
from diffapply.errors import DesiredStateError

_log = logging.getLogger(__name__)

_VARIABLE = re.compile(r""":['"]?[^\W\d]""")
_NO_VARIABLES = "psql's variables have no value here. Write the SQL as it is to run."


def run_statements(
    connection: Connection, file: str, text: str, label: str, *, with_rows: bool = False
) -> None:
    """Run all statements of a file, in the caller's transaction.

    Args:
        file: its path.
        text: its content, valid SQL.
        label: how the user named the desired state.
        with_rows: some change rows; these may fail, because others that they need are skipped.

    Raises:
        DesiredStateError: PostgreSQL refuses a statement; names the line.
    """
    text = plainly(text)
    refused: list[str] = []
    with connection.cursor() as cursor:
        for part in parser.split(text, only_slices=True):
            statement = text[part]
            try:
                if not with_rows or not changes_rows(parser.parse_sql(statement)[0].stmt):
                    cursor.execute(statement)
                elif why := _refused_rows(cursor, statement):
                    line = line_of(text, beginning_of(text, part.start))
                    refused.append(f"{file}, line {line}: {why}")
            except psycopg2.Error as error:
                at = position(error)
                index = beginning_of(text, part.start) if at is None else part.start + at
                place = f"line {line_of(text, index)}"
                where = place if file == label else f"{file}, {place}"
                schema = home_of(parser.parse_sql(statement)[0].stmt)
                raise refusal(label, error, where, schema=schema) from error
    if refused:
        more = f" ({len(refused) - 1} more)" if len(refused) > 1 else ""
        _log.warning("Rows that PostgreSQL refuses in scratch are left out: %s%s", refused[0], more)


def _refused_rows(cursor: Cursor, statement: str) -> str:
    """Change rows; returns why that is left out, if PostgreSQL refuses it."""
    cursor.execute("savepoint diffapply_rows")
    why = ""
    try:
        cursor.execute(statement)
        # A check that waits for the end of the transaction would keep tables from being altered.
        cursor.execute("set constraints all immediate")
    except psycopg2.OperationalError:  # it took too long, or the connection is lost
        raise
    except psycopg2.Error as error:
        why = reason(error)
        cursor.execute("rollback to savepoint diffapply_rows")
    cursor.execute("release savepoint diffapply_rows")
    return why


def wrong(file: str, text: str, error: parser.ParseError) -> DesiredStateError:
    """The error for a file that is not valid SQL."""
    return DesiredStateError(*what_is_wrong(file, text, error))


def what_is_wrong(file: str, text: str, error: parser.ParseError) -> tuple[str, str]:
    """Why a file is not valid SQL, and what to do about it, if that is known."""
    said, *where = error.args
    at = where[0] if where and isinstance(where[0], int) else None
    place = "" if at is None else f", line {line_of(text, at)}"
    remedy = _NO_VARIABLES if at is not None and _VARIABLE.match(text, at) else ""
    # If a literal has no end, what the parser quotes is all the rest of the file.
    return f"{file}{place}, is not valid SQL: {brief(said)}", remedy
