"""What may change rows wherever it stands: DML, DO, calls of functions, queries."""

import re

from pglast import ast
from pglast.enums import BoolExprType, ObjectType, OnConflictAction
from pglast.stream import RawStream
from pglast.visitors import Visitor

from diffapply.ddl.risk import Risk, certain, of_relation
from diffapply.ddl.risks.lost_positions import begins_again
from diffapply.ddl.risks.work import computes_view, fills_view, scanning
from diffapply.ddl.structure.lookup import Parsed, relation
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.identifier import quoted


def changes_rows(statement: Parsed) -> list[Risk]:
    """What it risks to change rows, or to run what may."""
    words = re.findall("[A-Z][a-z]*", type(statement).__name__.removesuffix("Stmt"))
    message = f"changes rows ({' '.join(words).upper()})"
    return [certain(Hazard(HazardCode.CHANGES_ROWS, message))]


class _ChangedRows(Visitor):
    """Finds what changes rows wherever it stands, as in a WITH."""

    found = False

    def visit(self, _ancestors: object, node: Parsed) -> None:
        self.found |= isinstance(node, ast.DeleteStmt | ast.UpdateStmt | ast.MergeStmt) or (
            isinstance(node, ast.OnConflictClause)
            and node.action == OnConflictAction.ONCONFLICT_UPDATE
        )


def computes(statement: Parsed) -> list[Risk]:
    """A materialized view is computed anew where it is made anew."""
    into = statement.into
    name = quoted(into.rel.relname)
    if statement.objtype != ObjectType.OBJECT_MATVIEW or into.skipData:
        return query(statement)
    return [computes_view(name)]


def refreshes(statement: Parsed) -> list[Risk]:
    """A materialized view is computed."""
    return [] if statement.skipData else [fills_view(relation(statement))]


def query(statement: Parsed) -> list[Risk]:
    """What a query risks that may change rows in a WITH."""
    search = _ChangedRows()
    search(statement)
    return changes_rows(statement) if search.found else []


class _Read(Visitor):
    """Finds the tables that a query reads, wherever they stand in it."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_RangeVar(self, _ancestors: object, node: Parsed) -> None:  # noqa: N802 - pglast's name
        if not node.schemaname:
            self.names.add(quoted(node.relname))


def inserts(statement: Parsed) -> list[Risk]:
    """What is inserted may be all that a query finds."""
    read = _Read()
    for part in (statement.withClause, statement.selectStmt):
        if part is not None:
            read(part)
    scans = [of_relation(name, scanning(name)) for name in sorted(read.names)]
    return [*query(statement), *scans]


_HARMLESS = {"max", "min", "mod"}
"""What our own calls of setval ask for their number."""


class _Called(Visitor):
    """Finds the functions that a statement calls, wherever they stand in it."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_FuncCall(self, _ancestors: object, node: Parsed) -> None:  # noqa: N802 - pglast's name
        *schema, name = (part.sval for part in node.funcname)
        plain = schema == ["pg_catalog"] or (not schema and name == "setval")
        self.names.add(name if plain else "")


def may_change(statement: Parsed) -> bool:
    """Whether a query may change rows: it calls functions, or does so in a WITH."""
    called = _Called()
    called(statement)
    return bool(called.names - _HARMLESS) or bool(query(statement))


def select(statement: Parsed) -> list[Risk]:
    """In a transition it is there for what its functions do; ours call setval alone."""
    called = _Called()
    called(statement)
    calls = [getattr(target.val, "funcname", None) for target in statement.targetList or ()]
    if (
        calls
        and all(call and call[-1].sval == "setval" for call in calls)
        and called.names <= {"setval", *_HARMLESS}
    ):
        stays = _kept(statement.whereClause)
        begun = (begins_again(its.val.args[0].val.sval, stays) for its in statement.targetList)
        return [*query(statement), *(begun if all(map(_begins, statement.targetList)) else ())]
    return changes_rows(statement)


def _begins(target: Parsed) -> bool:
    """Whether it calls setval as a sequence begins: the next number is said in the statement."""
    sequence, *_, called = target.val.args
    known = isinstance(sequence, ast.A_Const) and isinstance(sequence.val, ast.String)
    return known and isinstance(called, ast.A_Const) and isinstance(called.val, ast.Boolean)


def _kept(where: Parsed) -> tuple[int, int] | None:
    """The bounds outside of which alone a sequence is moved, if a condition says just that."""
    sides: Parsed = where.args if isinstance(where, ast.BoolExpr) else ()
    if len(sides) != len(_SIDES) or where.boolop != BoolExprType.OR_EXPR:
        return None
    bounds = []
    for side, sign in zip(sides, _SIDES, strict=True):
        plain = isinstance(side, ast.A_Expr) and isinstance(side.rexpr, ast.A_Const)
        if not plain or RawStream()(side.lexpr) != "last_value" or side.name[-1].sval != sign:
            return None
        bounds.append(int(RawStream()(side.rexpr)))
    return bounds[0], bounds[1]


_SIDES = ("<", ">")
