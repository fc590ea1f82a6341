"""What psql's own commands do: some change what a file builds, most do not."""

import re

from pglast import ast, parser
from pglast.visitors import Visitor

from diffapply.errors import DesiredStateError

_ONE = re.compile(r"\\(?P<name>\\|[^\s\\]*)(?P<said>(?:'[^']*'|\"[^\"]*\"|`[^`]*`|[^\\'\"`])*)")
"""A command; the next one in its line begins with the next backslash."""
_COPIES_IN = re.compile(r"\\copy\s+[^\s(].*\sfrom\s", re.IGNORECASE)
_COPIES = re.compile(r"\\copy\s+[^\s(]", re.IGNORECASE)
_COPIES_OUT = re.compile(r"\\copy\s+\((?P<query>.*)\)\s*to\s", re.IGNORECASE)

_ONLY_SHOW = re.compile(
    r"d\w*[S+]*|(?:l|list|sf|sv|z)\+?"
    r"|restrict|unrestrict|echo|qecho|warn|pset|timing|x|a|t|f|H|html|C|T|o|out|p|print|conninfo"
)
"""Commands that decide what is printed; psql's guards of a dump among them."""
_OWN = re.compile(
    "ON_ERROR_(STOP|ROLLBACK)|ECHO(_HIDDEN)?|QUIET|VERBOSITY|SHOW_(CONTEXT|ALL_RESULTS)|FETCH_COUNT"
    "|COMP_KEYWORD_CASE|HIDE_(TABLEAM|TOAST_COMPRESSION)|HIST(CONTROL|FILE|SIZE)|IGNOREEOF|PROMPT[123]"
)
"""Variables that psql itself reads, and that change nothing that is built."""
_DOES = (
    ast.DeleteStmt | ast.FuncCall | ast.InsertStmt | ast.IntoClause | ast.MergeStmt | ast.UpdateStmt
)
"""What a query may consist of that can make something."""
_UTF8 = frozenset({"utf8", "unicode"})

_FILES = (
    "Name the files in the order in which they run: desired = "
    '["first.sql", "second.sql"] in pyproject.toml, --desired for each, or their folder.'
)
_VARIABLES = "Write the SQL as it is to run, without psql's variables and conditions."
_ONE_A_LINE = "Write one statement or command a line."
_SENDS = "End the statement with a semicolon; where its rows are statements, write these."
_REMEDIES = {
    **dict.fromkeys(("i", "include", "ir", "include_relative"), _FILES),
    **dict.fromkeys(
        ("if", "elif", "else", "endif", "set", "unset", "gset", "getenv", "prompt"), _VARIABLES
    ),
    **dict.fromkeys(("g", "gx", "gexec", "gdesc", "crosstabview", "watch", ";"), _SENDS),
    **dict.fromkeys(
        ("c", "connect"),
        "It is built in one database. Take it out; a dump has none without --create.",
    ),
    "\\": _ONE_A_LINE,
    "encoding": "Save the file in UTF-8.",
}
_REMEDY = "Take it out, or write as SQL what it does."


def brings_rows(line: str) -> bool:
    r"""Whether a line of commands is a ``\copy`` into a table."""
    return _COPIES_IN.match(line) is not None


def require_only_shows(line: str, place: str) -> None:
    """A line of commands changes nothing that is built.

    Args:
        line: from the backslash on.
        place: the file and the line.

    Raises:
        DesiredStateError: it may; names the command.
    """
    out = _COPIES_OUT.match(line)
    if _COPIES.match(line) or (
        out and _only_reads(out["query"])
    ):  # all else in the line belongs to it
        return
    for command in _ONE.finditer(line):
        if not _only_shows(command["name"], command["said"].split()):
            raise DesiredStateError(
                rf"{place}: psql would run \{command['name']} here, which diffapply does not.",
                _REMEDIES.get(command["name"], _REMEDY),
            )


def _only_reads(query: str) -> bool:
    """Whether a query can make nothing, because it calls nothing."""
    try:
        parsed = tuple(its.stmt for its in parser.parse_sql(query))
    except parser.ParseError:
        return False
    found = _Doing()
    found(parsed)
    return all(isinstance(its, ast.SelectStmt) for its in parsed) and not found.does


class _Doing(Visitor):
    """Finds out whether a query calls or changes something."""

    does = False

    def visit(self, _: object, node: ast.Node) -> None:
        """Look at a part of it."""
        self.does |= isinstance(node, _DOES)


def _only_shows(name: str, said: list[str]) -> bool:
    if name in ("set", "unset"):
        return not said or _OWN.fullmatch(said[0]) is not None
    if name == "encoding":
        return not said or said[0].strip("'\"").lower().replace("-", "") in _UTF8
    return _ONLY_SHOW.fullmatch(name) is not None
