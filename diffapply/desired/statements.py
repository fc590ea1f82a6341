"""Runs an SQL file statement by statement, so that an error can name the line."""

import psycopg2
from pglast import parser
from psycopg2.extensions import connection as Connection

from diffapply.desired.model import refusal
from diffapply.desired.places import beginning_of, line_of, plainly, position
from diffapply.errors import DesiredStateError


def run_statements(connection: Connection, file: str, text: str, label: str) -> None:
    """Run all statements of a file, in the caller's transaction.

    Args:
        file: its path.
        text: its content, valid SQL.
        label: how the user named the desired state.

    Raises:
        DesiredStateError: PostgreSQL refuses a statement; names the line.
    """
    text = plainly(text)
    with connection.cursor() as cursor:
        for part in parser.split(text, only_slices=True):
            try:
                cursor.execute(text[part])
            except psycopg2.Error as error:
                at = position(error)
                index = beginning_of(text, part.start) if at is None else part.start + at
                place = f"line {line_of(text, index)}"
                raise refusal(label, error, place if file == label else f"{file}, {place}") from (
                    error
                )


def wrong(file: str, text: str, error: parser.ParseError) -> DesiredStateError:
    """The error for a file that is not valid SQL."""
    said, *where = error.args
    place = f", line {line_of(text, where[0])}" if where and isinstance(where[0], int) else ""
    return DesiredStateError(f"{file}{place}, is not valid SQL: {said}")
