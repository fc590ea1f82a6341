"""What several documents have: their version, and tenants that could not be read."""

from typing import Final, Literal, NotRequired, TypedDict

VERSION: Final = 1

Ends = TypedDict("Ends", {"from": str, "to": str})
"""Where a transition begins and ends."""


Why = Literal["denied", "locked"]
"""Why a tenant could not be compared."""


class UnreadableTenant(TypedDict):
    """A tenant that could not be compared.

    Attributes:
        remedy: the GRANT that is missing; or when to try again.
        why: denied: the role may not use it; locked: another session has something in it locked.
            Documents of older versions do not say it.
    """

    name: str
    remedy: str
    why: NotRequired[Why]
