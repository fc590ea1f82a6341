"""Names as SQL has them: with quotes, or plain where they need none."""

import re
from functools import cache

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


def in_quotes(name: str) -> str:
    """A name in quotes, whether it needs them or not."""
    return '"' + name.replace('"', '""') + '"'


def quoted(name: str) -> str:
    """An identifier as quote_ident of the newest PostgreSQL writes it."""
    return name if is_plain(name) else in_quotes(name)


def is_plain(name: str) -> bool:
    """Whether a name never needs quotes in SQL."""
    if _PLAIN.fullmatch(name) is None:
        return False
    # Names of tenants mostly have digits. No keyword has one, so the list need not be imported.
    return any(map(str.isdigit, name)) or name not in _keywords()


def spellings(name: str) -> tuple[str, ...]:
    """The spellings of a quoted name: older servers quote fewer words."""
    inner = name[1:-1]
    return (name, inner) if name[:1] == '"' and _PLAIN.fullmatch(inner) else (name,)


@cache
def _keywords() -> frozenset[str]:
    from pglast import keywords  # noqa: PLC0415 - takes long, and is seldom needed

    return frozenset(
        keywords.COL_NAME_KEYWORDS | keywords.RESERVED_KEYWORDS | keywords.TYPE_FUNC_NAME_KEYWORDS
    )
