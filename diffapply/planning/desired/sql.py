"""The desired state from files of SQL."""

import re
from pathlib import Path

from pglast import parser
from psycopg2.extensions import connection as Connection

from diffapply.catalog.mentions import mentioned_in
from diffapply.errors import DesiredStateError
from diffapply.planning.desired.model import Desired
from diffapply.planning.desired.statements import run_statements, wrong

_COMMENTS = ("SQL_COMMENT", "C_COMMENT")
_META_COMMAND = re.compile(r"^\\.*$", re.MULTILINE)


def from_sql(label: str, path: Path, token: str | None) -> Desired:
    """The desired state that a file holds, or all files of a folder, in the order of their names.

    Args:
        label: how the user named it.
        path: of the file or folder.
        token: a schema name in it that stands for the tenant.

    Raises:
        DesiredStateError: it cannot be read, or holds nothing, or not SQL.
    """
    try:
        files = sorted(path.rglob("*.sql")) if path.is_dir() else [path]
        # pg_dump writes psql's own commands, such as \restrict, into its output.
        texts = {str(file): _META_COMMAND.sub("", file.read_text("utf-8")) for file in files}
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DesiredStateError(
            f"{label} cannot be read: {reason}.", "Nothing was done."
        ) from error
    identifiers: set[str] = set()
    statements = 0
    for file, text in texts.items():
        try:
            parsed = parser.parse_sql(text)
            tokens = parser.scan(text)
        except parser.ParseError as error:
            raise wrong(file, text, error) from error
        statements += len(parsed)
        for statement in parsed:
            if type(statement.stmt).__name__ == "TransactionStmt":
                raise DesiredStateError(
                    f"{file} begins or ends a transaction, which a desired state must not.",
                    "Nothing was done. Remove BEGIN, COMMIT and the like.",
                )
        # Strings are bodies, and names that are looked up when they are used.
        said = [text[t.start : t.end + 1] for t in tokens if t.name not in _COMMENTS]
        identifiers |= mentioned_in([" ".join(said)])
        identifiers |= {
            text[t.start : t.end + 1].strip('"').replace('""', '"')
            for t in tokens
            if t.name == "IDENT"
        }
    if not statements:
        raise DesiredStateError(f"{label} holds no statement.", "Nothing was done.")

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
