"""Folds long statements where SQL itself has joints: at clauses, commas, AND, operators.

Only white space between tokens changes. String constants, quoted names, remarks and dollar-quoted
bodies stay as they are, so the folded text means the same and can be copied.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

WIDTH = 80
"""Columns of a folded statement, where its tokens allow it."""

_INDENT = "    "

_CLAUSES = frozenset(
    {
        *("add", "after", "alter", "as", "before", "cache", "check", "constraint", "cost"),
        *("default", "drop", "else", "end", "exclude", "execute", "for", "foreign", "from"),
        *("generated", "group", "having", "immutable", "include", "increment", "join"),
        *("language", "leakproof", "left", "limit", "maxvalue", "minvalue", "on", "order"),
        *("owned", "parallel", "primary", "references", "rename", "returning", "returns"),
        *("security", "select", "set", "stable", "start", "strict", "tablespace", "to", "union"),
        *("unique", "using", "values", "volatile", "when", "where", "with"),
    }
)
"""Words that begin a clause."""

_BINDING = frozenset(
    {
        *("add", "alter", "always", "by", "column", "comment", "create", "cross", "default"),
        *("delete", "distinct", "drop", "exists", "for", "full", "generated", "inner", "is"),
        *("left", "no", "not", "only", "or", "outer", "owner", "rename", "replace", "right"),
        *("set", "start", "table", "update", "with"),
    }
)
"""Words that the next one belongs to."""

_OPENING, _CLOSING = frozenset("(["), frozenset(")]")
_OPERATOR = re.compile(r"[-+*/<>=~!@#%^&|`?]+|::")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a folded statement.

    Attributes:
        verbatim: whether it begins within a token, such as a function's body. White space before
            it would change the statement.
    """

    text: str
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    """A token of SQL.

    Attributes:
        word: itself in small letters, if it is a keyword; otherwise empty.
        gap: the white space before it.
        depth: number of brackets that its line opens before it.
    """

    text: str
    word: str
    gap: str
    depth: int = 0


_Joint = Callable[[Sequence[_Token], int], bool]
"""Whether a line may be broken before the token of this number."""


@lru_cache(maxsize=2**14)  # a script has the same statements for each tenant
def fold(sql: str, width: int = WIDTH) -> str:
    """The statement with no line longer than the width, as far as its tokens allow."""
    return "\n".join(line.text for line in fold_lines(sql, width))


def fold_lines(sql: str, width: int = WIDTH) -> list[Line]:
    """The same as lines; an ALTER TABLE has each of its actions on a line.

    What PostgreSQL could not read stays as it is.
    """
    if len(sql) <= width and "\n" not in sql and "," not in sql:
        return [Line(sql)]
    tokens = _tokens(sql)
    if tokens is None:
        first, *others = sql.split("\n")
        return [Line(first), *(Line(text, verbatim=True) for text in others)]
    return [line for part in _as_broken(tokens) for line in _folded(part, width)]


def table_actions(sql: str) -> tuple[str, tuple[str, ...]]:
    """The beginning of an ALTER TABLE, and its actions, each on one line; nothing for others."""
    tokens = _with_depths(_tokens(sql.rstrip().removesuffix(";")) or ())
    head = _before_actions(tokens)
    if not head:
        return "", ()
    actions = _parts(tokens[head:], _after_comma, 0)
    texts = (" ".join(_text(its).split()).removesuffix(",") for its in actions)
    return _text(tokens[:head]), tuple(texts)


def _tokens(sql: str) -> list[_Token] | None:
    """The tokens; None if PostgreSQL could not read them."""
    # Importing this takes as long as much of a short command.
    from pglast.parser import ParseError, scan  # noqa: PLC0415

    try:
        found = scan(sql)
    except (ParseError, ValueError):  # the latter for what UTF-8 cannot say
        return None
    tokens, end = [], 0
    for token in found:
        text = sql[token.start : token.end + 1]
        word = "" if token.kind == "NO_KEYWORD" else text.lower()
        tokens.append(_Token(text, word, sql[end : token.start]))
        end = token.end + 1
    return tokens


def _as_broken(tokens: Iterable[_Token]) -> Iterator[list[_Token]]:
    """The lines that there are already; the gap of a line's first token ends with its indent."""
    line: list[_Token] = []
    for token in tokens:
        if line and _LINE_BREAK.search(token.gap):
            yield line
            line = []
        line.append(token)
    if line:
        yield line


def _folded(line: Sequence[_Token], width: int) -> Iterator[Line]:
    """One of the lines that there are already, as one or more."""
    *before, indent = _LINE_BREAK.split(line[0].gap)
    end = next((at for at, token in enumerate(line) if "\n" in token.text), len(line))
    if end < len(line):  # what follows stands where the token ends
        first, rest = line[end].text.split("\n", 1)
        yield from _folded([*line[:end], replace(line[end], text=first)], width)
        rest += "".join(token.gap + token.text for token in line[end + 1 :])
        yield from (Line(text, verbatim=True) for text in rest.split("\n"))
        return
    yield from (Line("") for _ in before[1:])
    tokens = _with_depths(line)
    head = _before_actions(tokens)
    actions = _parts(tokens[head:], _after_comma, 0)
    if head and (len(actions) > 1 or len(indent + _text(tokens)) > width):
        yield Line(indent + _text(tokens[:head]))
        for action in actions:
            yield from map(Line, _wrapped(action, indent + _INDENT, width))
    else:
        yield from map(Line, _wrapped(tokens, indent, width))


def _text(tokens: Sequence[_Token]) -> str:
    first, *others = tokens
    return first.text + "".join(token.gap + token.text for token in others)


def _with_depths(tokens: Iterable[_Token]) -> list[_Token]:
    """The line may close brackets that it has not opened."""
    depth, found = 0, []
    for token in tokens:
        depth -= token.text in _CLOSING
        found.append(replace(token, depth=depth))
        depth += token.text in _OPENING
    return found


def _before_actions(tokens: Sequence[_Token]) -> int:
    """How many tokens an ALTER TABLE has before its actions; 0 if it is none, or has none."""
    words = [token.word or token.text for token in tokens]
    if words[:2] != ["alter", "table"]:
        return 0
    at = 2
    for optional in (["if", "exists"], ["only"]):
        if words[at : at + len(optional)] == optional:
            at += len(optional)
    at += 1
    while words[at : at + 1] == ["."]:
        at += 2
    at += words[at : at + 1] == ["*"]
    return at if at < len(tokens) else 0


def _wrapped(
    tokens: Sequence[_Token], indent: str, width: int, hanging: str | None = None
) -> Iterator[str]:
    """The tokens as lines, broken at the strongest joints there are.

    Args:
        hanging: the indent of all lines but the first; None: a step more than the first.
    """
    hanging = indent + _INDENT if hanging is None else hanging
    parts, each = _broken(tokens) if len(indent + _text(tokens)) > width else ([[*tokens]], False)
    if len(parts) == 1:
        yield indent + _text(tokens)
        return
    line, *others = parts
    further = hanging + _INDENT
    for part in others:
        if each or len(indent + _text([*line, *part])) > width:
            yield from _wrapped(line, indent, width, further)
            line, indent = [], hanging
        line = [*line, *part]
    yield from _wrapped(line, indent, width, further)


def _broken(tokens: Sequence[_Token]) -> tuple[list[list[_Token]], bool]:
    """The parts at the strongest joints, and whether each part has a line of its own."""
    depths = sorted({token.depth for token in tokens})
    for depth in depths:
        for joint, each in _JOINTS:
            if len(parts := _parts(tokens, joint, depth)) > 1:
                return parts, each
    for depth in depths:
        if len(parts := _parts(tokens, _before_operator, depth)) > 1:
            return parts, False
    return [[*tokens]], False


def _parts(tokens: Sequence[_Token], joint: _Joint, depth: int) -> list[list[_Token]]:
    """The tokens, divided at the joints of this depth."""
    parts: list[list[_Token]] = [[]]
    for number, token in enumerate(tokens):
        if number and token.depth == depth and joint(tokens, number):
            parts.append([])
        parts[-1].append(token)
    return parts


def _before_clause(tokens: Sequence[_Token], number: int) -> bool:
    before, here, *after = tokens[number - 1 : number + 2]
    if before.word in _BINDING or before.text in {".", ",", "(", "["}:
        return False
    if here.word == "is":
        return tokens[0].word in {"comment", "security"}
    words = (here.word, after[0].word if after else "")
    return words == ("not", "null") or (here.word in _CLAUSES and words != ("with", "time"))


def _after_comma(tokens: Sequence[_Token], number: int) -> bool:
    return tokens[number - 1].text == ","


def _before_or(tokens: Sequence[_Token], number: int) -> bool:
    return tokens[number].word == "or" and tokens[number - 1].word not in {"create", "insert"}


def _before_and(tokens: Sequence[_Token], number: int) -> bool:
    """Not where it belongs to BETWEEN."""
    if tokens[number].word != "and":
        return False
    depth = tokens[number].depth
    before = [its.word for its in tokens[:number] if its.depth == depth]
    last = max((at for at, word in enumerate(before) if word in {"and", "between"}), default=None)
    return last is None or before[last] == "and"


def _before_operator(tokens: Sequence[_Token], number: int) -> bool:
    return _OPERATOR.fullmatch(tokens[number].text) is not None


_JOINTS: Sequence[tuple[_Joint, bool]] = (
    (_before_clause, False),
    (_after_comma, False),
    (_before_or, True),
    (_before_and, True),
)
"""The strongest first, and whether each part has a line of its own."""
