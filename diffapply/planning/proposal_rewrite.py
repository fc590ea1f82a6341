"""Makes a proposed statement fit to run in any tenant.

Works on the tokens of PostgreSQL's own scanner: what stands inside constants and function bodies
is never touched.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pglast import ast, parser


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    name: str
    start: int
    end: int


def rewrite(statement: str, schema: str) -> str | None:
    """The statement without the schema's name, or None if it must not be run.

    A text of several statements is refused: migra puts labels and roles into its statements
    unescaped, so that a second one can hide in the first. Session settings are refused too.

    Args:
        schema: the schema in scratch that the statement was made for.
    """
    try:
        parsed = parser.parse_sql(statement)
    except parser.ParseError:
        return None
    if len(parsed) != 1 or isinstance(
        parsed[0].stmt,
        ast.VariableSetStmt | ast.TransactionStmt | ast.CreateSchemaStmt | ast.SelectStmt,
    ):
        return None
    return keep_in_lists(unqualify(statement.strip().rstrip(";").rstrip(), schema))


def unqualify(statement: str, schema: str) -> str:
    """The statement without ``schema.`` in front of its names."""
    tokens = list(_scan(statement))
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


def keep_in_lists(statement: str) -> str:
    """The statement with ``(ARRAY[…])::text[]`` written as ``ARRAY[…]``.

    PostgreSQL stores ``varchar IN (…)`` as a cast of the whole array, but reading that text back
    casts each element: the stored definition would be another one. Without the cast, it is found
    again as it was.
    """
    tokens = list(_scan(statement))
    texts = [token.text for token in tokens]
    cut: list[tuple[int, int]] = []
    for index, text in enumerate(texts):
        if text.upper() != "ARRAY" or index < 1 or texts[index - 1] != "(":
            continue
        close = _closing(texts, index + 1)
        tail = texts[close + 1 : close + 6]
        if tail == [")", "::", "text", "[", "]"] and all(
            element.endswith("character varying")
            for element in _elements(statement, tokens, index + 1, close)
        ):
            cut += [
                (tokens[index - 1].start, tokens[index - 1].end),
                (tokens[close + 1].start, tokens[close + 5].end),
            ]
    return _without(statement, cut)


def _elements(statement: str, tokens: list[_Token], opening: int, closing: int) -> list[str]:
    """What stands between the commas of a list, as written."""
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


def _scan(statement: str) -> Iterator[_Token]:
    """Tokens with offsets in characters, both ends inclusive."""
    for token in parser.scan(statement):
        text = statement[token.start : token.end + 1]
        yield _Token(text, token.name, token.start, token.end)


def _without(statement: str, cut: list[tuple[int, int]]) -> str:
    for start, end in sorted(cut, reverse=True):
        statement = statement[:start] + statement[end + 1 :]
    return statement
