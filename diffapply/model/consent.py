"""Consent to what statements lose: to all of it, to some risks, or to none."""

from collections.abc import Collection
from dataclasses import dataclass

from diffapply.model.hazards import Hazard, HazardCode


@dataclass(frozen=True, slots=True)
class Consent:
    """What may be lost.

    Attributes:
        codes: the risks that are allowed; others are refused where they would lose something.
    """

    codes: frozenset[HazardCode] = frozenset()

    @classmethod
    def to(cls, allowed: bool | Collection[HazardCode]) -> "Consent":  # noqa: FBT001 - not a switch
        """Consent to these risks, or to all or none."""
        if isinstance(allowed, bool):
            return EVERYTHING if allowed else NONE
        return cls(frozenset(allowed))

    def lacks(self, hazard: Hazard) -> bool:
        """Whether a hazard needs consent that was not given."""
        return hazard.needs_consent and hazard.code not in self.codes


NONE = Consent()
EVERYTHING = Consent(frozenset(HazardCode))
