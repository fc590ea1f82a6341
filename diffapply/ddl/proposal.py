"""Changes a proposed statement so that it can run in any tenant.

Works on the tokens of PostgreSQL's own scanner: the text of constants and function bodies never
changes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pglast import ast, parser
from pglast.enums import AlterTableType, ConstrType, ObjectType

from diffapply.ddl import KINDS
from diffapply.ddl.inheritance import has_children
from diffapply.ddl.lookup import Parsed, fact_named, quoted, relation
from diffapply.model.catalog import Catalog
from diffapply.values import Identity

_NESTED = re.compile(r"\)\s+(?:AND|OR)\b", re.IGNORECASE)
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


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    name: str
    start: int
    end: int


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
    return as_stored(unqualify(statement.strip().rstrip(";").rstrip(), schema))


def _may_lose_data(statement: Parsed, goal: Catalog) -> bool:
    """Whether it loses something that the supplement's own statement for the change keeps.

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
    quoted = '"' + schema.replace('"', '""') + '"'
    cut = [
        (token.start, follower.end)
        for before, token, follower in zip([None, *tokens], tokens, tokens[1:], strict=False)
        if token.text in (schema, quoted)
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
    return _with(
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


def as_stored(statement: str) -> str:
    """The statement changed so that PostgreSQL parses the expression that it has stored.

    The text that PostgreSQL writes for an expression is not always parsed as that expression again.
    """
    return keep_nesting(keep_in_lists(statement))


def keep_in_lists(statement: str) -> str:
    """The statement with a cast of an array to the type that its elements have anyway.

    ``(ARRAY['a'::varchar])::text[]`` becomes ``(ARRAY['a'::varchar]::varchar[])::text[]``; where
    PostgreSQL leaves the parentheses out, as in extended statistics, they are no longer needed.
    PostgreSQL stores ``varchar IN (…)`` as a cast of the whole array. If it parses that text again,
    it casts each element, and stores another definition. The added cast prevents that, and is not
    stored itself.
    """
    if "ARRAY[" not in statement:
        return statement
    tokens = list(scan(statement))
    texts = [token.text for token in tokens]
    insert: list[tuple[int, str]] = []
    for index, text in enumerate(texts):
        if text.upper() != "ARRAY" or texts[index + 1 : index + 2] != ["["]:
            continue
        close = _closing(texts, index + 1)
        after = texts[close + 1 : close + 3]
        if after[:1] != ["::"] and not (texts[index - 1] == "(" and after == [")", "::"]):
            continue
        types = {_cast_to(element) for element in _elements(statement, tokens, index + 1, close)}
        if len(types) == 1 and (element_type := types.pop()):
            end, cast = tokens[close].end + 1, f"::{element_type}[]"
            if not statement.startswith(cast, end):  # it was added before
                insert.append((end, cast))
    return _with(statement, insert)


def keep_nesting(statement: str) -> str:
    """The statement with ``((a AND b) AND c)`` written as ``((a AND b)::boolean AND c)``.

    If PostgreSQL parses such a text, it makes one list of all conditions, although it has stored
    ``x BETWEEN 1 AND 2 AND c`` and ``(x, y) = (1, 2) AND c`` as nested ANDs. The added cast keeps
    the nesting, and is not stored itself.
    """
    if not _NESTED.search(statement):
        return statement
    tokens = list(scan(statement))
    insert: list[tuple[int, str]] = []
    opened: list[tuple[int, set[str]]] = []
    for index, token in enumerate(tokens):
        word = token.text.upper()
        if word == "(":
            opened.append((index, set()))
        elif word == ")" and opened:
            opening, words = opened.pop()
            follower = tokens[index + 1].text.upper() if index + 1 < len(tokens) else ""
            first = opening > 0 and tokens[opening - 1].text == "("
            if first and follower in ("AND", "OR") and words == {follower}:
                insert.append((token.end + 1, "::boolean"))
        elif opened and token.name in ("AND", "OR", "BETWEEN"):
            opened[-1][1].add(word)
    return _with(statement, insert)


def _cast_to(element: str) -> str:
    """The type at the end of an expression; empty if there is none or it does not end in a cast."""
    if not element:
        return ""
    expression: Any = parser.parse_sql(f"SELECT {element}")[0].stmt
    if not isinstance(expression.targetList[0].val, ast.TypeCast):
        return ""
    last = [token for token in scan(element) if token.text == "::"][-1:]
    return element[last[0].end + 1 :].strip() if last else ""


def _elements(statement: str, tokens: list[_Token], opening: int, closing: int) -> list[str]:
    """The elements of a list, as written."""
    elements = []
    start, depth = tokens[opening].end + 1, 0
    for token in tokens[opening + 1 : closing]:
        depth += (token.text in "([") - (token.text in ")]")
        if token.text == "," and depth == 0:
            elements.append(statement[start : token.start].strip())
            start = token.end + 1
    return [*elements, statement[start : tokens[closing].start].strip()]


def _closing(texts: list[str], opening: int) -> int:
    depth = 0
    for index in range(opening, len(texts)):
        depth += (texts[index] == "[") - (texts[index] == "]")
        if depth == 0:
            return index
    return len(texts) - 1


def scan(statement: str) -> Iterator[_Token]:
    """PostgreSQL's tokens with offsets in characters, both ends inclusive."""
    for token in parser.scan(statement):
        text = statement[token.start : token.end + 1]
        yield _Token(text, token.name, token.start, token.end)


def _with(statement: str, insert: list[tuple[int, str]]) -> str:
    for place, text in sorted(insert, reverse=True):
        statement = statement[:place] + text + statement[place:]
    return statement


def _without(statement: str, cut: list[tuple[int, int]]) -> str:
    for start, end in sorted(cut, reverse=True):
        statement = statement[:start] + statement[end + 1 :]
    return statement
