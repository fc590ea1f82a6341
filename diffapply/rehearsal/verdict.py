"""What a rehearsal comes to."""

from dataclasses import dataclass

from diffapply.ddl.statements import Draft
from diffapply.model.affected import NO_EFFECT, Effect
from diffapply.model.statement import Statement


@dataclass(frozen=True)
class Verdict:
    """The proved statements of a transition, or the reasons why there are none.

    Attributes:
        statements: proved by running them; empty if blocked.
        blocked: reasons; empty if proved.
        effect: what they do to objects.
        alone: whether they were proved with the tenant alone on the search path.
        failed: the draft that failed, if one did.
        left_out: why none of the user's own statements is among them, if there are any.
    """

    statements: tuple[Statement, ...] = ()
    blocked: tuple[str, ...] = ()
    effect: Effect = NO_EFFECT
    alone: bool = False
    failed: Draft | None = None
    left_out: str = ""


def is_proved(verdict: Verdict) -> bool:
    """Whether the sandbox is at the goal. If not, its transaction may be lost."""
    return not verdict.blocked
