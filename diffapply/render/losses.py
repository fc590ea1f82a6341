"""What a plan may lose, and where: what a reader must not overlook."""

from collections.abc import Iterator
from dataclasses import dataclass

from diffapply.model.plan import Plan
from diffapply.render.relative import by_size, numbered
from diffapply.render.wording import EXAMPLES, counted, examples, in_order

_MOST = 10
"""Statements that are told one by one."""


@dataclass(frozen=True, slots=True)
class Losses:
    """The statements of a plan that may lose data.

    Attributes:
        statements: what each does, with its number in the largest transition that has it.
        tenants: in which one of them runs, in natural order.
    """

    statements: tuple[str, ...]
    tenants: tuple[str, ...]

    @property
    def counts(self) -> tuple[str, str]:
        """Such as ``2 statements`` and ``4 tenants``."""
        return counted(len(self.statements), "statement"), counted(len(self.tenants), "tenant")

    def line(self, *, all_names: bool = False) -> str:
        """Such as ``1 statement may lose data in 4 tenants: user_3, …``; empty if none may."""
        statements, tenants = self.counts
        if not self.statements:
            return ""
        names = examples(self.tenants, len(self.tenants) if all_names else EXAMPLES)
        return f"{statements} may lose data in {tenants}: {names}"

    @property
    def told(self) -> Iterator[str]:
        """The statements, as far as they are not too many."""
        yield from self.statements[:_MOST]
        if (more := len(self.statements) - _MOST) > 0:
            yield f"and {counted(more, 'more statement')}"


def find_losses(plan: Plan) -> Losses:
    """What may be lost where the plan is applied."""
    losing = [its for its in by_size(plan) if its.destructive and not its.blocked]
    statements: dict[str, str] = {}
    for transition in losing:
        where = "" if transition is losing[0] else f" ({examples(transition.tenants)})"
        for its in numbered(transition):
            risks = [hazard.message for hazard in its.statement.hazards if hazard.kind == "data"]
            if risks:
                told = f"statement {its.number} {'; '.join(risks)}{where}"
                statements.setdefault(its.statement.sql, told)
    return Losses(tuple(statements.values()), in_order(*(its.tenants for its in losing)))
