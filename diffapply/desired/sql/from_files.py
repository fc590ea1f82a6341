"""The desired state from SQL files."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from pglast import ast, parser
from psycopg2.extensions import connection as Connection

from diffapply.desired.model import Desired
from diffapply.desired.sql.bodies import line_of_body
from diffapply.desired.sql.constancy import is_constant
from diffapply.desired.sql.declarable import COMMENTS, Located, located
from diffapply.desired.sql.declarations import Declaration, declarations, require_one_claim
from diffapply.desired.sql.homes import homes_of
from diffapply.desired.sql.passing import blanked, creates_tenant, outside, require_no_transaction
from diffapply.desired.sql.psql import without_commands
from diffapply.desired.sql.rights import rights_in
from diffapply.desired.sql.rows import changes_rows, may_build_from_rows
from diffapply.desired.sql.statements import run_statements, wrong
from diffapply.errors import DesiredStateError
from diffapply.model.mentions import mentioned_in
from diffapply.model.scope import Scope

_NAMES = ("IDENT", "CURRENT_ROLE", "CURRENT_USER", "SESSION_USER")
"""Tokens that may name a schema or a role."""

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
    if others := [name for its in checked for name in its.outside]:
        made = ", ".join(others)
        _log.warning("%s makes what is no part of a tenant: %s. That is skipped.", label, made)
    if not any(its.statements for its in checked):
        raise DesiredStateError(f"{label} has no statement.")
    declared = [declaration for its in checked for declaration in its.declared]
    require_one_claim(declared)
    with_rows = _runs_rows(label, checked)

    def build(connection: Connection, scope: Scope) -> None:
        for file in checked:
            text = file.running(token, with_rows=with_rows, privileges=scope.privileges)
            run_statements(connection, file.file, text, label, with_rows=with_rows)

    return Desired(
        label,
        build=build,
        shared=frozenset().union(*(its.identifiers for its in checked)) - {token or ""},
        token=token,
        renames=tuple(rename for its in declared for rename in its.renames),
        declarable=lambda: tuple(it.thing for its in checked for it in its.find()),
        digest=partial(_digest, checked, token, with_rows=with_rows),
        homes=tuple(homes_of((node for its in checked for node in its.nodes), token)),
        line_of_body=partial(line_of_body, [(its.file, its.text) for its in checked], label),
    )


@dataclass(frozen=True, slots=True)
class _Checked:
    """A file of valid SQL.

    Attributes:
        text: without what psql alone reads.
        statements: each with its place in the text.
        identifiers: names in it that may be schemas.
        find: finds what it defines by a name.
        declared: the renames that its comments declare.
        copies_rows: whether it has rows that psql would copy.
        outside: what it makes that is no part of a tenant.
    """

    file: str
    text: str
    statements: Sequence[tuple[ast.Node | None, slice]]
    identifiers: frozenset[str]
    find: Callable[[], list[Located]]
    declared: tuple[Declaration, ...]
    copies_rows: bool
    outside: tuple[str, ...]

    @property
    def nodes(self) -> list[ast.Node | None]:
        """The statements as they are parsed."""
        return [node for node, _ in self.statements]

    def running(self, token: str | None, *, with_rows: bool, privileges: bool = True) -> str:
        """The text of what is to run; the lines stay.

        Args:
            token: the name of the tenant's schema in it.
            with_rows: run what changes rows, too.
            privileges: run what gives owners and rights, too.
        """
        passed: list[slice] = []
        for node, part in self.statements:
            if (
                isinstance(node, ast.TransactionStmt)
                or creates_tenant(node, token)
                or (changes_rows(node) and (isinstance(node, ast.CopyStmt) or not with_rows))
            ):
                passed.append(part)
            elif not privileges:
                passed += rights_in(self.text, node, part)
        return blanked(self.text, passed)


def _runs_rows(label: str, checked: Sequence[_Checked]) -> bool:
    """Whether statements that change rows are to run; tells what becomes of rows."""
    nodes = [node for its in checked for node in its.nodes]
    changing = [node for node in nodes if changes_rows(node)]
    if not changing and not any(its.copies_rows for its in checked):
        return False
    if all(isinstance(node, ast.CopyStmt) for node in changing) or not may_build_from_rows(nodes):
        _log.warning("%s contains rows; they are skipped, as with pg_dump --schema-only.", label)
        return False
    _log.warning(
        "%s contains rows, and code that may build from rows: INSERT and the like run in scratch, "
        "COPY does not. No tenant gets rows.",
        label,
    )
    return True


def _digest(checked: Sequence[_Checked], token: str | None, *, with_rows: bool) -> str | None:
    """SHA-256, in hex, of all that runs; None if it computes what it builds."""
    nodes = (node for its in checked for node in its.nodes)
    if with_rows or not is_constant(node for node in nodes if not changes_rows(node)):
        return None
    texts = [its.running(token, with_rows=False) for its in checked]
    return sha256(repr(texts).encode()).hexdigest()


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
    text, copies_rows = without_commands(file, text)
    try:
        parsed = parser.parse_sql(text)
        parts = parser.split(text, only_slices=True)
        tokens = parser.scan(text)
    except parser.ParseError as error:
        raise wrong(file, text, error) from error
    code = [its for its in tokens if its.name not in COMMENTS]
    statements = [(its.stmt, part) for its, part in zip(parsed, parts, strict=True)]
    require_no_transaction(file, text, statements)
    find = cache(partial(located, f"{file}, ", text, statements, code, token))
    # Strings count, too: bodies of routines, and names that are looked up later.
    said = " ".join(text[t.start : t.end + 1] for t in code)
    named = {text[t.start : t.end + 1] for t in code if t.name in _NAMES}
    return _Checked(
        file,
        text,
        statements,
        mentioned_in([said]) | {name.strip('"').replace('""', '"') for name in named},
        find,
        tuple(declarations(f"{file}, ", text, find, tokens, token)),
        copies_rows,
        tuple(outside((its.stmt for its in parsed), token)),
    )
