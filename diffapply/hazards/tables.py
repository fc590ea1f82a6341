"""What it risks to alter a table, or to build an index on it."""

from pglast.enums import AlterTableType, ConstrType, DropBehavior
from pglast.stream import RawStream

from diffapply.ddl.lookup import Parsed, fact_named, quoted, relation
from diffapply.ddl.statements import aside
from diffapply.hazards.columns import converts, has_values, is_kept
from diffapply.hazards.sequences import forgets_position
from diffapply.model.catalog import Catalog
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values import Column


def alters_table(  # noqa: C901 - a branch for each command
    statement: Parsed, before: Catalog
) -> list[Hazard]:
    """What ALTER TABLE risks, command by command."""
    table, inherited = relation(statement), statement.relation.inh
    hazards = []
    for command in statement.cmds:
        column = quoted(command.name) if command.name else ""
        fact = fact_named(before, "column", table, column)
        if command.subtype == AlterTableType.AT_DropColumn:
            if is_kept(table, column, fact):
                continue
            cascade = command.behavior == DropBehavior.DROP_CASCADE
            hazards.append(
                Hazard(
                    HazardCode.DROPS_COLUMN,
                    f"drops column {table}.{column}; its values are lost",
                    check="" if cascade else has_values(table, column, before, only=not inherited),
                    lock=table,
                )
            )
        elif command.subtype == AlterTableType.AT_DropIdentity:
            hazards += forgets_position(table, column, before)
        elif command.subtype == AlterTableType.AT_AlterColumnType:
            if fact:
                hazards += converts(table, column, command.def_, Column.of(fact))
            elif fact_named(before, "table", table):  # what it was is not known: assume the worst
                message = f"changes the type of column {table}.{column}"
                hazards.append(Hazard(HazardCode.CONVERTS_VALUES, message))
        elif command.subtype == AlterTableType.AT_AddConstraint and fact is None:
            hazards += _validates(table, command.def_, before)
        elif command.subtype == AlterTableType.AT_ValidateConstraint:
            if fact_named(before, "table", table):
                hazards.append(_validating(table))
        elif command.subtype == AlterTableType.AT_SetNotNull:
            hazards.append(Hazard(HazardCode.SCANS_TABLE, f"reads all rows of {table}"))
        elif command.subtype == AlterTableType.AT_AddColumn and fact_named(before, "table", table):
            hazards += _adds(table, command.def_)
    return hazards


def _validating(table: str) -> Hazard:
    return Hazard(HazardCode.SCANS_TABLE, f"reads all rows of {table} to validate them")


def _validates(table: str, constraint: Parsed, before: Catalog) -> list[Hazard]:
    if fact_named(before, "table", table) is None or constraint.skip_validation:
        return []
    if constraint.contype in (ConstrType.CONSTR_CHECK, ConstrType.CONSTR_FOREIGN):
        return [_validating(table)]
    if constraint.contype in (
        ConstrType.CONSTR_PRIMARY, ConstrType.CONSTR_UNIQUE, ConstrType.CONSTR_EXCLUSION
    ):  # fmt: skip
        return [Hazard(HazardCode.BUILDS_INDEX, f"builds an index over {table}")]
    return []


_FAILS = "fails in "


def _adds(table: str, definition: Parsed) -> list[Hazard]:
    """The hazard of a new column that must have a value, but has no default.

    Whether its type asks for one, as a domain may, is to be tried.
    """
    kinds = {constraint.contype for constraint in definition.constraints or ()}
    if kinds & _FILLED:
        return []
    where = f"{_FAILS}a tenant whose {table} has rows: adds column {table}."
    where += quoted(definition.colname)
    if ConstrType.CONSTR_NOTNULL in kinds:
        return [Hazard(HazardCode.FAILS_ON_ROWS, f"{where} NOT NULL without a default")]
    if definition.typeName.names[0].sval == "pg_catalog":
        return []
    type_ = RawStream()(definition.typeName)
    return [
        Hazard(
            HazardCode.FAILS_ON_ROWS,
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


def builds_index(statement: Parsed, before: Catalog) -> list[Hazard]:
    """What CREATE INDEX risks."""
    table = relation(statement)
    if fact_named(before, "table", table) is None:
        return []
    return [Hazard(HazardCode.BUILDS_INDEX, f"builds an index over {table}; writers wait")]
