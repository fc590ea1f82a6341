"""What it risks to alter a table, a type or a domain, or to build an index."""

from collections.abc import Iterator, Sequence

from pglast import ast
from pglast.enums import AlterTableType, ConstrType, DropBehavior, ObjectType
from pglast.stream import RawStream

from diffapply.ddl.conversion.conversions import Type
from diffapply.ddl.kinds.attaching import attaches, detaches
from diffapply.ddl.risk import Risk
from diffapply.ddl.risks.demands import indexes_no_equals, met, no_conflicts, no_equals, no_nulls
from diffapply.ddl.risks.losses import changes_attributes, drops, drops_column
from diffapply.ddl.risks.lost_positions import (
    begins_again,
    forgets_position,
    identity_begins_again,
    identity_stays_within,
    stays_within,
)
from diffapply.ddl.risks.retyping import retypes
from diffapply.ddl.risks.work import (
    adds_column,
    builds_index,
    checks_domain,
    scans,
    takes_index,
)
from diffapply.ddl.structure.lookup import Parsed, fact_named, relation
from diffapply.model.catalog import Ends
from diffapply.model.hazards import Hazard
from diffapply.model.identifier import quoted

_FILLED = {ConstrType.CONSTR_DEFAULT, ConstrType.CONSTR_IDENTITY}
_CHECKED = (ConstrType.CONSTR_CHECK, ConstrType.CONSTR_FOREIGN, ConstrType.CONSTR_NOTNULL)
_INDEXED = (ConstrType.CONSTR_PRIMARY, ConstrType.CONSTR_UNIQUE, ConstrType.CONSTR_EXCLUSION)
_CHANGED = {AlterTableType.AT_DropColumn, AlterTableType.AT_AlterColumnType}
_SERIAL = {f"{size}serial{number}" for size in ("", "small", "big") for number in ("", 2, 4, 8)}


def alters(statement: Parsed) -> Iterator[Risk]:
    """What ALTER TABLE, and what is written like it, risks, command by command."""
    name = relation(statement)
    if statement.objtype == ObjectType.OBJECT_TYPE:
        if any(command.subtype in _CHANGED for command in statement.cmds):
            yield changes_attributes(name)
        return
    for command in statement.cmds:
        if asked := _COMMANDS.get(command.subtype):
            yield from asked(name, command, statement)


def _drops_column(table: str, command: Parsed, statement: Parsed) -> Iterator[Risk]:
    cascade = command.behavior == DropBehavior.DROP_CASCADE
    only = not statement.relation.inh
    yield drops_column(table, quoted(command.name), only=only, cascade=cascade)


def _drops_identity(table: str, command: Parsed, _: Parsed) -> Iterator[Risk]:
    yield forgets_position(table, quoted(command.name))


def _sets_identity(table: str, command: Parsed, _: Parsed) -> Iterator[Risk]:
    risk = identity_begins_again if _restarts(command.def_) else identity_stays_within
    yield risk(table, quoted(command.name))


def alters_sequence(statement: Parsed) -> Iterator[Risk]:
    """What ALTER SEQUENCE risks."""
    named = (statement.sequence.schemaname, statement.sequence.relname)
    options = statement.options or ()
    if _restarts(options) or any(its.defname in _BOUNDS for its in options):
        risk = begins_again if _restarts(options) else stays_within
        yield risk(".".join(quoted(name) for name in named if name))


_BOUNDS = ("as", "minvalue", "maxvalue", "increment")
"""Options that set bounds, or that bounds which are not said follow."""


def _restarts(options: Parsed) -> bool:
    return any(option.defname == "restart" for option in options or ())


def _drops_constraint(table: str, command: Parsed, _: Parsed) -> Iterator[Risk]:
    yield drops("constraint", table, quoted(command.name))


def _retypes(table: str, command: Parsed, _: Parsed) -> Iterator[Risk]:
    definition, column = command.def_, quoted(command.name)
    new = str(Type.of(RawStream()(definition.typeName)))
    using = _using(column, definition.raw_default)
    yield retypes(table, column, new, using)


def _using(column: str, value: Parsed) -> str:
    """How values are converted; plain casts as the table of kinds writes them."""
    casts: list[str] = []
    inner = value
    while isinstance(inner, ast.TypeCast):
        kind: Parsed = inner.typeName
        casts.insert(0, str(Type.of(RawStream()(kind))))
        inner = inner.arg
    if isinstance(inner, ast.ColumnRef):
        return "::".join((column, *casts))
    return RawStream()(value) if value else ""


def _adds_constraint(table: str, command: Parsed, statement: Parsed) -> Iterator[Risk]:
    constraint = command.def_
    demand = _constraint(table, constraint.conname)
    if constraint.contype in _CHECKED and not constraint.skip_validation:
        yield scans(table)
        if constraint.contype == ConstrType.CONSTR_NOTNULL:
            yield no_nulls(table, quoted(constraint.keys[0].sval))
        else:
            yield met(table, *demand)
    if constraint.contype not in _INDEXED:
        return
    if not constraint.indexname:
        only = not statement.relation.inh
        yield builds_index(table, only=only)
        if not only:
            excludes = constraint.contype == ConstrType.CONSTR_EXCLUSION
            yield (no_conflicts if excludes else no_equals)(table, *demand)
    elif constraint.contype == ConstrType.CONSTR_PRIMARY:
        yield takes_index(table, quoted(constraint.indexname))


def _constraint(table: str, name: str | None) -> Sequence[str]:
    """A constraint as people are told of it, and the kind and name of its fact; see `demands`."""
    if not name:
        return ("a constraint",)
    return (f"constraint {quoted(name)}", "constraint", table, quoted(name))


def _alters_constraint(table: str, command: Parsed, _: Parsed) -> Iterator[Risk]:
    constraint = command.def_
    if constraint.alterEnforceability and constraint.is_enforced:
        yield scans(table)
        yield met(table, *_constraint(table, constraint.conname))


def _validates(table: str, command: Parsed, _: Parsed) -> Iterator[Risk]:
    yield scans(table)
    yield met(table, *_constraint(table, command.name))


def _sets_not_null(table: str, command: Parsed, _: Parsed) -> Iterator[Risk]:
    yield scans(table)
    yield no_nulls(table, quoted(command.name))


def _adds_column(table: str, command: Parsed, _: Parsed) -> Iterator[Risk]:
    definition = command.def_
    kinds = {constraint.contype for constraint in definition.constraints or ()}
    kind = RawStream()(definition.typeName)
    yield adds_column(
        table,
        quoted(definition.colname),
        kind,
        not_null=ConstrType.CONSTR_NOTNULL in kinds,
        filled=bool(kinds & _FILLED) or kind in _SERIAL,
        computed=ConstrType.CONSTR_GENERATED in kinds,
    )


def _attaches(table: str, command: Parsed, _: Parsed) -> Iterator[Risk]:
    part = command.def_.name
    if command.def_.bound:  # else it is an index
        named = (part.schemaname, part.relname)
        yield attaches(".".join(quoted(name) for name in named if name), table)


def _detaches(_table: str, command: Parsed, _: Parsed) -> Iterator[Risk]:
    part = command.def_.name
    yield detaches(".".join(quoted(name) for name in (part.schemaname, part.relname) if name))


_COMMANDS = {
    AlterTableType.AT_DropColumn: _drops_column,
    AlterTableType.AT_DropIdentity: _drops_identity,
    AlterTableType.AT_SetIdentity: _sets_identity,
    AlterTableType.AT_DropConstraint: _drops_constraint,
    AlterTableType.AT_AlterColumnType: _retypes,
    AlterTableType.AT_AddConstraint: _adds_constraint,
    AlterTableType.AT_AlterConstraint: _alters_constraint,
    AlterTableType.AT_ValidateConstraint: _validates,
    AlterTableType.AT_SetNotNull: _sets_not_null,
    AlterTableType.AT_AddColumn: _adds_column,
    AlterTableType.AT_AttachPartition: _attaches,
    AlterTableType.AT_DetachPartition: _detaches,
}


def alters_domain(statement: Parsed) -> Iterator[Risk]:
    """What ALTER DOMAIN risks: its subtypes are letters."""
    *schema, name = (quoted(part.sval) for part in statement.typeName)
    domain = ".".join((*schema, name))
    added = statement.def_ if statement.subtype == "C" else None
    if statement.subtype in ("V", "O") or (added and not added.skip_validation):
        yield checks_domain(domain)
    if statement.subtype == "X":
        yield drops("domain constraint", domain, quoted(statement.name))


def creates_table(statement: Parsed) -> Iterator[Risk]:
    """What CREATE TABLE risks, of a partition."""
    if statement.partbound:
        named = statement.inhRelations[0]
        parent = ".".join(quoted(name) for name in (named.schemaname, named.relname) if name)
        yield attaches(relation(statement), parent, made=True)


def creates_index(statement: Parsed) -> Iterator[Risk]:
    """What CREATE INDEX risks."""
    table, only = relation(statement), not statement.relation.inh
    yield builds_index(table, only=only)
    if statement.unique and not only:
        name = statement.idxname and quoted(statement.idxname)
        yield indexes_no_equals(table, name) if name else no_equals(table, "a unique index")


def reindexes(statement: Parsed) -> Iterator[Risk]:
    """What REINDEX risks."""
    if statement.kind.name != "REINDEX_OBJECT_INDEX":
        return
    index = relation(statement)

    def tell(ends: Ends) -> Iterator[Hazard]:
        if fact := fact_named(ends.live, "index", index):
            yield from builds_index(fact.object).tell(ends)

    yield Risk(tell)
