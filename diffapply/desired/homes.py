"""The schemas in which SQL makes something, as it names them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pglast import ast

_NAMED_BY = {
    ast.CompositeTypeStmt: "typevar",
    ast.CreateDomainStmt: "domainname",
    ast.CreateEnumStmt: "typeName",
    ast.CreateFunctionStmt: "funcname",
    ast.CreateSeqStmt: "sequence",
    ast.CreateStmt: "relation",
    ast.ViewStmt: "view",
}
"""Statement → the attribute that names what it makes."""


def home_of(statement: Any) -> str:  # noqa: ANN401 - a node as the grammar makes it
    """The schema that a statement names for what it makes; empty if none."""
    if type(statement) not in _NAMED_BY:
        return ""
    name = getattr(statement, _NAMED_BY[type(statement)])
    if isinstance(name, ast.RangeVar):
        return name.schemaname or ""
    *schema, _ = (part.sval for part in name)
    return str(schema[-1]) if schema else ""


def homes_of(statements: Iterable[ast.Node | None], token: str | None) -> Sequence[str]:
    """The schemas in which they make something, but the tenant's; where most is made, first."""
    counted = Counter(filter(None, map(home_of, statements)))
    return [home for home, _ in counted.most_common() if home != token]
