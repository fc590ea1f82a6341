"""Statements that only say whose things are, and who may use them: structure with --privileges."""

from typing import Any

from pglast import ast, parser
from pglast.enums import AlterTableType

from diffapply.desired.passing import blanked
from diffapply.desired.places import SAYS_RIGHTS

_GIVE = (
    *(ast.AlterDefaultPrivilegesStmt, ast.AlterOwnerStmt),
    *(ast.GrantRoleStmt, ast.GrantStmt, ast.ReassignOwnedStmt),
)


def gives_rights(statement: Any) -> bool:  # noqa: ANN401 - a node as the grammar makes it
    """Whether all that a statement does is to give owners or rights.

    One that takes on a role is there for the owner of what follows.
    """
    match statement:
        case ast.AlterTableStmt():
            owner = AlterTableType.AT_ChangeOwner
            return all(its.subtype == owner for its in statement.cmds or ())
        case ast.VariableSetStmt():
            return statement.name in ("role", "session_authorization")
    return isinstance(statement, _GIVE)


def without_rights(text: str) -> str:
    """SQL without statements that only give owners or rights; what cannot be parsed stays.

    Empty if it has no other.
    """
    if not SAYS_RIGHTS.search(text):
        return text
    try:
        parsed, parts = parser.parse_sql(text), parser.split(text, only_slices=True)
    except parser.ParseError:
        return text  # PostgreSQL will report the error
    given = [part for its, part in zip(parsed, parts, strict=True) if gives_rights(its.stmt)]
    return blanked(text, given) if len(given) < len(parts) else ""
