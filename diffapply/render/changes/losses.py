"""What a plan may lose, and where: what a reader must not overlook."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from diffapply.model.hazards import HazardKind
from diffapply.model.plan import Plan
from diffapply.model.statement import Statement
from diffapply.render.changes.relative import by_size, numbered
from diffapply.render.words.wording import EXAMPLES, counted, examples, in_order

_MOST = 10
"""Statements that are told one by one."""

_WHAT: Mapping[HazardKind, tuple[str, str]] = {
    "data": ("may lose data", "may lose data"),
    "drop": ("drops what was never declared", "drop what was never declared"),
}


@dataclass(frozen=True, slots=True)
class Losses:
    """The statements of a plan that need consent for one reason.

    Attributes:
        statements: what each does, with its number in the largest transition that has it, and its
            tenants, if it does not run in all of these.
        tenants: in which one of them runs, in natural order.
        kind: of their hazard.
        what: what they do, if it is one, and if they are several.
    """

    statements: tuple[str, ...]
    tenants: tuple[str, ...]
    kind: HazardKind
    what: tuple[str, str]

    @property
    def counts(self) -> tuple[str, str]:
        """Such as ``2 statements may lose data`` and ``4 tenants``."""
        number = len(self.statements)
        said = f"{counted(number, 'statement')} {self.what[number != 1]}"
        return said, counted(len(self.tenants), "tenant")

    def line(self, *, all_names: bool = False) -> str:
        """Such as ``1 statement may lose data in 4 tenants: user_3, …``."""
        statements, tenants = self.counts
        names = examples(self.tenants, len(self.tenants) if all_names else EXAMPLES)
        return f"{statements} in {tenants}: {names}"

    @property
    def told(self) -> Iterator[str]:
        """The statements, as far as they are not too many."""
        yield from self.statements[:_MOST]
        if (more := len(self.statements) - _MOST) > 0:
            yield f"and {counted(more, 'more statement')}"


def find_losses(plan: Plan) -> list[Losses]:
    """What needs consent where the plan is applied: data first, then what was never declared."""
    found = (_found(plan, kind, what) for kind, what in _WHAT.items())
    return [its for its in found if its.statements]


def _found(plan: Plan, kind: HazardKind, what: tuple[str, str]) -> Losses:
    found = [
        (transition, its, messages)
        for transition in by_size(plan)
        if not transition.blocked
        for its in numbered(transition)
        if (messages := _messages(its.statement, kind))
    ]
    statements: dict[str, str] = {}
    places: dict[str, list[str]] = defaultdict(list)
    for transition, entry, messages in found:
        sql = entry.statement.sql
        statements.setdefault(sql, f"statement {entry.number} {'; '.join(messages)}")
        places[sql] += transition.tenants
    tenants = in_order(*places.values())
    told = (
        text if {*places[sql]} == {*tenants} else f"{text} ({examples(in_order(places[sql]))})"
        for sql, text in statements.items()
    )
    return Losses(tuple(told), tenants, kind, what)


def _messages(statement: Statement, kind: HazardKind) -> list[str]:
    return [its.message for its in statement.hazards if its.needs_consent and its.kind == kind]
