"""Helpers for the statements of the table of kinds."""

import hashlib
from collections.abc import Iterable

from diffapply.model.catalog import Fact

Options = tuple[tuple[str, ...], ...]
"""Several ways to do something, best first; each is a list of statements."""


def one(*statements: str) -> Options:
    """A single way."""
    return (statements,)


def alter_column(fact: Fact) -> str:
    """The beginning of a statement that alters the column of a fact."""
    return f"ALTER TABLE {fact.object} ALTER COLUMN {fact.part}"


def literal(text: str) -> str:
    """Text as a string constant."""
    quoted = text.replace("'", "''")
    return f"E'{quoted}'".replace("\\", "\\\\") if "\\" in text else f"'{quoted}'"


def aside(name: str) -> str:
    """The temporary name of an object that is renamed until nothing uses it any more."""
    return f"{_ASIDE}{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def is_aside(name: str) -> bool:
    """Whether it is such a temporary name."""
    return name.startswith(_ASIDE)


def helper(name: str) -> str:
    """The name of a helper for this object: a table without rows that is dropped again.

    Or a column that replaces it.
    """
    return f"{_HELPER}{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def is_helper(table: str) -> bool:
    """Whether it is the name of a helper."""
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
