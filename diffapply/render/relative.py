"""How the statements of one transition differ from those of another, to be shown once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from diffapply.model.plan import Plan, Statement, Transition


@dataclass(frozen=True, slots=True)
class Numbered:
    """A statement and its number within its transition, from 1."""

    number: int
    statement: Statement


@dataclass(frozen=True, slots=True)
class Relative:
    """A transition's statements, told by another one's.

    Attributes:
        without: statements of the other that it lacks, with their numbers there.
        more: statements that only it has.
        otherwise: statements that both have, but that risk something else here.
    """

    without: tuple[Numbered, ...]
    more: tuple[Numbered, ...]
    otherwise: tuple[Numbered, ...]

    @property
    def statements(self) -> tuple[Numbered, ...]:
        """All that is to be shown."""
        return (*self.without, *self.more, *self.otherwise)


def numbered(transition: Transition) -> tuple[Numbered, ...]:
    """The statements with their numbers."""
    return tuple(Numbered(*its) for its in enumerate(transition.statements, 1))


def by_size(plan: Plan) -> Sequence[Transition]:
    """The transitions that run, those of the most tenants first; then the blocked ones."""
    return sorted(plan.transitions, key=lambda its: (bool(its.blocked), -len(its.tenants)))


def largest(plan: Plan) -> Transition | None:
    """The transition of the most tenants; None if none runs."""
    first = next(iter(by_size(plan)), None)
    return None if first is None or first.blocked else first


def relative(transition: Transition, other: Transition) -> Relative | None:
    """How its statements differ from those of the other.

    None if they have nothing in common, or not in the same order.
    """
    own, others = numbered(transition), numbered(other)
    more = _only_in(own, others)
    without = _only_in(others, own)
    common, common_there = _rest(own, more), _rest(others, without)
    if not common or [_sql(its) for its in common] != [_sql(its) for its in common_there]:
        return None
    otherwise = tuple(
        here
        for here, there in zip(common, common_there, strict=True)
        if here.statement.hazards != there.statement.hazards
    )
    return Relative(without, more, otherwise)


def _sql(its: Numbered) -> str:
    return its.statement.sql


def _only_in(some: Iterable[Numbered], others: Iterable[Numbered]) -> tuple[Numbered, ...]:
    left = Counter(map(_sql, others))
    found = []
    for its in some:
        if left[_sql(its)]:
            left[_sql(its)] -= 1
        else:
            found.append(its)
    return tuple(found)


def _rest(some: Iterable[Numbered], without: Iterable[Numbered]) -> list[Numbered]:
    gone = {its.number for its in without}
    return [its for its in some if its.number not in gone]
