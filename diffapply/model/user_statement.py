"""A statement that the user supplies."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UserStatement:
    """A statement of a file that the user supplies.

    Attributes:
        place: where it stands, such as ``backfill.sql, line 3``.
        changes_rows: whether it makes and drops nothing: it is there for the rows.
    """

    sql: str
    place: str
    changes_rows: bool = False
