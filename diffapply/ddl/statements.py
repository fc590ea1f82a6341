"""What the statements of the table of fact kinds are made of."""

import hashlib
from collections.abc import Iterable

from diffapply.model.catalog import Fact

Options = tuple[tuple[str, ...], ...]
"""Ways to do a thing, best first; each is the statements that do it together."""


def one(*statements: str) -> Options:
    """The only way to do it."""
    return (statements,)


def alter_column(fact: Fact) -> str:
    """What a statement begins with that alters the column a fact is of."""
    return f"ALTER TABLE {fact.object} ALTER COLUMN {fact.part}"


def literal(text: str) -> str:
    """Text as a string constant."""
    quoted = text.replace("'", "''")
    return f"E'{quoted}'".replace("\\", "\\\\") if "\\" in text else f"'{quoted}'"


def aside(name: str) -> str:
    """A name under which an object waits, out of the way, until nothing uses it any more."""
    return f"{_ASIDE}{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def is_aside(name: str) -> bool:
    """Whether an object waits under this name."""
    return name.startswith(_ASIDE)


def helper(name: str) -> str:
    """What a transition makes for this one: a table that it drops again and that never has rows.

    Or the column that takes its place.
    """
    return f"{_HELPER}{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def is_helper(table: str) -> bool:
    """Whether a transition has made this table for itself."""
    return table.startswith(_HELPER)


def in_users_words(text: str, names: Iterable[str]) -> str:
    """The text, with what stands aside or helps called by what it was made from.

    Args:
        names: quoted; those that it may be.
    """
    if "diffapply_" not in text:
        return text
    for name in names:
        text = text.replace(aside(name), f"{name} as it was").replace(helper(name), name)
    return text


_ASIDE = "diffapply_old_"
_HELPER = "diffapply_new_"
