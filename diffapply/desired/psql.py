"""What psql reads in a file and the server does not: psql's own commands, and rows for COPY.

pg_dump writes both. Inside of a literal, a routine's body, a quoted name or a comment, the same
characters are text.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
    (?P<text>
        --[^\n]* | "(?:[^"]|"")*"
        | \b[eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*'
        | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$
    )
    | (?P<comment>/\*)
    | (?P<rows>
        ^[ \t]*(?i:COPY)\s[^;]+?\s(?i:FROM)\s+(?i:STDIN)\b[^;]*;[ \t]*\n(?:[^\n]*\n)*?\\\.[ \t]*$
    )
    | (?P<command>^[ \t]*\\[^\n]*$)
    | [^\W\d][\w$]*  # a word; a dollar in it begins no literal
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_MAYBE = re.compile(r"^[ \t]*\\", re.MULTILINE)
"""What is in each text with something to leave out: rows end with such a line, too."""
_COMMENT_EDGE = re.compile(r"/\*|\*/")


def without_commands(text: str) -> tuple[str, bool]:
    """The SQL in a file for psql, and whether there were rows.

    What is left out leaves its line breaks, so that line numbers stay.
    """
    if not _MAYBE.search(text):
        return text, False
    kept: list[str] = []
    with_rows = False
    end = 0
    for sort, start, stop in _left_out(text):
        with_rows |= sort == "rows"
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
