"""The desired state from SQL files."""

import logging
import re
from pathlib import Path

from pglast import ast, parser
from psycopg2.extensions import connection as Connection

from diffapply.desired.model import Desired
from diffapply.desired.statements import run_statements, wrong
from diffapply.errors import DesiredStateError
from diffapply.model.mentions import mentioned_in

_COMMENTS = ("SQL_COMMENT", "C_COMMENT")
_log = logging.getLogger(__name__)

_META_COMMAND = re.compile(r"^\\.*$", re.MULTILINE)
"""psql's own commands, such as \\restrict, which pg_dump writes."""
_DATA = re.compile(r"^COPY [^;\n]+ FROM stdin;\n(?:.*\n)*?\\\.$", re.MULTILINE)
"""The rows of a table, as pg_dump writes them."""


def from_sql(label: str, path: Path, token: str | None) -> Desired:
    """The desired state in a file, or in all .sql files of a folder in the order of their names.

    Args:
        label: how the user named it.
        path: of the file or folder.
        token: a schema name in it that stands for the tenant.

    Raises:
        DesiredStateError: it cannot be read, is empty, or is not valid SQL.
    """
    try:
        files = sorted(path.rglob("*.sql")) if path.is_dir() else [path]
        texts = {str(file): file.read_text("utf-8") for file in files}
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DesiredStateError(f"{label} cannot be read: {reason}.") from error
    if any(_DATA.search(text) for text in texts.values()):
        _log.warning(
            "%s contains rows (COPY); they are skipped, as with pg_dump --schema-only.", label
        )
    identifiers: set[str] = set()
    statements = 0
    for file, text in texts.items():
        running = _META_COMMAND.sub("", _DATA.sub(_blank, text))
        texts[file], its, found = _checked(file, running, token)
        identifiers |= its
        statements += found
    if not statements:
        raise DesiredStateError(f"{label} has no statement.")

    def build(connection: Connection, schema: str) -> None:
        del schema
        for file, text in texts.items():
            run_statements(connection, file, text, label)

    return Desired(
        label,
        build=build,
        shared=frozenset(identifiers) - {token or ""},
        token=token,
    )


def _checked(file: str, text: str, token: str | None) -> tuple[str, set[str], int]:
    """The text to run, the identifiers in it, and the number of statements.

    Raises:
        DesiredStateError: it is not valid SQL, or begins or ends a transaction.
    """
    try:
        parsed = parser.parse_sql(text)
        parts = parser.split(text, only_slices=True)
        tokens = parser.scan(text)
    except parser.ParseError as error:
        raise wrong(file, text, error) from error
    running = text
    for statement, part in zip(parsed, parts, strict=True):
        if isinstance(statement.stmt, ast.TransactionStmt):
            raise DesiredStateError(
                f"{file} begins or ends a transaction; a desired state must not do that.",
                "Remove BEGIN, COMMIT and the like.",
            )
        if _creates(statement.stmt, token):
            blank = re.sub(r"\S", " ", text[part])
            running = running[: part.start] + blank + running[part.stop :]
    # Strings count, too: bodies of routines, and names that are looked up later.
    said = [text[t.start : t.end + 1] for t in tokens if t.name not in _COMMENTS]
    identifiers = {
        text[t.start : t.end + 1].strip('"').replace('""', '"') for t in tokens if t.name == "IDENT"
    }
    return running, identifiers | mentioned_in([" ".join(said)]), len(parsed)


def _blank(its: re.Match[str]) -> str:
    """The same number of empty lines, so that line numbers stay."""
    return "\n" * its[0].count("\n")


def _creates(statement: ast.Node | None, token: str | None) -> bool:
    """Whether a statement only creates the tenant's schema, which exists already."""
    return (
        token is not None
        and isinstance(statement, ast.CreateSchemaStmt)
        and statement.schemaname == token
        and not statement.schemaElts
    )
