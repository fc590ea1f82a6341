"""What in SQL leaves nothing in a tenant, although whoever wrote it may expect that."""

from collections.abc import Iterable, Iterator

from pglast import ast

_ROWS = (ast.CopyStmt, ast.DeleteStmt, ast.InsertStmt, ast.MergeStmt, ast.UpdateStmt)


def changes_rows(statements: Iterable[ast.Node | None]) -> bool:
    """Whether one of them changes rows; a desired state has none."""
    return any(isinstance(its, _ROWS) for its in statements)


def outside(statements: Iterable[ast.Node | None], token: str | None) -> Iterator[str]:
    """What they make that is no part of a tenant.

    Args:
        token: the name of the tenant's schema in them.
    """
    for its in statements:
        match its:
            case ast.CreateSchemaStmt() if its.schemaname != token:
                yield f"schema {its.schemaname}" if its.schemaname else "schema"
            case ast.CreateRoleStmt():
                yield f"role {its.role}"
            case ast.CreateStmt() if its.relation and its.relation.relpersistence == "t":
                yield f"temporary table {its.relation.relname}"
            case ast.ViewStmt() if its.view and its.view.relpersistence == "t":
                yield f"temporary view {its.view.relname}"
