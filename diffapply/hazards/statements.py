"""What a statement risks, told from its parse tree.

Asked of migra's and the user's statements; those that the table of kinds makes say it themselves.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from pglast import ast, parser
from pglast.enums import DropBehavior, ObjectType
from pglast.stream import RawStream

from diffapply.ddl.conversion.conversions import Type
from diffapply.ddl.risk import Risk, Risks, certain
from diffapply.ddl.risks.losses import drops, drops_table
from diffapply.ddl.risks.lost_positions import drops_position
from diffapply.ddl.structure.lookup import Parsed
from diffapply.hazards.rows import changes_rows, computes, inserts, refreshes, select
from diffapply.hazards.tables import (
    alters,
    alters_domain,
    alters_sequence,
    creates_index,
    creates_table,
    reindexes,
)
from diffapply.model.catalog import Ends
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.identifier import quoted
from diffapply.values.grammar import before as up_to


def risks_of(statement: str) -> Risks:
    """What a statement may risk by what it says."""
    try:
        parsed = parser.parse_sql(statement)
    except parser.ParseError:
        # Newer syntax than the parser's; what it does is not known, so the worst is assumed.
        message = "cannot be classified, and may lose data"
        return (certain(Hazard(HazardCode.UNKNOWN_STATEMENT, message)),)
    return tuple(
        risk
        for raw in parsed
        if (classify := _CLASSIFIERS.get(type(raw.stmt)))
        for risk in classify(raw.stmt)
    )


def printed(statement: str) -> str:
    """The statement in one style; empty if the parser or its printer does not know it."""
    try:
        return RawStream()(statement)
    except (parser.ParseError, TypeError, NotImplementedError):
        # An enum without labels is not printed, nor is ENABLE ALWAYS RULE.
        return ""


def _drop(statement: Parsed) -> Iterator[Risk]:
    cascade = statement.behavior == DropBehavior.DROP_CASCADE
    for named in statement.objects:
        if statement.removeType == ObjectType.OBJECT_TABLE:
            yield drops_table(_name(named), cascade=cascade)
        elif statement.removeType == ObjectType.OBJECT_SEQUENCE:
            yield drops_position(_name(named), cascade=cascade)
        else:
            if cascade:
                message = f"drops {_name(named)} and, by CASCADE, what depends on it"
                yield certain(Hazard(HazardCode.DROPS_DEPENDENTS, message))
            yield from _goes(statement.removeType, named)
    if statement.removeType == ObjectType.OBJECT_SCHEMA:
        yield certain(Hazard(HazardCode.DROPS_SCHEMA, "drops a schema with all it holds"))


def _goes(dropped: ObjectType, named: Parsed) -> Iterator[Risk]:
    """What goes that holds no data."""
    if dropped == ObjectType.OBJECT_FOREIGN_TABLE:
        yield drops("table", _name(named), called="foreign table")
    elif dropped in _ON_TABLE:
        *table, part = named
        yield drops(_ON_TABLE[dropped], _name(table), _name(part))
    elif kinds := _KINDS.get(dropped):
        for kind in kinds:
            yield drops(kind, _name(named))
    elif kinds := _OVERLOADED.get(dropped):
        for kind in kinds:
            yield _drops_overloaded(kind, named)
    elif written := _WRITTEN.get(dropped):
        kind, form = written
        first, *rest = named
        yield drops(kind, form.format(_name(first), _name(rest)))


def _drops_overloaded(kind: str, named: Parsed) -> Risk:
    """A routine or an operator goes; where its arguments are not told, the only one of its name."""
    *schema, last = named.objname
    name = ".".join((*map(_name, schema), last.sval if kind == "operator" else _name(last)))
    types = ",".join(_type(its) for its in named.objargs or ())
    exactly = drops(kind, f"{name}({types})")

    def tell(ends: Ends) -> Iterator[Hazard]:
        alike = [its for its in ends.live.by_kind.get(kind, ()) if up_to(its.name, "(") == name]
        only = alike[0].name if len(alike) == 1 else f"{name}({types})"
        yield from drops(kind, only).tell(ends)

    if not (named.args_unspecified or named.objfuncargs):
        return exactly
    return replace(exactly, tell=tell)


_ON_TABLE = {
    ObjectType.OBJECT_TRIGGER: "trigger",
    ObjectType.OBJECT_POLICY: "policy",
    ObjectType.OBJECT_RULE: "rule",
}
_KINDS = {
    ObjectType.OBJECT_VIEW: ("view",),
    ObjectType.OBJECT_MATVIEW: ("materialized view",),
    ObjectType.OBJECT_INDEX: ("index",),
    ObjectType.OBJECT_TYPE: ("enum", "composite type", "range type", "base type", "domain"),
    ObjectType.OBJECT_DOMAIN: ("domain",),
    ObjectType.OBJECT_COLLATION: ("collation",),
    ObjectType.OBJECT_CONVERSION: ("conversion",),
    ObjectType.OBJECT_STATISTIC_EXT: ("extended statistics",),
    ObjectType.OBJECT_TSPARSER: ("text search parser",),
    ObjectType.OBJECT_TSTEMPLATE: ("text search template",),
    ObjectType.OBJECT_TSDICTIONARY: ("text search dictionary",),
    ObjectType.OBJECT_TSCONFIGURATION: ("text search configuration",),
}
_OVERLOADED = {
    ObjectType.OBJECT_FUNCTION: ("routine",),
    ObjectType.OBJECT_PROCEDURE: ("routine",),
    ObjectType.OBJECT_ROUTINE: ("routine", "aggregate"),
    ObjectType.OBJECT_AGGREGATE: ("aggregate",),
    ObjectType.OBJECT_OPERATOR: ("operator",),
}
_WRITTEN = {
    ObjectType.OBJECT_OPCLASS: ("operator class", "{1} USING {0}"),
    ObjectType.OBJECT_OPFAMILY: ("operator family", "{1} USING {0}"),
    ObjectType.OBJECT_CAST: ("cast", "({0} AS {1})"),
    ObjectType.OBJECT_TRANSFORM: ("transform", "FOR {0} LANGUAGE {1}"),
}


def _name(named: Parsed) -> str:
    """The name of what a DROP drops."""
    parts = named if isinstance(named, tuple | list) else (named,)
    return ".".join(
        quoted(part.sval or "") if isinstance(part, ast.String) else _type(part) for part in parts
    )


def _type(named: Parsed) -> str:
    return str(Type.of(RawStream()(named)))


_CLASSIFIERS: dict[type, Callable[[Parsed], Iterable[Risk]]] = {
    ast.DropStmt: _drop,
    ast.AlterSeqStmt: alters_sequence,
    ast.AlterTableStmt: alters,
    ast.AlterDomainStmt: alters_domain,
    ast.CreateStmt: creates_table,
    ast.IndexStmt: creates_index,
    ast.ReindexStmt: reindexes,
    ast.TruncateStmt: changes_rows,
    ast.DeleteStmt: changes_rows,
    ast.UpdateStmt: changes_rows,
    ast.MergeStmt: changes_rows,
    ast.CallStmt: changes_rows,
    ast.InsertStmt: inserts,
    ast.CreateTableAsStmt: computes,
    ast.RefreshMatViewStmt: refreshes,
    ast.SelectStmt: select,
    ast.DoStmt: changes_rows,
    ast.DropdbStmt: changes_rows,
    ast.DropOwnedStmt: changes_rows,
}
