"""Explains what is not found in scratch because it could not be created there."""

import re
from collections.abc import Sequence

import psycopg2

from diffapply.database.advice import OF_ROLES, reason
from diffapply.database.names_said import quoted_in
from diffapply.errors import DesiredStateError
from diffapply.model.scope import Scope

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

_ROLE = re.compile(r'role ".*" does not exist')


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


def names_left_alone(error: psycopg2.Error, scope: Scope) -> bool:
    """Whether what is not found may be left alone in tenants, and so not be in scratch."""
    ignoring = scope.ignoring
    if isinstance(error, psycopg2.errors.UndefinedColumn):
        return bool(ignoring.of_kind("column"))
    if not isinstance(error, UNFOUND):
        return False
    usual = any(ignoring.names("table", name) for name in quoted_in(reason(error)))
    return scope.ahead or bool(ignoring.explicit) or usual


def beside_roles(lacking: Sequence[str]) -> list[str]:
    """What is lacking and no role."""
    return [its for its in lacking if _ROLE.match(its) is None]


def lacks_role(error: DesiredStateError) -> DesiredStateError:
    """The error for a desired state built on another server, where a role may be missing."""
    cause = getattr(error.__cause__, "orig", error.__cause__)
    if not _is_role(cause):
        return error
    remedy = (
        f"{error.remedy} Scratch is on another server, and roles belong to a server: if the live "
        "one has it, give --scratch-url with an empty database on a server that has it, too."
    )
    return DesiredStateError(error.message, remedy.strip())


def _is_role(error: object) -> bool:
    if not isinstance(error, psycopg2.errors.UndefinedObject):
        return False
    return error.diag.source_file == OF_ROLES
