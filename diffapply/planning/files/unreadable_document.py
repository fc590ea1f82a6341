"""What a plan file says of a tenant that could not be read."""

import re
from dataclasses import dataclass, replace
from typing import Self

from diffapply.model.unreadable import Denied, Locked, Unreadable
from diffapply.typed import MisfitError

_DENIED = re.compile(
    r'GRANT USAGE ON SCHEMA (?P<schema>"(?:[^"]|"")+"|[^\s"]+) TO (?P<role>.+)', re.DOTALL
)
_LOCKED = re.compile(
    "try again when (?P<relation>.+) is no longer locked by (?P<holder>.+)", re.DOTALL
)
"""The remedies of older versions, which wrote nothing else."""


@dataclass(kw_only=True)
class UnreadableDocument:
    """A tenant that could not be read; see `diffapply.model.unreadable.Unreadable`.

    Attributes:
        denied: why, if the role may not read it.
        locked: why, if others keep it locked. Older versions wrote neither, but the remedy alone.
    """

    name: str
    remedy: str
    denied: Denied | None = None
    locked: Locked | None = None

    @classmethod
    def of(cls, tenant: Unreadable) -> Self:
        """What is written of such a tenant."""
        said = cls(name=tenant.name, remedy=tenant.remedy)
        if isinstance(tenant.why, Denied):
            return replace(said, denied=tenant.why)
        return replace(said, locked=tenant.why)

    @property
    def unreadable(self) -> Unreadable:
        """The tenant that was written. Raises `MisfitError` if nothing says why."""
        return Unreadable(self.name, self.denied or self.locked or self._told())

    def _told(self) -> Denied | Locked:
        if match := _DENIED.fullmatch(self.remedy):
            return Denied(**match.groupdict())
        if match := _LOCKED.fullmatch(self.remedy):
            return Locked(**match.groupdict())
        raise MisfitError(
            f"Nothing says why {self.name!r} could not be read - at `$.plan.unreadable`"
        )
