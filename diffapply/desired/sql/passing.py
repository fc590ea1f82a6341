"""What in SQL leaves nothing in a tenant, although whoever wrote it may expect that."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pglast import ast
from pglast.enums import TransactionStmtKind as _Kind

from diffapply.desired.places import beginning_of, line_of
from diffapply.desired.sql.rows import changes_rows
from diffapply.errors import DesiredStateError


def blanked(text: str, parts: Iterable[slice]) -> str:
    """A text without some parts, in which all others stay where they are."""
    kept: list[str] = []
    end = 0
    for part in parts:
        kept += text[end : part.start], re.sub(r"\S", " ", text[part])
        end = part.stop
    return "".join([*kept, text[end:]])


def creates_tenant(statement: ast.Node | None, token: str | None) -> bool:
    """Whether a statement only creates the tenant's schema, which exists already."""
    return (
        token is not None
        and isinstance(statement, ast.CreateSchemaStmt)
        and statement.schemaname == token
        and not statement.schemaElts
    )


def require_no_transaction(
    file: str, text: str, statements: Sequence[tuple[ast.Node | None, slice]]
) -> None:
    """A file has no transaction but one that its statements end with, which says nothing here.

    Only settings and rows may follow it.

    Args:
        file: its path.
        text: what is in it.
        statements: each with its place in the text.

    Raises:
        DesiredStateError: it begins or ends another one; names the line.
    """
    found = [
        (number, node, part)
        for number, (node, part) in enumerate(statements)
        if isinstance(node, ast.TransactionStmt)
    ]
    kinds = [node.kind for _, node, _ in found]
    begins = kinds[:1] in ([_Kind.TRANS_STMT_BEGIN], [_Kind.TRANS_STMT_START])
    if begins and kinds[1:] == [_Kind.TRANS_STMT_COMMIT] and not found[1][1].chain:
        behind = (node for node, _ in statements[found[1][0] + 1 :])
        if all(isinstance(its, ast.VariableSetStmt) or changes_rows(its) for its in behind):
            return
    if found:
        _, _, part = found[1 if begins and len(found) > 1 else 0]
        raise DesiredStateError(
            f"{file}, line {line_of(text, beginning_of(text, part.start))}, begins or ends a "
            "transaction before other statements, or one that has no end.",
            "Remove BEGIN, COMMIT and the like, or have one pair of them, with "
            "nothing behind it but SET and rows.",
        )


def outside(statements: Iterable[ast.Node | None], token: str | None) -> Iterator[str]:
    """What they make that is no part of a tenant.

    Args:
        token: the name of the tenant's schema in them.
    """
    for statement in statements:
        match statement:
            case ast.CreateSchemaStmt() if statement.schemaname != token:
                yield f"schema {statement.schemaname}" if statement.schemaname else "schema"
            case ast.CreateRoleStmt():
                yield f"role {statement.role}"
            case ast.CreateStmt() if (
                statement.relation and statement.relation.relpersistence == "t"
            ):
                yield f"temporary table {statement.relation.relname}"
            case ast.ViewStmt() if statement.view and statement.view.relpersistence == "t":
                yield f"temporary view {statement.view.relname}"
