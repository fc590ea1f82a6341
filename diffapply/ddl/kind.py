"""One entry of the table of fact kinds: how its facts are read, hang on others, and change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from diffapply.ddl.statements import Options, aside, one
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.model.hazards import HazardCode
from diffapply.values import Value, Whole


class Text(Enum):
    """What the definitions of a kind say, and so where they may say the tenant's own name.

    The query of a kind that may say it has a last column more: `hint`, of the schema.
    """

    PLAIN = ""
    """Names and numbers alone."""
    CONSTANTS = "literals"
    LABELS = "literals of words"
    """Constants in which a token is a word like others."""
    EXPRESSIONS = "literals in expressions"
    """Which PostgreSQL may keep in several wordings."""
    CODE = "literals in code"
    """Expressions that models cannot say in words of their own."""
    BODY = "body"
    """Code, and text that only its language understands."""
    PROSE = "whole"
    """Words."""

    @property
    def says_own_name(self) -> str:
        """Where: in ``literals``, in the ``body`` as well, or in the ``whole``; empty: nowhere."""
        return self.value.partition(" ")[0]

    @property
    def has_expressions(self) -> bool:
        """Whether PostgreSQL may keep the same in other words."""
        return self in (Text.EXPRESSIONS, Text.CODE, Text.BODY)

    @property
    def is_code(self) -> bool:
        """Whether models cannot say it in words of their own."""
        return self in (Text.CODE, Text.BODY)

    @property
    def is_words(self) -> bool:
        """Whether a token is a word like others there."""
        return self in (Text.LABELS, Text.PROSE)


Create = Callable[[Fact, Catalog], Options]
"""Given the fact and the goal's catalog."""
Drop = Callable[[Fact, Catalog], Options]
"""Given the fact and the catalog it is in."""
Alter = Callable[[Fact, Fact, Catalog], Options]
"""Given the fact as it is and as it is to be, and the goal's catalog."""
Between = Callable[[Fact, Catalog, Catalog], Options]
"""Given the fact, the goal's catalog and the live one."""
AlterBetween = Callable[[Fact, Fact, Catalog, Catalog], Options]
"""Given the fact as it is and as it is to be, the goal's catalog and the live one."""
Relation = Callable[[Fact], Sequence[FactKey]]
"""Other facts that a fact hangs on."""
Names = Literal["", "relation", "index", "type", "routine"]


def no_others(_: Fact) -> Sequence[FactKey]:
    """It hangs on nothing."""
    return ()


def its_table(fact: Fact) -> Sequence[FactKey]:
    """The table it is a part of."""
    return (("table", fact.object),)


def its_column(fact: Fact) -> Sequence[FactKey]:
    """The column it says something of."""
    return (("column", fact.name),)


def its_column_or_view(fact: Fact) -> Sequence[FactKey]:
    """The column it says something of; a view's columns are no facts."""
    return (("column", fact.name), ("view", fact.object))


def its_index(fact: Fact) -> Sequence[FactKey]:
    """The index it says something of, or the constraint that this implements."""
    return (("index", fact.name), ("constraint", f"{fact.object}.{fact.name}"))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact; ``catalog/sql/<name>.sql`` reads its facts.

    Ways to do a thing are given best first. Those whose names end in `last` are tried when nothing
    else gets any further.

    Attributes:
        name: such as ``materialized view``.
        create: ways to make a fact true.
        drop: ways to make it vanish.
        alter: ways from the one to the other in place, as far as that is possible.
        create_from: ways to create it from what it replaces; better than those of `create`.
        create_last: ways to create it when what is in its place steps aside.
        drop_only: ways to make it vanish, but leave to others what the goal has there.
        drop_last: ways to make it vanish that go further.
        alter_last: ways from the one to the other that cost more, or lose data.
        put_aside: statements that give its name away, by which it does not matter any more.
        changes_with: whether it is to be altered although its definition is the same; given the
            fact, the goal's catalog and the live one.
        value: what its definitions are read as.
        reads: what its definitions say.
        is_right: whether it is of owners and grants, and read only where these count.
        risks: what its statements may risk, locks aside; the details are told from each. Where
            there is none, no statement of it is looked into.
        holds_data: whether dropping it loses data, so that drop and create is a last resort.
        contains: whether what belongs to it, by `Fact.object`, goes when it is dropped.
        told_whole: whether it is told once, without its parts, where it is missing or extra.
        comes_with: what brings the fact along when it is created itself: as long as none of
            these is there, no statement of its own is needed.
        goes_with: what takes the fact along when it is dropped itself.
        names: whose namespace its name is in; an index's, by which nothing is defined, is among
            relations'. Empty: it has no name of its own, or that means nothing elsewhere.
        rename: the statement that renames it from ``{old}`` to ``{new}``, in ``{table}``.
        renamed_freely: of which kind that is whose name alone may differ, and is then renamed
            without being asked for: it holds no data.
    """

    name: str
    create: Create
    drop: Drop
    alter: Alter | None = None
    create_from: Between | None = None
    create_last: Between | None = None
    drop_only: Between | None = None
    drop_last: Drop | None = None
    alter_last: AlterBetween | None = None
    put_aside: Callable[[Fact], tuple[str, ...]] | None = None
    changes_with: Callable[[Fact, Catalog, Catalog], bool] | None = None
    value: type[Value] = Whole
    reads: Text = Text.PLAIN
    is_right: bool = False
    risks: frozenset[HazardCode] = frozenset()
    holds_data: bool = False
    contains: bool = False
    told_whole: bool = False
    comes_with: Relation = no_others
    goes_with: Relation = no_others
    names: Names = ""
    rename: str = ""
    renamed_freely: str = ""

    def ways_to_create(self, fact: Fact, goal: Catalog, live: Catalog) -> Options:
        """The best first."""
        taken = self.create_from(fact, goal, live) if self.create_from else ()
        return (*taken, *self.create(fact, goal))

    def last_ways_to_create(self, fact: Fact, goal: Catalog, live: Catalog) -> Options:
        """For when those of `ways_to_create` do not."""
        return self.create_last(fact, goal, live) if self.create_last else ()

    def ways_to_drop(self, fact: Fact, goal: Catalog, live: Catalog) -> Options:
        """The best first."""
        left = self.drop_only(fact, goal, live) if self.drop_only else ()
        return left or self.drop(fact, live)

    def last_ways_to_drop(self, fact: Fact, live: Catalog) -> Options:
        """For when those of `ways_to_drop` do not."""
        return self.drop_last(fact, live) if self.drop_last else ()

    def ways_to_alter(self, old: Fact, new: Fact, goal: Catalog, live: Catalog) -> Options:
        """From one definition to the other, the best first."""
        altered = self.alter(old, new, goal) if self.alter else ()
        return altered if self.holds_data else (*altered, *self.replaced(old, new, goal, live))

    def ways_to_replace(self, old: Fact, new: Fact, goal: Catalog, live: Catalog) -> Options:
        """Without altering it in place; none if that loses data."""
        return () if self.holds_data else self.replaced(old, new, goal, live)

    def last_ways_to_alter(self, old: Fact, new: Fact, goal: Catalog, live: Catalog) -> Options:
        """For when those of `ways_to_alter` do not lead there."""
        resorts = self.alter_last(old, new, goal, live) if self.alter_last else ()
        return (*resorts, *self.replaced(old, new, goal, live)) if self.holds_data else resorts

    def replaced(self, old: Fact, new: Fact, goal: Catalog, live: Catalog) -> Options:
        """Ways to drop it and to create it."""
        return tuple(
            (*drop, *create) for drop in self.drop(old, live) for create in self.create(new, goal)
        )


def dropper(word: str) -> Drop:
    """Drops what is named as DROP names it."""
    return lambda fact, _: one(f"DROP {word} {fact.name}")


def drop_on_table(word: str) -> Drop:
    """Drops what is named as a part of its table."""
    return lambda fact, _: one(f"DROP {word} {fact.part} ON {fact.object}")


def renamed_aside(word: str) -> Callable[[Fact], tuple[str, ...]]:
    """Renames what is named as ALTER names it out of the way."""
    return lambda fact: (f"ALTER {word} {fact.name} RENAME TO {aside(fact.name)}",)


def step_aside(word: str, create: Create) -> AlterBetween:
    """Renames the old one out of the way and creates the new one.

    What uses the old one is then led to the new one as any other difference, and the old one,
    which the goal does not have, is dropped at last.
    """

    def make(old: Fact, new: Fact, goal: Catalog, _: Catalog) -> Options:
        return tuple((*renamed_aside(word)(old), *way) for way in create(new, goal))

    return make
