"""What a statement risks, told from its parse tree.

Asked of migra's and the user's statements, of renames, and of those of which the table of kinds
says that they may risk something.
"""

from collections.abc import Callable

from pglast import ast, parser
from pglast.enums import AlterTableType, DropBehavior, ObjectType
from pglast.stream import RawStream

from diffapply.ddl.lookup import Parsed, quoted, relation, spellings
from diffapply.ddl.statements import is_helper, literal
from diffapply.hazards.rows import changes_rows, computes, query, select
from diffapply.hazards.sequences import drops_position
from diffapply.hazards.tables import alters_table, builds_index
from diffapply.model.catalog import Catalog
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values.grammar import names_any

# A table that the transition put aside is made anew: its numbers must go on where they stand.
_OR_COUNTED = """ OR EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_sequence s ON s.seqrelid OPERATOR(pg_catalog.=) d.objid
    WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refobjid OPERATOR(pg_catalog.=) {table}::pg_catalog.regclass
        AND d.deptype OPERATOR(pg_catalog.=) ANY ('{{a,i}}'::pg_catalog."char"[])
        AND pg_catalog.pg_sequence_last_value(s.seqrelid) IS NOT NULL
)"""


def data_hazards(statement: str, before: Catalog) -> tuple[Hazard, ...]:
    """What a statement may lose.

    Args:
        before: what stands where the transition begins.
    """
    try:
        parsed = parser.parse_sql(statement)
    except parser.ParseError:
        # Newer syntax than the parser's; what it does is not known, so the worst is assumed.
        return (Hazard(HazardCode.UNKNOWN_STATEMENT, "cannot be classified, and may lose data"),)
    hazards: list[Hazard] = []
    for raw in parsed:
        if classify := _CLASSIFIERS.get(type(raw.stmt)):
            hazards += classify(raw.stmt, before)
    return tuple(hazards)


def _drop(statement: Parsed, before: Catalog) -> list[Hazard]:
    cascade = statement.behavior == DropBehavior.DROP_CASCADE
    hazards = []
    for named in statement.objects:
        name = _name(named)
        if statement.removeType == ObjectType.OBJECT_TABLE:
            if is_helper(name):
                continue
            check = f"SELECT EXISTS (SELECT FROM {name})"
            if ("table", name) not in before.facts:
                check += _OR_COUNTED.format(table=literal(name))
            hazards.append(
                Hazard(
                    HazardCode.DROPS_TABLE,
                    f"drops table {name}; its rows are lost",
                    check="" if cascade else check,
                    lock=name,
                )
            )
        elif statement.removeType == ObjectType.OBJECT_SEQUENCE:
            hazards += drops_position(name, before, cascade=cascade)
        elif cascade:
            message = f"drops {name} and, by CASCADE, what depends on it"
            hazards.append(Hazard(HazardCode.DROPS_DEPENDENTS, message))
    if statement.removeType == ObjectType.OBJECT_SCHEMA:
        hazards.append(Hazard(HazardCode.DROPS_SCHEMA, "drops a schema with all it holds"))
    return hazards


def _alter(statement: Parsed, before: Catalog) -> list[Hazard]:
    if statement.objtype == ObjectType.OBJECT_TYPE:
        return _alter_type(statement, before)
    return alters_table(statement, before)


def _alter_type(statement: Parsed, before: Catalog) -> list[Hazard]:
    name = relation(statement)
    spelled = spellings(name)
    columns = before.by_kind.get("column", ())
    used = any(names_any(column.definition, spelled) for column in columns)
    drops = {AlterTableType.AT_DropColumn, AlterTableType.AT_AlterColumnType}
    if used and any(command.subtype in drops for command in statement.cmds):
        message = f"changes attributes of {name}, which columns use"
        return [Hazard(HazardCode.CHANGES_ATTRIBUTES, message)]
    return []


def _name(named: Parsed) -> str:
    """The name of what a DROP drops."""
    parts = named if isinstance(named, tuple | list) else (named,)
    return ".".join(
        quoted(part.sval or "") if isinstance(part, ast.String) else RawStream()(part)
        for part in parts
    )


_CLASSIFIERS: dict[type, Callable[..., list[Hazard]]] = {
    ast.DropStmt: _drop,
    ast.AlterTableStmt: _alter,
    ast.IndexStmt: builds_index,
    ast.TruncateStmt: changes_rows,
    ast.DeleteStmt: changes_rows,
    ast.UpdateStmt: changes_rows,
    ast.MergeStmt: changes_rows,
    ast.CallStmt: changes_rows,
    ast.InsertStmt: query,
    ast.CreateTableAsStmt: computes,
    ast.SelectStmt: select,
    ast.DoStmt: changes_rows,
    ast.DropdbStmt: changes_rows,
    ast.DropOwnedStmt: changes_rows,
}
