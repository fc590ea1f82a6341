"""What becomes of the values of a column that is dropped, or gets another type."""

import re

from pglast import ast, parser
from pglast.stream import RawStream

from diffapply.ddl.lookup import Parsed, fact_named
from diffapply.ddl.statements import is_aside, is_helper
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.proposal.zones import by_zone
from diffapply.values import Column

# Casts that keep every value; others are checked value by value in the tenant.
_KEEPS = {
    ("smallint", "integer"), ("smallint", "bigint"), ("integer", "bigint"),
    ("smallint", "numeric"), ("integer", "numeric"), ("bigint", "numeric"),
    ("real", "double precision"), ("character varying", "text"), ("smallint", "text"),
    ("integer", "text"), ("bigint", "text"), ("boolean", "text"), ("uuid", "text"),
    ("numeric", "text"), ("json", "text"), ("jsonb", "text"), ("json", "jsonb"),
}  # fmt: skip
_SIZED = re.compile(r"(?P<base>character varying|character|bit varying)\((?P<size>\d+)\)")


def is_kept(table: str, column: str, fact: Fact | None) -> bool:
    """Whether a column's values stay: computed from others, or written over to a new column."""
    if fact:
        return Column.of(fact).kept is not None
    return is_helper(table) or is_aside(column)


def has_values(table: str, column: str, before: Catalog, *, only: bool) -> str:
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


def converts(table: str, column: str, definition: Parsed, before: Column) -> list[Hazard]:
    """What it risks to give a column another type; `before`: what it is so far."""
    new = RawStream()(definition.typeName)
    old = before.type
    if before.kept or _keeps_values(old, _canonical(new)):
        return []
    value = RawStream()(definition.raw_default) if definition.raw_default else column
    return [
        Hazard(
            HazardCode.CONVERTS_VALUES,
            f"changes column {table}.{column} from {old} to {_canonical(new)}"
            f"{_by_zone(old, _canonical(new), definition.raw_default)}; values may be changed or "
            "cut",
            check=f"SELECT EXISTS (SELECT FROM {table} WHERE "
            f"{_differ(f'(({value})::{new})::{old}', column)})",
            lock=table,
        )
    ]


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
