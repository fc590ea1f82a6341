"""Makes migra's statements fit to run in any tenant, or refuses them.

It works on the tokens of PostgreSQL's own scanner: the text of constants and function bodies never
changes.
"""

from pglast import ast, parser
from pglast.enums import AlterTableType, ConstrType, ObjectType

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.kinds.inheritance import has_children
from diffapply.ddl.structure.lookup import Parsed, fact_named, relation
from diffapply.model.catalog import Catalog
from diffapply.model.identifier import in_quotes, quoted
from diffapply.proposal.stored import as_stored, inserted, scan
from diffapply.proposal.style import in_style
from diffapply.values import Identity

_LOSING = {
    AlterTableType.AT_AlterColumnType,
    AlterTableType.AT_AddIdentity,
    AlterTableType.AT_DropIdentity,
}

_NEVER = (
    *(ast.VariableSetStmt, ast.TransactionStmt, ast.CreateSchemaStmt, ast.SelectStmt),
    *(ast.DoStmt, ast.CallStmt, ast.CopyStmt, ast.LoadStmt, ast.AlterSystemStmt, ast.PrepareStmt),
    *(ast.CreateRoleStmt, ast.AlterRoleStmt, ast.AlterRoleSetStmt, ast.GrantRoleStmt),
    *(ast.DropRoleStmt, ast.AlterDatabaseStmt, ast.AlterDatabaseSetStmt, ast.ExplainStmt),
)


def rewrite(statement: str, schema: str, goal: Catalog) -> str | None:
    """The statement without the schema's name, or None if it must not be run.

    A text of several statements is refused: migra does not escape labels and roles, so one
    statement could contain a second one. Session settings are refused, too, and everything that no
    structure needs: migra may have read the answer of a tenant's own function.

    Args:
        schema: the schema in scratch that the statement was made for.
        goal: the catalog that it should lead to.
    """
    try:
        parsed = parser.parse_sql(statement)
    except parser.ParseError:
        return None
    if len(parsed) != 1 or isinstance(parsed[0].stmt, _NEVER):
        return None
    if _may_lose_data(parsed[0].stmt, goal):
        return None
    return as_stored(in_style(unqualify(statement.strip().rstrip(";").rstrip(), schema)))


def _may_lose_data(statement: Parsed, goal: Catalog) -> bool:
    """Whether it loses something that the table of kinds keeps when it makes the same change.

    migra converts values by an explicit cast, which cuts and rounds them. It does not consider the
    position of a sequence that an identity replaces, that a table may belong to another role, and
    that a child may keep a column that its parent drops.
    """
    if isinstance(statement, ast.AlterSeqStmt):
        return any(option.defname == "owned_by" for option in statement.options or ())
    if isinstance(statement, ast.DropStmt):
        return bool(statement.removeType == ObjectType.OBJECT_SEQUENCE)
    if type(statement) is not ast.AlterTableStmt:
        return False
    table: Parsed = statement.relation
    return any(
        command.subtype in _LOSING
        or (
            command.subtype == AlterTableType.AT_DropColumn
            and has_children(quoted(table.relname), goal)
        )
        for command in statement.cmds or ()
    )


def unqualify(statement: str, schema: str) -> str:
    """The statement without ``schema.`` before its names."""
    tokens = list(scan(statement))
    cut = [
        (token.start, follower.end)
        for before, token, follower in zip([None, *tokens], tokens, tokens[1:], strict=False)
        if token.text in (schema, in_quotes(schema))
        and token.name == "IDENT"
        and follower.text == "."
        and (before is None or before.text != ".")
    ]
    return _without(statement, cut)


def in_full(statement: str, goal: Catalog) -> str:
    """The statement with the options of the sequences and identities that it creates.

    migra leaves them out. Altering them afterwards would set their start, but not their position:
    the first number would be 1.

    Args:
        goal: the catalog that it should lead to.
    """
    created: Parsed = parser.parse_sql(statement)[0].stmt
    if type(created) is ast.CreateSeqStmt and not created.options:
        sequence: Parsed = created.sequence
        fact = fact_named(goal, "sequence", quoted(sequence.relname))
        return KINDS["sequence"].create(fact, goal)[0][0].sql if fact else statement
    identities = [
        fact_named(goal, "identity", relation(created), quoted(column.colname))
        for column in _columns(created)
        for constraint in column.constraints or ()
        if constraint.contype == ConstrType.CONSTR_IDENTITY and not constraint.options
    ]
    ends = [token.end + 1 for token in scan(statement) if token.name == "IDENTITY_P"]
    if len(ends) != len(identities):
        return statement
    return inserted(
        statement,
        [
            (end, f" {Identity.of(fact).described}")
            for end, fact in zip(ends, identities, strict=True)
            if fact
        ],
    )


def _columns(created: Parsed) -> list[Parsed]:
    """The columns that a statement defines."""
    items: Parsed = getattr(created, "tableElts", None) or ()
    commands: Parsed = getattr(created, "cmds", None) or ()
    added = [item.def_ for item in commands if getattr(item, "def_", None)]
    return [item for item in (*items, *added) if isinstance(item, ast.ColumnDef)]


def _without(statement: str, cut: list[tuple[int, int]]) -> str:
    for start, end in sorted(cut, reverse=True):
        statement = statement[:start] + statement[end + 1 :]
    return statement
