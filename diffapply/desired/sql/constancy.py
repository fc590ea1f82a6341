"""Whether SQL builds the same whenever it runs, or computes what it builds."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pglast import ast, parser
from pglast.enums import ObjectType
from pglast.visitors import Ancestor, Visitor

from diffapply.values.grammar import MOMENTS

_COMPUTING = (
    *(ast.CallStmt, ast.DoStmt, ast.ExecuteStmt, ast.ExplainStmt, ast.LoadStmt, ast.PrepareStmt),
    *(ast.DeleteStmt, ast.InsertStmt, ast.MergeStmt, ast.TruncateStmt, ast.UpdateStmt),
    *(ast.ClosePortalStmt, ast.CopyStmt, ast.DeclareCursorStmt, ast.FetchStmt),
    *(ast.ListenStmt, ast.NotifyStmt, ast.CreateEventTrigStmt, ast.RefreshMatViewStmt),
    ast.ImportForeignSchemaStmt,
)
"""Statements that run code or ask another server, and so may build anything."""

_HARMLESS = frozenset({"set_config", "setval"})
"""Functions of PostgreSQL that pg_dump calls."""

_MOMENT = re.compile(rf"{MOMENTS}|^\s*\d+:", re.IGNORECASE)
"""What is another at another moment; also a time without a date, whose zone depends on the day."""

_Node = Any
"""A node as the grammar makes it; for pglast's types, each of its attributes may be missing."""


def is_constant(statements: Iterable[ast.Node | None]) -> bool:
    """Whether all statements build the same whenever they run, in the same surroundings."""
    return all(map(_builds_the_same, statements))


def is_constant_text(text: str) -> bool:
    """The same for SQL that is not parsed yet; what the parser does not know is not constant."""
    try:
        return is_constant(its.stmt for its in parser.parse_sql(text))
    except parser.ParseError:
        return False


def _builds_the_same(statement: _Node) -> bool:
    if isinstance(statement, ast.SelectStmt):
        return _is_of_pg_dump(statement)
    if isinstance(statement, ast.CreateTableAsStmt):
        # What a query calls could create something, too; a materialized view has no reason to.
        return bool(statement.objtype == ObjectType.OBJECT_MATVIEW)
    if statement is None or isinstance(statement, _COMPUTING):
        return False
    found = _Evaluated()
    found(statement)
    return found.constant


def _is_of_pg_dump(statement: _Node) -> bool:
    """Whether all that a SELECT does is to call functions of PostgreSQL with constants."""
    said = {name for name in statement if getattr(statement, name)} - {"limitOption", "op"}
    return said == {"targetList"} and all(_is_harmless(its.val) for its in statement.targetList)


def _is_harmless(node: _Node) -> bool:
    if not isinstance(node, ast.FuncCall):
        return False
    called: _Node = node
    *schema, name = (part.sval for part in called.funcname)
    known = schema in ([], ["pg_catalog"]) and name in _HARMLESS
    return known and all(map(_is_literal, called.args or ()))


def _is_literal(node: _Node) -> bool:
    """Whether a value is the same at any time."""
    match node:
        case ast.TypeCast():
            return _is_literal(node.arg)
        case ast.A_Expr():  # a number's sign
            return node.lexpr is None and _is_literal(node.rexpr)
        case ast.ColumnRef():  # MINVALUE and MAXVALUE
            return True
        case ast.A_Const():
            text = node.val.sval if isinstance(node.val, ast.String) else ""
            return _MOMENT.search(text or "") is None
    return False


class _Evaluated(Visitor):
    """Looks for what is evaluated when a statement runs: the bounds of partitions."""

    def __init__(self) -> None:
        self.constant = True

    def visit_PartitionBoundSpec(self, _: Ancestor, node: _Node) -> None:  # noqa: N802
        self.constant &= all(map(_is_literal, _bounds(node)))


def _bounds(node: _Node) -> Iterator[_Node]:
    for listed in (node.listdatums, node.lowerdatums, node.upperdatums):
        yield from listed or ()
