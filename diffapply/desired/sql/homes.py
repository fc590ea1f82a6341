"""What SQL makes, and the schemas in which it makes that, as it names them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pglast import ast

_NAMED_BY = {
    ast.CompositeTypeStmt: "typevar",
    ast.CreateConversionStmt: "conversion_name",
    ast.CreateDomainStmt: "domainname",
    ast.CreateEnumStmt: "typeName",
    ast.CreateForeignTableStmt: "base.relation",
    ast.CreateFunctionStmt: "funcname",
    ast.CreateOpClassStmt: "opclassname",
    ast.CreateOpFamilyStmt: "opfamilyname",
    ast.CreateRangeStmt: "typeName",
    ast.CreateSeqStmt: "sequence",
    ast.CreateStatsStmt: "defnames",
    ast.CreateStmt: "relation",
    ast.CreateTableAsStmt: "into.rel",
    ast.DefineStmt: "defnames",
    ast.SelectStmt: "intoClause.rel",
    ast.ViewStmt: "view",
}
"""Statement → the attribute that names what it makes."""


def made_by(statement: Any) -> tuple[str, str]:  # noqa: ANN401 - a node as the grammar makes it
    """The schema that a statement names for what it makes, and its name; both empty if none."""
    name = statement
    for attribute in _NAMED_BY.get(type(statement), "").split("."):
        name = getattr(name, attribute, None)
    if not name:
        return "", ""
    if isinstance(name, ast.RangeVar):
        return name.schemaname or "", name.relname or ""
    *schema, own = (part.sval for part in name)
    return str(schema[-1]) if schema else "", own


def home_of(statement: Any) -> str:  # noqa: ANN401 - as above
    """The schema that a statement names for what it makes; empty if none."""
    return made_by(statement)[0]


def homes_of(statements: Iterable[ast.Node | None], token: str | None) -> Sequence[str]:
    """The schemas in which they make something, but the tenant's; where most is made, first."""
    counted = Counter(filter(None, map(home_of, statements)))
    return [home for home, _ in counted.most_common() if home != token]


def names_made(statements: Iterable[ast.Node | None], schema: str) -> Iterator[str]:
    """What they make in a schema, or without naming one."""
    for home, name in map(made_by, statements):
        if name and home in ("", schema):
            yield name
