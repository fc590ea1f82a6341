"""What people are told to do about tenants that could not be read.

Either the role may not read them, or other sessions keep them locked.
"""

import re
from collections.abc import Iterator, Sequence

_GRANT = re.compile(
    r'GRANT USAGE ON SCHEMA (?P<schema>"(?:[^"]|"")+"|[^\s"]+) TO (?P<role>.+)', re.DOTALL
)
_TOGETHER = 20
"""Schemas that one statement names; of more, people are shown the first statement."""

_LATER = "try again when "
_SHOWN = 3
"""Locks that are told, of more than that."""


def when_free(relation: str, holder: str) -> str:
    """The remedy for a tenant of which other sessions keep something locked."""
    return f"{_LATER}{relation} is no longer locked by {holder}"


def is_locked(remedy: str) -> bool:
    """Whether that is what `when_free` says."""
    return remedy.startswith(_LATER)


def how_to_read(remedies: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Words that ask for something, and what: a statement, ``GRANT … ON SCHEMA a, b TO me;``.

    Args:
        remedies: the GRANT for each of the tenants, or what `when_free` says; at least one.
    """
    grants = [its for its in remedies if not is_locked(its)]
    locked = [*dict.fromkeys(its for its in remedies if is_locked(its))]
    if len(grants) == 1:
        yield "Let the schema's owner run:", f"{grants[0]};"
    elif len(grants) > _TOGETHER:
        yield "Let the schemas' owner run the like for each of them:", f"{grants[0]};"
    elif grants:
        yield "Let the schemas' owner run:", _together(grants)
    for its in locked[:_SHOWN]:
        yield "Another session is at work:", f"{its}."
    if left := len(locked[_SHOWN:]):
        yield "The same holds", f"for {left:,} more."


def reading_asked(remedies: Sequence[str]) -> str:
    """All of it as one text."""
    return " ".join(f"{words} {what}" for words, what in how_to_read(remedies))


def _together(remedies: Sequence[str]) -> str:
    found = [match for its in remedies if (match := _GRANT.fullmatch(its))]
    roles = {match["role"] for match in found}
    if len(found) < len(remedies) or len(roles) > 1:  # a plan file from elsewhere
        return " ".join(f"{its};" for its in remedies)
    return (
        f"GRANT USAGE ON SCHEMA {', '.join(match['schema'] for match in found)} TO {roles.pop()};"
    )
