"""User statements (`--with FILE`), for transitions that diffapply cannot find itself."""

from pathlib import Path

from pglast import ast, parser

from diffapply.desired.places import brief
from diffapply.errors import UsageError


def load_statements(path: Path) -> tuple[str, ...]:
    """The statements of an SQL file. They must not name the tenant's schema.

    Raises:
        UsageError: the file cannot be read, is not valid SQL, or begins or ends a transaction.
    """
    try:
        text = path.read_text("utf-8-sig")
        statements = parser.split(text)
        parsed = parser.parse_sql(text)
    except (OSError, UnicodeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise UsageError(f"{path} cannot be read: {why}.") from error
    except parser.ParseError as error:
        raise UsageError(f"{path} is not valid SQL: {brief(error.args[0])}.") from error
    if any(isinstance(raw.stmt, ast.TransactionStmt) for raw in parsed):
        raise UsageError(
            f"{path} begins or ends a transaction; each tenant has one of its own.",
        )
    return tuple(statements)
