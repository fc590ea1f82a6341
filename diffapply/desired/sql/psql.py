"""What psql reads in a file and the server does not: psql's own commands, and rows for COPY.

pg_dump writes both. Inside of a literal, a routine's body, a quoted name or a comment, the same
characters are text.
"""

import re
from collections.abc import Iterator

from diffapply.desired.places import line_of
from diffapply.desired.sql.psql_commands import brings_rows, require_only_shows

_TOKEN = re.compile(
    r"""
    (?P<text>
        --[^\n]* | "(?:[^"]|"")*(?:"|\Z)
        | \b[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z) | '(?:[^']|'')*(?:'|\Z)
        | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)
    )  # one without an end is an error that the parser tells
    | (?P<comment>/\*)
    | (?P<rows>
        ^[ \t]*(?:
            (?i:COPY)\s[^;]+?\s(?i:FROM)\s+(?i:STDIN)\b[^;]*;[ \t]*
            | \\(?i:copy)\s[^\n]+?\s(?i:FROM)\s+(?i:STDIN)\b[^\n]*
        )\n(?:[^\n]*\n)*?\\\.[ \t]*$
    )
    | (?P<command>\\[^\n]*)
    | [^\W\d][\w$]*  # a word; a dollar in it begins no literal
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


def without_commands(file: str, text: str) -> tuple[str, bool]:
    """The SQL in a file for psql, and whether there were rows.

    What is left out leaves its line breaks, so that line numbers stay.

    Raises:
        DesiredStateError: a command of psql may change what is built.
    """
    if "\\" not in text:  # each command begins with one, and rows end with one
        return text, False
    kept: list[str] = []
    with_rows = False
    end = 0
    for sort, start, stop in _left_out(text):
        if sort == "command":
            require_only_shows(text[start:stop], f"{file}, line {line_of(text, start)}")
        with_rows |= sort == "rows" or brings_rows(text[start:stop])
        kept += text[end:start], "\n" * text.count("\n", start, stop)
        end = stop
    return "".join([*kept, text[end:]]), with_rows


def _left_out(text: str) -> Iterator[tuple[str, int, int]]:
    """What is no SQL: its sort, where it begins, and where it ends."""
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        if found["comment"]:
            at = _end_of_comment(text, at)
        elif sort := next((its for its in ("rows", "command") if found[its] is not None), None):
            yield sort, found.start(), at


def _end_of_comment(text: str, at: int) -> int:
    """Where a comment ends that has begun before; comments may contain others."""
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, at):
        depth += 1 if edge[0] == "/*" else -1
        if not depth:
            return edge.end()
    return len(text)
