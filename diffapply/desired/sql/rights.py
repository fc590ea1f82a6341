"""Statements that only say whose things are, and who may use them: structure with --privileges."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from pglast import ast, parser
from pglast.enums import AlterTableType

from diffapply.desired.places import SAYS_RIGHTS
from diffapply.desired.sql.declarable import COMMENTS
from diffapply.desired.sql.passing import blanked

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


def rights_in(text: str, statement: Any, part: slice) -> Iterator[slice]:  # noqa: ANN401 - as above
    """Where a statement only gives owners or rights: all of it, or actions of an ALTER TABLE.

    Args:
        part: the place of the statement in the text.
    """
    if gives_rights(statement):
        yield part
    elif isinstance(statement, ast.AlterTableStmt):
        yield from _owners_in(text, [its.subtype for its in statement.cmds or ()], part)


def _owners_in(text: str, actions: Sequence[object], part: slice) -> Iterator[slice]:
    """Where the actions of an ALTER TABLE give an owner, each with a comma beside it."""
    owners = [at for at, its in enumerate(actions) if its == AlterTableType.AT_ChangeOwner]
    if not owners:
        return
    tokens = [its for its in parser.scan(text[part]) if its.name not in COMMENTS]
    names = [its.name for its in tokens]
    begins = [at for at, its in enumerate(pairwise(names)) if its == ("OWNER", "TO")]
    for action, at in zip(owners, begins, strict=True):
        first, last = at, at + 2
        if owners[:action] == [*range(action)]:  # nothing stays before it
            last += 1
        else:
            first -= 1
        yield slice(part.start + tokens[first].start, part.start + tokens[last].end + 1)


def without_rights(text: str) -> str:
    """SQL without what only gives owners or rights; what cannot be parsed stays.

    Empty if nothing else is in it.
    """
    if not SAYS_RIGHTS.search(text):
        return text
    try:
        parsed, parts = parser.parse_sql(text), parser.split(text, only_slices=True)
    except parser.ParseError:
        return text  # PostgreSQL will report the error
    if all(gives_rights(its.stmt) for its in parsed):
        return ""
    given = zip(parsed, parts, strict=True)
    return blanked(text, (its for raw, part in given for its in rights_in(text, raw.stmt, part)))
