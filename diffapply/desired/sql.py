"""The desired state from SQL files."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from pglast import ast, parser
from psycopg2.extensions import connection as Connection

from diffapply.desired.constancy import is_constant
from diffapply.desired.declarable import COMMENTS, Located, located
from diffapply.desired.declarations import Declaration, declarations, require_one_claim
from diffapply.desired.model import Desired
from diffapply.desired.passing import changes_rows, outside
from diffapply.desired.psql import without_commands
from diffapply.desired.statements import run_statements, wrong
from diffapply.errors import DesiredStateError
from diffapply.model.mentions import mentioned_in

_log = logging.getLogger(__name__)


def from_sql(label: str, path: Path, token: str | None) -> Desired:
    """The desired state in a file, or in all .sql files of a folder in the order of their names.

    Args:
        label: how the user named it.
        path: of the file or folder.
        token: a schema name in it that stands for the tenant.

    Raises:
        DesiredStateError: it cannot be read, is empty, or is not valid SQL.
    """
    files = sorted(path.rglob("*.sql")) if path.is_dir() else [path]
    checked = [
        _checked(str(file), _text(file, label if file == path else str(file)), token)
        for file in files
    ]
    if any(its.with_rows for its in checked):
        _log.warning("%s contains rows; they are skipped, as with pg_dump --schema-only.", label)
    if others := [name for its in checked for name in its.outside]:
        made = ", ".join(others)
        _log.warning("%s makes what is no part of a tenant: %s. That is skipped.", label, made)
    if not any(its.statements for its in checked):
        raise DesiredStateError(f"{label} has no statement.")
    declared = [declaration for its in checked for declaration in its.declared]
    require_one_claim(declared)

    def build(connection: Connection, schema: str) -> None:
        del schema
        for its in checked:
            run_statements(connection, its.file, its.text, label)

    return Desired(
        label,
        build=build,
        shared=frozenset().union(*(its.identifiers for its in checked)) - {token or ""},
        token=token,
        renames=tuple(rename for its in declared for rename in its.renames),
        declarable=lambda: tuple(it.thing for its in checked for it in its.find()),
        digest=partial(_digest, checked),
    )


@dataclass(frozen=True, slots=True)
class _Checked:
    """A file of valid SQL.

    Attributes:
        text: what is to run.
        statements: how many there are.
        identifiers: names in it that may be schemas.
        find: finds what it defines by a name.
        declared: the renames that its comments declare.
        constant: whether it builds the same whenever it runs.
        with_rows: whether it has rows, which are skipped.
        outside: what it makes that is no part of a tenant.
    """

    file: str
    text: str
    statements: int
    identifiers: frozenset[str]
    find: Callable[[], list[Located]]
    declared: tuple[Declaration, ...]
    constant: bool
    with_rows: bool
    outside: tuple[str, ...]


def _digest(checked: Sequence[_Checked]) -> str | None:
    """SHA-256, in hex, of all statements; None if they compute what they build."""
    if not all(its.constant for its in checked):
        return None
    return sha256(repr([its.text for its in checked]).encode()).hexdigest()


def _text(path: Path, label: str) -> str:
    """What is in a file. Raises `DesiredStateError`."""
    try:
        return path.read_text("utf-8-sig")  # psql skips a byte order mark, too
    except FileNotFoundError as error:
        raise DesiredStateError(
            f"{label} cannot be read: {error.strerror}.", "Name your models or SQL with --desired."
        ) from error
    except OSError as error:
        raise DesiredStateError(f"{label} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DesiredStateError(
            f"{label} cannot be read: byte {error.start + 1:,} is not UTF-8.",
            "Save it in UTF-8.",
        ) from error


def _checked(file: str, text: str, token: str | None) -> _Checked:
    """A file that can be run.

    Raises:
        DesiredStateError: it is not valid SQL, begins or ends a transaction, or needs psql; or a
            comment declares no rename that makes sense.
    """
    text, with_rows = without_commands(file, text)
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
    code = [its for its in tokens if its.name not in COMMENTS]
    statements = [(its.stmt, part) for its, part in zip(parsed, parts, strict=True)]
    find = cache(partial(located, f"{file}, ", text, statements, code, token))
    # Strings count, too: bodies of routines, and names that are looked up later.
    said = " ".join(text[t.start : t.end + 1] for t in code)
    named = {text[t.start : t.end + 1] for t in code if t.name == "IDENT"}
    return _Checked(
        file,
        running,
        len(parsed),
        mentioned_in([said]) | {name.strip('"').replace('""', '"') for name in named},
        find,
        tuple(declarations(f"{file}, ", text, find, tokens, token)),
        is_constant(its.stmt for its in parsed),
        with_rows or changes_rows(its.stmt for its in parsed),
        tuple(outside((its.stmt for its in parsed), token)),
    )


def _creates(statement: ast.Node | None, token: str | None) -> bool:
    """Whether a statement only creates the tenant's schema, which exists already."""
    return (
        token is not None
        and isinstance(statement, ast.CreateSchemaStmt)
        and statement.schemaname == token
        and not statement.schemaElts
    )
