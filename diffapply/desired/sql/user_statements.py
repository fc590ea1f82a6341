"""User statements (`--with FILE`): what is done to rows, and where the user knows a better way."""

from pathlib import Path
from typing import Any

from pglast import ast, parser
from pglast.enums import VariableSetKind

from diffapply.desired.places import beginning_of, line_of
from diffapply.desired.sql.statements import what_is_wrong
from diffapply.errors import UsageError
from diffapply.model.user_statement import UserStatement

_OF_ROWS = (
    ast.InsertStmt
    | ast.UpdateStmt
    | ast.DeleteStmt
    | ast.MergeStmt
    | ast.TruncateStmt
    | ast.CopyStmt
    | ast.DoStmt
    | ast.CallStmt
    | ast.LockStmt
    | ast.VariableSetStmt
    | ast.ConstraintsSetStmt
)

_OUTLIVING = (
    ast.PrepareStmt
    | ast.DeallocateStmt
    | ast.ListenStmt
    | ast.UnlistenStmt
    | ast.DiscardStmt
    | ast.LoadStmt
)
"""What stays on a connection, which a pooler may hand to the application."""


def load_statements(path: Path) -> tuple[UserStatement, ...]:
    """The statements of an SQL file. They must not name the tenant's schema.

    Raises:
        UsageError: the file cannot be read, is not valid SQL, begins or ends a transaction, leaves
            something on the connection, or copies rows by psql.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise UsageError(f"{path} cannot be read: {why}.") from error
    try:
        parsed = parser.parse_sql(text)
        parts = parser.split(text, only_slices=True)
    except parser.ParseError as error:
        message, remedy = what_is_wrong(str(path), text, error)
        raise UsageError(f"{message}.", remedy) from error
    found = []
    for raw, part in zip(parsed, parts, strict=True):
        place = f"{path}, line {line_of(text, beginning_of(text, part.start))}"
        if isinstance(raw.stmt, ast.TransactionStmt):
            raise UsageError(
                f"{place}, begins or ends a transaction; each tenant has one of its own."
            )
        if _outlives(raw.stmt):
            raise UsageError(
                f"{place}, changes the session, which the application may get from a pooler.",
                "Write SET LOCAL for a setting; leave out what else is for a session.",
            )
        if isinstance(raw.stmt, ast.CopyStmt) and not raw.stmt.filename:
            raise UsageError(f"{place}, copies rows from or to psql.", "Write INSERT instead.")
        found.append(UserStatement(text[part], place, _changes_rows(raw.stmt)))
    return tuple(found)


def _outlives(statement: Any) -> bool:  # noqa: ANN401 - a node as the grammar makes it
    """Whether what it does to the session is still there after the transaction."""
    if isinstance(statement, ast.VariableSetStmt):
        # SET TRANSACTION is one of several values; it ends by itself.
        several = statement.kind == VariableSetKind.VAR_SET_MULTI
        return not (statement.is_local or (several and statement.name == "TRANSACTION"))
    return isinstance(statement, _OUTLIVING)


def _changes_rows(statement: Any) -> bool:  # noqa: ANN401 - as above
    """Whether it is there for the rows, or for what its functions do to them."""
    if isinstance(statement, ast.SelectStmt) and statement.intoClause is None:
        return True
    return isinstance(statement, _OF_ROWS) or _keeps_rows_aside(statement)


def _keeps_rows_aside(statement: Any) -> bool:  # noqa: ANN401 - as above
    """Whether it makes a temporary table."""
    match statement:
        case (
            ast.CreateStmt(relation=table)
            | ast.CreateTableAsStmt(into=ast.IntoClause(rel=table))
            | ast.SelectStmt(intoClause=ast.IntoClause(rel=table))
        ):
            return table is not None and table.relpersistence == "t"
    return False
