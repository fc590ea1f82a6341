"""What several documents have: their version, and tenants that could not be read."""

from typing import Final, TypedDict

VERSION: Final = 1

Ends = TypedDict("Ends", {"from": str, "to": str})
"""Where a transition begins and ends."""


class UnreadableTenant(TypedDict):
    """A tenant that could not be compared, and the GRANT that is missing, or when to try again."""

    name: str
    remedy: str
