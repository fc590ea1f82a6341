"""Explains what is not found in scratch because it could not be created there."""

from collections.abc import Sequence

import psycopg2

from diffapply.errors import DesiredStateError

UNFOUND = (
    psycopg2.errors.UndefinedObject,
    psycopg2.errors.UndefinedFunction,
    psycopg2.errors.UndefinedTable,
    psycopg2.errors.InvalidSchemaName,
)
"""Errors if something is not there that a statement names."""

_ADVICE = (
    "give --scratch-url with an empty database, as a role that may create there what the live "
    "database has (`diffapply docs role`)"
)


def causes_of(lacking: Sequence[str]) -> tuple[str, ...]:
    """Why a transition may be blocked in which something was not found; none if nothing is lacking.

    Args:
        lacking: PostgreSQL's reasons why something could not be created.
    """
    if not lacking:
        return ()
    return (*(f"not in scratch: {its}" for its in dict.fromkeys(lacking)), _ADVICE)


def lacks(error: DesiredStateError, lacking: Sequence[str]) -> DesiredStateError:
    """The error for a desired state in which something was not found."""
    missing = "; ".join(dict.fromkeys(lacking))
    remedy = f"{error.remedy} It may be there, but not in scratch: {missing}. If so, {_ADVICE}."
    return DesiredStateError(error.message, remedy.strip())
