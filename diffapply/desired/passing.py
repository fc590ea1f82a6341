"""What in SQL leaves nothing in a tenant, although whoever wrote it may expect that."""

import re
from collections.abc import Iterable, Iterator

from pglast import ast


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
