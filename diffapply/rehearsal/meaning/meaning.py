"""Equal meaning: finds definitions that differ as texts, but mean the same.

PostgreSQL stores an expression as it was first parsed. After a dump and a restore, some expressions
read differently: ``s IN ('a', 'b')`` on varchar first casts the whole list, and after a restore
each element. So two definitions mean the same if a restore makes the same text of both: both
structures are built again from what PostgreSQL writes, and read again. Besides, the few forms that
PostgreSQL's documentation calls equivalent mean the same, and so do parentheses that AND and OR do
not need.
"""

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

from pglast import ast, parser
from pglast.enums import BoolExprType
from pglast.visitors import Ancestor, Visitor

from diffapply.ddl.kinds import KINDS
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.rehearsal.meaning.wording import changed_expressions
from diffapply.values.grammar import before

_EQUIVALENT = {
    "now()": "CURRENT_TIMESTAMP",
    "transaction_timestamp()": "CURRENT_TIMESTAMP",
    "CURRENT_DATE": "CURRENT_TIMESTAMP::date",
    "CURRENT_TIME": "CURRENT_TIMESTAMP::time with time zone",
    "LOCALTIME": "CURRENT_TIMESTAMP::time without time zone",
    "LOCALTIMESTAMP": "CURRENT_TIMESTAMP::timestamp without time zone",
    "CURRENT_ROLE": "CURRENT_USER",
    "USER": "CURRENT_USER",
    "current_database()": "CURRENT_CATALOG",
    "current_schema()": "CURRENT_SCHEMA",
}
"""One form → another that always has the same value, though PostgreSQL stores them differently.

See "Current Date/Time" and "System Information Functions" in PostgreSQL's documentation:
"transaction_timestamp() is equivalent to CURRENT_TIMESTAMP", and "now() is a traditional PostgreSQL
equivalent to transaction_timestamp()". The server computes each keyword by the function beside it,
or from the same moment in the same time zone: `ExecEvalSQLValueFunction` in execExprInterp.c,
`GetSQLCurrentDate` and its kin in date.c and timestamp.c.
"""


def of_equal_meaning(
    written: tuple[Catalog, Catalog], restored: tuple[Catalog, Catalog]
) -> frozenset[FactKey]:
    """The facts that two structures define with different texts of equal meaning.

    Args:
        restored: both structures after a dump and a restore, as far as they can be built.
    """
    one, other = restored
    routines = {
        before(name, "(") for its in written for kind, name in its.facts if kind == "routine"
    }
    return frozenset(
        key
        for key in changed_expressions(*written)
        if key in one.facts
        and key in other.facts
        and _reads_alike(one.facts[key], other.facts[key], routines)
    )


def _reads_alike(one: Fact, other: Fact, routines: Collection[str]) -> bool:
    """Whether two definitions are equal except for equivalent forms.

    Args:
        routines: names of the tenant's own routines, which are not replaced.
    """
    if one.definition == other.definition:
        return True
    first, second = parsed(one), parsed(other)
    if first is None or second is None:
        return False
    plain = _Plain(routines)
    return bool(plain(first) == plain(second))


def parsed(fact: Fact) -> Any | None:  # noqa: ANN401 - a tuple of pglast's nodes
    """The statement that creates it; None if there is none, or it is newer than the parser."""
    ways = KINDS[fact.kind].create(fact, Catalog.of([fact]))
    try:
        return parser.parse_sql(";".join(its.sql for its in ways[0])) if ways else None
    except parser.ParseError:
        return None


class _Plain(Visitor):
    """Replaces each form by the one that it is equivalent to."""

    def __init__(self, routines: Collection[str]) -> None:
        self._forms = [
            (form, plain)
            for text, form, plain in _forms()
            if text.removesuffix("()") not in routines
        ]

    def visit_FuncCall(self, _: Ancestor, node: ast.Node) -> ast.Node | None:  # noqa: N802
        return next((plain for form, plain in self._forms if form == node), None)

    visit_SQLValueFunction = visit_FuncCall  # noqa: N815 - pglast's name for it

    def visit_BoolExpr(self, _: Ancestor, node: ast.BoolExpr) -> None:  # noqa: N802
        if node.boolop != BoolExprType.NOT_EXPR:
            node.args = tuple(_conditions(node))


def _conditions(node: ast.BoolExpr) -> Iterator[ast.Node]:
    """The conditions that AND or OR joins, also those in nested parentheses."""
    for argument in node.args or ():
        if isinstance(argument, ast.BoolExpr) and argument.boolop == node.boolop:
            yield from _conditions(argument)
        else:
            yield argument


@cache
def _forms() -> tuple[tuple[str, ast.Node, ast.Node], ...]:
    return tuple((text, _expression(text), _expression(its)) for text, its in _EQUIVALENT.items())


def _expression(text: str) -> ast.Node:
    statement: Any = parser.parse_sql(f"SELECT {text}")[0].stmt
    expression: ast.Node = statement.targetList[0].val
    return expression
