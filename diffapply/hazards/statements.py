"""What a statement risks, told from its parse tree and from what it did in scratch."""

import re
from collections.abc import Callable

from pglast import ast, parser
from pglast.enums import AlterTableType, ConstrType, DropBehavior, ObjectType, OnConflictAction
from pglast.stream import RawStream
from pglast.visitors import Visitor

from diffapply.ddl.lookup import Parsed, fact_named, quoted, relation, spellings
from diffapply.ddl.statements import aside, is_aside, is_helper, literal
from diffapply.ddl.zones import by_zone
from diffapply.hazards.sequences import drops_position, forgets_position
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.plan import Hazard
from diffapply.values import Column
from diffapply.values.grammar import LITERAL, names_any

# Casts that keep every value; others are checked value by value in the tenant.
_KEEPS = {
    ("smallint", "integer"), ("smallint", "bigint"), ("integer", "bigint"),
    ("smallint", "numeric"), ("integer", "numeric"), ("bigint", "numeric"),
    ("real", "double precision"), ("character varying", "text"), ("smallint", "text"),
    ("integer", "text"), ("bigint", "text"), ("boolean", "text"), ("uuid", "text"),
    ("numeric", "text"), ("json", "text"), ("jsonb", "text"), ("json", "jsonb"),
}  # fmt: skip
# A table that the transition put aside is made anew: its numbers must go on where they stand.
_OR_COUNTED = """ OR EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_sequence s ON s.seqrelid OPERATOR(pg_catalog.=) d.objid
    WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refobjid OPERATOR(pg_catalog.=) {table}::pg_catalog.regclass
        AND d.deptype OPERATOR(pg_catalog.=) ANY ('{{a,i}}'::pg_catalog."char"[])
        AND pg_catalog.pg_sequence_last_value(s.seqrelid) IS NOT NULL
)"""
_SIZED = re.compile(r"(?P<base>character varying|character|bit varying)\((?P<size>\d+)\)")


def data_hazards(statement: str, before: Catalog) -> tuple[Hazard, ...]:
    """What a statement may lose.

    Args:
        before: what stands where the transition begins.
    """
    try:
        parsed = parser.parse_sql(statement)
    except parser.ParseError:
        # Newer syntax than the parser's; what it does is not known, so the worst is assumed.
        return (Hazard("data", "cannot be classified, and may lose data"),)
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
                    "data",
                    f"drops table {name}; its rows are lost",
                    check="" if cascade else check,
                    lock=name,
                )
            )
        elif statement.removeType == ObjectType.OBJECT_SEQUENCE:
            hazards += drops_position(name, before, cascade=cascade)
        elif cascade:
            hazards.append(Hazard("data", f"drops {name} and, by CASCADE, what depends on it"))
    if statement.removeType == ObjectType.OBJECT_SCHEMA:
        hazards.append(Hazard("data", "drops a schema with all it holds"))
    return hazards


def _alter_table(  # noqa: C901 - a branch for each command
    statement: Parsed, before: Catalog
) -> list[Hazard]:
    table, inherited = relation(statement), statement.relation.inh
    hazards = []
    for command in statement.cmds:
        column = quoted(command.name) if command.name else ""
        fact = fact_named(before, "column", table, column)
        if command.subtype == AlterTableType.AT_DropColumn:
            if _is_kept(table, column, fact):
                continue
            cascade = command.behavior == DropBehavior.DROP_CASCADE
            hazards.append(
                Hazard(
                    "data",
                    f"drops column {table}.{column}; its values are lost",
                    check="" if cascade else _has_values(table, column, before, only=not inherited),
                    lock=table,
                )
            )
        elif command.subtype == AlterTableType.AT_DropIdentity:
            hazards += forgets_position(table, column, before)
        elif command.subtype == AlterTableType.AT_AlterColumnType:
            if fact:
                hazards += _retype(table, column, command.def_, Column.of(fact))
            elif fact_named(before, "table", table):  # what it was is not known: assume the worst
                hazards.append(Hazard("data", f"changes the type of column {table}.{column}"))
        elif command.subtype == AlterTableType.AT_AddConstraint and fact is None:
            hazards += _validates(table, command.def_, before)
        elif command.subtype == AlterTableType.AT_ValidateConstraint:
            if fact_named(before, "table", table):
                hazards.append(Hazard("time", f"reads all rows of {table} to validate them"))
        elif command.subtype == AlterTableType.AT_SetNotNull:
            hazards.append(Hazard("time", f"reads all rows of {table}"))
        elif command.subtype == AlterTableType.AT_AddColumn and fact_named(before, "table", table):
            hazards += _adds(table, command.def_)
    return hazards


def _is_kept(table: str, column: str, fact: Fact | None) -> bool:
    """Whether a column's values stay: computed from others, or written over to a new column."""
    if fact:
        return Column.of(fact).kept is not None
    return is_helper(table) or is_aside(column)


def _has_values(table: str, column: str, before: Catalog, *, only: bool) -> str:
    """Whether a column holds more than it would if it were dropped and added again.

    Without rows, null throughout, or at its constant default throughout, it does not: so a run
    that added it can be taken back as long as nobody has used it.

    Args:
        only: whether the table's children keep theirs.
    """
    having = f"EXISTS (SELECT FROM {'ONLY ' if only else ''}{table} WHERE "
    any_value = f"{having}{column} IS DISTINCT FROM NULL)"
    default = fact_named(before, "default", table, column)
    fact = fact_named(before, "column", table, column)
    if default and fact and _is_constant(default.definition):
        usual = f"({default.definition})::{Column.of(fact).type}"
        return f"SELECT {any_value} AND {having}{_differ(column, usual)})"
    return f"SELECT {any_value}"


def _differ(one: str, other: str) -> str:
    """Whether two expressions are written differently; NULL is like NULL alone.

    IS DISTINCT FROM would take whatever "=" the tenant has.
    """
    one, other = f"({one})::pg_catalog.text", f"({other})::pg_catalog.text"
    return (
        f"({one} OPERATOR(pg_catalog.=) {other}) IS NOT TRUE "
        f"AND NOT ({one} IS NULL AND {other} IS NULL)"
    )


def _is_constant(expression: str) -> bool:
    select: Parsed = parser.parse_sql(f"SELECT {expression}")[0].stmt
    node = select.targetList[0].val
    while isinstance(node, ast.TypeCast):
        node = node.arg
    return isinstance(node, ast.A_Const)


def _retype(table: str, column: str, definition: Parsed, before: Column) -> list[Hazard]:
    new = RawStream()(definition.typeName)
    old = before.type
    if before.kept or _keeps_values(old, _canonical(new)):
        return []
    value = RawStream()(definition.raw_default) if definition.raw_default else column
    return [
        Hazard(
            "data",
            f"changes column {table}.{column} from {old} to {_canonical(new)}"
            f"{_by_zone(old, _canonical(new), definition.raw_default)}; values may be changed or "
            "cut",
            check=f"SELECT EXISTS (SELECT FROM {table} WHERE "
            f"{_differ(f'(({value})::{new})::{old}', column)})",
            lock=table,
        )
    ]


def _by_zone(old: str, new: str, value: Parsed) -> str:
    """By which time zone values are converted; empty if by none."""
    if not by_zone(old, new):
        return ""
    while isinstance(value, ast.TypeCast):
        value = value.arg
    call: Parsed = value if isinstance(value, ast.FuncCall) else None
    if call and call.funcname[-1].sval == "timezone":
        zone = RawStream()(call.args[0]).strip("'")
        return f", by local time in {zone}"
    return ", by local time of the session"


def _keeps_values(old: str, new: str) -> bool:
    old_sized, new_sized = _SIZED.fullmatch(old), _SIZED.fullmatch(new)
    if old_sized and new_sized and old_sized["base"] == new_sized["base"]:
        return int(old_sized["size"]) <= int(new_sized["size"])
    if old_sized and old_sized["base"] == new:
        return True  # to the same type without a limit
    base = old_sized["base"] if old_sized else re.sub(r"\(.*\)$", "", old)
    return new in (old, base) or (base, new) in _KEEPS


_SYNONYMS = {
    "pg_catalog.int2": "smallint", "pg_catalog.int4": "integer", "pg_catalog.int8": "bigint",
    "pg_catalog.varchar": "character varying", "pg_catalog.bpchar": "character",
    "pg_catalog.bool": "boolean", "pg_catalog.float4": "real",
    "pg_catalog.float8": "double precision", "pg_catalog.numeric": "numeric",
    "int": "integer", "varchar": "character varying", "char": "character",
    "decimal": "numeric", "float": "double precision", "bool": "boolean",
}  # fmt: skip


def _canonical(printed: str) -> str:
    base, paren, rest = printed.partition("(")
    return _SYNONYMS.get(base.strip().lower(), base.strip()) + paren + rest


def _validates(table: str, constraint: Parsed, before: Catalog) -> list[Hazard]:
    if fact_named(before, "table", table) is None or constraint.skip_validation:
        return []
    if constraint.contype in (ConstrType.CONSTR_CHECK, ConstrType.CONSTR_FOREIGN):
        return [Hazard("time", f"reads all rows of {table} to validate them")]
    if constraint.contype in (
        ConstrType.CONSTR_PRIMARY, ConstrType.CONSTR_UNIQUE, ConstrType.CONSTR_EXCLUSION
    ):  # fmt: skip
        return [Hazard("time", f"builds an index over {table}")]
    return []


_FAILS = "fails in "


def _adds(table: str, definition: Parsed) -> list[Hazard]:
    """Where a column cannot be added that must have a value and is given none.

    Whether its type asks for one, as a domain may, is to be tried.
    """
    kinds = {constraint.contype for constraint in definition.constraints or ()}
    if kinds & _FILLED:
        return []
    where = f"{_FAILS}a tenant whose {table} has rows: adds column {table}."
    where += quoted(definition.colname)
    if ConstrType.CONSTR_NOTNULL in kinds:
        return [Hazard("rows", f"{where} NOT NULL without a default")]
    if definition.typeName.names[0].sval == "pg_catalog":
        return []
    type_ = RawStream()(definition.typeName)
    return [
        Hazard(
            "rows",
            f"{where} without a default, and {type_} does not let it be null",
            check=f"CREATE TABLE {_TRIAL} AS SELECT; ALTER TABLE {_TRIAL} ADD COLUMN c {type_}",
        )
    ]


_FILLED = {ConstrType.CONSTR_DEFAULT, ConstrType.CONSTR_IDENTITY, ConstrType.CONSTR_GENERATED}
_TRIAL = aside("row")


def closes_way_back(hazard: Hazard) -> str:
    """What a risk of going back means for going forward; empty if nothing."""
    if hazard.kind != "rows":
        return ""
    return f"cannot be taken back in {hazard.message.removeprefix(_FAILS)}"


def _index(statement: Parsed, before: Catalog) -> list[Hazard]:
    table = relation(statement)
    if fact_named(before, "table", table) is None:
        return []
    return [Hazard("time", f"builds an index over {table}; writers wait")]


def _drop_attribute(statement: Parsed, before: Catalog) -> list[Hazard]:
    name = relation(statement)
    spelled = spellings(name)
    columns = before.by_kind.get("column", ())
    used = any(names_any(column.definition, spelled) for column in columns)
    drops = {AlterTableType.AT_DropColumn, AlterTableType.AT_AlterColumnType}
    if used and any(command.subtype in drops for command in statement.cmds):
        return [Hazard("data", f"changes attributes of {name}, which columns use")]
    return []


def _alter(statement: Parsed, before: Catalog) -> list[Hazard]:
    if statement.objtype == ObjectType.OBJECT_TYPE:
        return _drop_attribute(statement, before)
    return _alter_table(statement, before)


_GIVES_SEQUENCE = re.compile(
    r"BEGIN EXECUTE \(SELECT pg_catalog\.format\(E?'ALTER SEQUENCE "
    r"""(?:\w+|"(?:[^"']|""|'')*") OWNER TO %I', """
    r"pg_catalog\.pg_get_userbyid\(relowner\)\) FROM pg_catalog\.pg_class "
    rf"WHERE oid OPERATOR\(pg_catalog\.=\) {LITERAL}::pg_catalog\.regclass\); END"
)


def _do(statement: Parsed, before: Catalog) -> list[Hazard]:
    """A DO may do anything; ours, which name a schema or a role that they look up, do no more."""
    body = "".join(arg.arg.sval for arg in statement.args or () if arg.defname == "as")
    ours = re.fullmatch(
        r"BEGIN EXECUTE pg_catalog\.concat\(E?'ALTER DEFAULT PRIVILEGES FOR ROLE [^;]*; END", body
    )
    return [] if ours or _GIVES_SEQUENCE.fullmatch(body) else _changes_rows(statement, before)


def _changes_rows(statement: Parsed, before: Catalog) -> list[Hazard]:
    del before
    return [Hazard("data", f"changes rows ({type(statement).__name__.removesuffix('Stmt')})")]


class _ChangedRows(Visitor):
    """Finds what changes rows wherever it stands, as in a WITH."""

    found = False

    def visit(self, _ancestors: object, node: Parsed) -> None:
        self.found |= isinstance(node, ast.DeleteStmt | ast.UpdateStmt | ast.MergeStmt) or (
            isinstance(node, ast.OnConflictClause)
            and node.action == OnConflictAction.ONCONFLICT_UPDATE
        )


def _create_as(statement: Parsed, before: Catalog) -> list[Hazard]:
    """A materialized view is computed anew where it is made anew."""
    into = statement.into
    name = quoted(into.rel.relname)
    if statement.objtype != ObjectType.OBJECT_MATVIEW or into.skipData:
        return _query(statement, before)
    if fact_named(before, "materialized view", name):
        message = f"computes materialized view {name} anew: it holds what its query gives by then"
        return [Hazard("rewrite", message)]
    return [Hazard("time", f"computes materialized view {name}")]


def _query(statement: Parsed, before: Catalog) -> list[Hazard]:
    search = _ChangedRows()
    search(statement)
    return _changes_rows(statement, before) if search.found else []


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


def _select(statement: Parsed, before: Catalog) -> list[Hazard]:
    """In a transition it is there for what its functions do; ours call setval alone."""
    called = _Called()
    called(statement)
    calls = [getattr(target.val, "funcname", None) for target in statement.targetList or ()]
    if (
        calls
        and all(call and call[-1].sval == "setval" for call in calls)
        and called.names <= {"setval", *_HARMLESS}
    ):
        return _query(statement, before)
    return _changes_rows(statement, before)


_CLASSIFIERS: dict[type, Callable[..., list[Hazard]]] = {
    ast.DropStmt: _drop,
    ast.AlterTableStmt: _alter,
    ast.IndexStmt: _index,
    ast.TruncateStmt: _changes_rows,
    ast.DeleteStmt: _changes_rows,
    ast.UpdateStmt: _changes_rows,
    ast.MergeStmt: _changes_rows,
    ast.CallStmt: _changes_rows,
    ast.InsertStmt: _query,
    ast.CreateTableAsStmt: _create_as,
    ast.SelectStmt: _select,
    ast.DoStmt: _do,
    ast.DropdbStmt: _changes_rows,
    ast.DropOwnedStmt: _changes_rows,
}


def _name(named: Parsed) -> str:
    """The name of what a DROP drops."""
    parts = named if isinstance(named, tuple | list) else (named,)
    return ".".join(
        quoted(part.sval or "") if isinstance(part, ast.String) else RawStream()(part)
        for part in parts
    )
