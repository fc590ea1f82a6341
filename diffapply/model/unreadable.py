"""What people are told to do about tenants that the role may not read."""

import re
from collections.abc import Sequence

_GRANT = re.compile(
    r'GRANT USAGE ON SCHEMA (?P<schema>"(?:[^"]|"")+"|[^\s"]+) TO (?P<role>.+)', re.DOTALL
)
_TOGETHER = 20
"""Schemas that one statement names; of more, people are shown the first statement."""


def how_to_read(remedies: Sequence[str]) -> tuple[str, str]:
    """Words that ask for a statement, and the statement, such as ``GRANT … ON SCHEMA a, b TO me;``.

    Args:
        remedies: the GRANT for each of the tenants; at least one.
    """
    if len(remedies) == 1:
        return "Let the schema's owner run:", f"{remedies[0]};"
    if len(remedies) > _TOGETHER:
        return "Let the schemas' owner run the like for each of them:", f"{remedies[0]};"
    return "Let the schemas' owner run:", _together(remedies)


def reading_asked(remedies: Sequence[str]) -> str:
    """Both as one sentence."""
    return " ".join(how_to_read(remedies))


def _together(remedies: Sequence[str]) -> str:
    found = [match for its in remedies if (match := _GRANT.fullmatch(its))]
    roles = {match["role"] for match in found}
    if len(found) < len(remedies) or len(roles) > 1:  # a plan file from elsewhere
        return " ".join(f"{its};" for its in remedies)
    return (
        f"GRANT USAGE ON SCHEMA {', '.join(match['schema'] for match in found)} TO {roles.pop()};"
    )
