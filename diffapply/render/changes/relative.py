"""How the statements of one transition differ from those of another, to be shown once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from diffapply.model.plan import Plan, Transition
from diffapply.model.statement import Statement
from diffapply.render.words.folding import table_actions


@dataclass(frozen=True, slots=True)
class Numbered:
    """A statement and its number within its transition, from 1."""

    number: int
    statement: Statement


@dataclass(frozen=True, slots=True)
class Instead:
    """An ALTER TABLE that stands for another one of the same table.

    Attributes:
        own: as it runs here.
        more: actions that only it has.
        without: actions that only the other has.
    """

    own: Numbered
    more: tuple[str, ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relative:
    """A transition's statements, told by another one's.

    Attributes:
        without: statements of the other that it lacks, with their numbers there.
        more: statements that only it has.
        instead: statements that change the same table as one of the other's, in another way.
        otherwise: statements that both have, but that risk something else here.
    """

    without: tuple[Numbered, ...]
    more: tuple[Numbered, ...]
    instead: tuple[Instead, ...]
    otherwise: tuple[Numbered, ...]

    @property
    def own(self) -> tuple[Numbered, ...]:
        """Its own statements that are to be shown."""
        instead = (its.own for its in self.instead)
        return tuple(sorted((*self.more, *instead, *self.otherwise), key=lambda its: its.number))

    @property
    def statements(self) -> tuple[Numbered, ...]:
        """All that is to be shown."""
        return (*self.without, *self.own)

    @property
    def told(self) -> Iterator[tuple[str, tuple[Numbered, ...]]]:
        """The statements to be shown, each time with the words that come before them."""
        instead = tuple(its.own for its in self.instead)
        first = True
        for alone, after, statements in (
            ("the same, and", "and", self.more),
            ("the same without", "and without", self.without),
            ("the same, but for", "but for", instead),
            ("the same with other hazards", "and with other hazards", self.otherwise),
        ):
            if statements:
                yield alone if first else after, statements
                first = False

    @property
    def here(self) -> dict[int, tuple[str, ...]]:
        """Number → the actions in which a statement of `instead` differs, marked."""
        return {
            its.own.number: (
                *(f"+ {action}" for action in its.more),
                *(f"- {action}" for action in its.without),
            )
            for its in self.instead
        }


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
    instead = _pairs(more, without)
    paired = {id(its) for pair in instead for its in pair}
    return Relative(
        tuple(its for its in without if id(its) not in paired),
        tuple(its for its in more if id(its) not in paired),
        tuple(_instead(*pair) for pair in instead),
        otherwise,
    )


def shorter(transition: Transition, first: Transition | None) -> Relative | None:
    """The same, of a further transition, where that is less to show than its own statements."""
    if first is None or first is transition:
        return None
    told = relative(transition, first)
    return told if told and len(told.statements) < len(transition.statements) else None


def _pairs(
    more: Iterable[Numbered], without: Iterable[Numbered]
) -> Sequence[tuple[Numbered, Numbered]]:
    """An ALTER TABLE of one, and one of the same table of the other."""
    others = {table: its for its in without if (table := table_actions(_sql(its))[0])}
    return [
        (its, other) for its in more if (other := others.pop(table_actions(_sql(its))[0], None))
    ]


def _instead(own: Numbered, other: Numbered) -> Instead:
    (_, here), (_, there) = table_actions(_sql(own)), table_actions(_sql(other))
    return Instead(
        own,
        tuple(its for its in here if its not in there),
        tuple(its for its in there if its not in here),
    )


def _sql(entry: Numbered) -> str:
    return entry.statement.sql


def _only_in(some: Iterable[Numbered], others: Iterable[Numbered]) -> tuple[Numbered, ...]:
    left = Counter(map(_sql, others))
    found = []
    for entry in some:
        if left[_sql(entry)]:
            left[_sql(entry)] -= 1
        else:
            found.append(entry)
    return tuple(found)


def _rest(some: Iterable[Numbered], without: Iterable[Numbered]) -> list[Numbered]:
    gone = {its.number for its in without}
    return [its for its in some if its.number not in gone]
