"""Statements that change rows, which no structure has; and whether code may build from rows."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pglast import ast

from diffapply.desired.sql.constancy import is_constant

_CHANGE_ROWS = ast.DeleteStmt | ast.InsertStmt | ast.MergeStmt | ast.TruncateStmt | ast.UpdateStmt
_MAKES = re.compile(r"\b(?:create|alter|drop|execute|rename)\b", re.IGNORECASE)
"""What the body of a routine says that may make something."""


def changes_rows(statement: Any) -> bool:  # noqa: ANN401 - a node as the grammar makes it
    """Whether all that a statement does is to change rows, or the number of a sequence."""
    match statement:
        case ast.CopyStmt():
            return bool(statement.is_from)
        case ast.SelectStmt():
            targets = statement.targetList or ()
            return bool(targets) and all(_sets_number(its.val) for its in targets)
    return isinstance(statement, _CHANGE_ROWS)


def _sets_number(value: Any) -> bool:  # noqa: ANN401 - as above
    if not isinstance(value, ast.FuncCall):
        return False
    *schema, name = (part.sval for part in value.funcname or ())
    return name == "setval" and schema in ([], ["pg_catalog"])


def may_build_from_rows(statements: Sequence[ast.Node | None]) -> bool:
    """Whether code that runs while they are built may make something of rows.

    That is a statement that runs code, such as DO; or a routine that makes something, which a
    trigger may call.
    """
    others = (
        its
        for its in statements
        # What a view is filled with makes nothing.
        if not (changes_rows(its) or isinstance(its, ast.RefreshMatViewStmt))
    )
    return not is_constant(others) or any(
        _MAKES.search(body) for its in statements for body in _bodies(its)
    )


def _bodies(statement: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    if isinstance(statement, ast.CreateFunctionStmt):
        for option in statement.options or ():
            if option.defname == "as":
                yield from (its.sval for its in option.arg)
