"""Whether SQL builds the same whenever it runs, or computes what it builds."""

import re
from collections.abc import Iterable

from pglast import ast, parser
from pglast.enums import ObjectType
from pglast.visitors import Ancestor, Visitor

_COMPUTING = (
    *(ast.DoStmt, ast.CallStmt, ast.ExecuteStmt, ast.ExplainStmt, ast.ImportForeignSchemaStmt),
    *(ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt, ast.CopyStmt),
)
"""Statements that run code, or ask another server, and so may build anything."""

_HARMLESS = frozenset({"set_config", "setval"})
"""Functions that pg_dump calls."""

_MOMENT = re.compile(r"\b(now|today|tomorrow|yesterday)\b", re.IGNORECASE)
"""What the text of a date may say instead of one; see "Special Values" in PostgreSQL's manual."""


def is_constant(statements: Iterable[ast.Node | None]) -> bool:
    """Whether all statements build the same whenever they run, in the same surroundings."""
    return all(map(_builds_the_same, statements))


def is_constant_text(text: str) -> bool:
    """The same for SQL that is not parsed yet; what the parser does not know is not constant."""
    try:
        return is_constant(its.stmt for its in parser.parse_sql(text))
    except parser.ParseError:
        return False


def _builds_the_same(statement: ast.Node | None) -> bool:
    if isinstance(statement, ast.SelectStmt):
        computes = statement.fromClause or statement.intoClause
        return not computes and all(map(_is_harmless, statement.targetList or ()))
    if isinstance(statement, ast.CreateTableAsStmt):  # a view has no reason to create anything
        return statement.objtype == ObjectType.OBJECT_MATVIEW
    if statement is None or isinstance(statement, _COMPUTING):
        return False
    bounds = _Bounds()
    bounds(statement)
    return bounds.constant


def _is_harmless(target: ast.ResTarget) -> bool:
    its = target.val
    return isinstance(its, ast.FuncCall) and (its.funcname or ())[-1].sval in _HARMLESS


class _Bounds(Visitor):
    """Looks through the bounds of partitions, which are evaluated when they are made."""

    def __init__(self) -> None:
        self.constant = True

    def visit_PartitionBoundSpec(self, _: Ancestor, node: ast.Node) -> None:  # noqa: N802
        values = _Values()
        values(node)
        self.constant &= values.constant


class _Values(Visitor):
    """Looks for what is not the same at any time."""

    def __init__(self) -> None:
        self.constant = True

    def visit(self, _: Ancestor, node: ast.Node) -> None:
        """Every node."""
        if isinstance(node, ast.A_Const):
            text = node.val.sval if isinstance(node.val, ast.String) else ""
            self.constant &= _MOMENT.search(text or "") is None
        elif isinstance(node, ast.FuncCall | ast.SQLValueFunction | ast.SubLink):
            self.constant = False
