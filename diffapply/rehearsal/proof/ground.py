"""Where the candidates of a leg are proved."""

from dataclasses import dataclass

from diffapply.rehearsal.proof.outside import Outside
from diffapply.rehearsal.search.candidates import Leg
from diffapply.scratch.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Ground:
    """A sandbox at the source of a leg.

    Attributes:
        outside: what is outside the sandbox, and must not change.
    """

    sandbox: Sandbox
    leg: Leg
    outside: Outside
