"""An entry of the table of kinds: how its facts are read, depend on others, and change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Literal

from diffapply.ddl.risks.losses import drops_fact
from diffapply.ddl.statements import Drafts, Ways, aside, drafts, dropped_anew, one, risky
from diffapply.ddl.structure.belonging import Subjects, its_namesakes
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.values import Value, Whole
from diffapply.values.grammar import words


class Text(Enum):
    """What the definitions of a kind consist of, so where they may contain the tenant's name.

    If they may, the kind's query has one more column: the schema's `hint`.
    """

    PLAIN = ""
    """Only names and numbers."""
    CONSTANTS = "literals"
    LABELS = "literals of words"
    """Constants in which the token is an ordinary word."""
    EXPRESSIONS = "literals in expressions"
    """Expressions, of which PostgreSQL may store several texts with equal meaning."""
    CODE = "literals in code"
    """Expressions that metadata cannot state itself."""
    BODY = "body"
    """Code of routines."""
    PROSE = "whole"
    """Text for people."""

    @property
    def says_own_name(self) -> str:
        """Where: in ``literals``, also in the ``body``, or in the ``whole``; empty: nowhere."""
        return self.value.partition(" ")[0]

    @property
    def has_expressions(self) -> bool:
        """Whether PostgreSQL may store different texts with equal meaning."""
        return self in (Text.EXPRESSIONS, Text.CODE, Text.BODY)

    @property
    def is_code(self) -> bool:
        """Whether metadata cannot state it itself."""
        return self in (Text.CODE, Text.BODY)

    @property
    def is_words(self) -> bool:
        """Whether the token is an ordinary word there."""
        return self in (Text.LABELS, Text.PROSE)


class Turn(IntEnum):
    """A turn among the changes of one table, in order."""

    RENAME = 0
    ADD = 1
    ALTER = 2
    COMPUTE = 3
    CONSTRAIN = 4
    SET = 5
    FREE = 6
    DROP = 7
    NUMBER = 8
    AFTER = 9


Within = Callable[[Fact, Catalog], Ways]
"""Arguments: the fact; the catalog that it is in."""
Between = Callable[[Fact, Ends], Ways]
"""The same for what depends on what else is there, and on what is to be."""
Alter = Callable[[Fact, Fact, Ends], Ways]
"""Arguments: the fact now and in the goal; both catalogs."""
Relation = Callable[[Fact], Sequence[FactKey]]
"""The other facts that a fact depends on."""
Namespace = Literal["", "relation", "index", "type", "routine"]


def no_others(_: Fact) -> Sequence[FactKey]:
    """It depends on nothing."""
    return ()


def loses_column(fact: Fact, ends: Ends) -> bool:
    """Whether its definition names a column that goes: PostgreSQL then drops it, too."""
    columns = (("column", f"{fact.object}.{word}") for word in words(fact.definition))
    return any(map(ends.loses, columns))


def its_table(fact: Fact) -> Sequence[FactKey]:
    """The table that it is a part of."""
    return (("table", fact.object),)


def its_column(fact: Fact) -> Sequence[FactKey]:
    """The column that it is about."""
    return (("column", fact.name),)


def its_column_or_view(fact: Fact) -> Sequence[FactKey]:
    """The column that it is about, or the view: a view's columns are no facts."""
    return (("column", fact.name), ("view", fact.object))


def its_index(fact: Fact) -> Sequence[FactKey]:
    """The index that it is about, or the constraint that the index implements."""
    return (("index", fact.name), ("constraint", f"{fact.object}.{fact.name}"))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact; ``catalog/sql/<name>.sql`` reads its facts.

    Each function returns several ways, best first. Those whose names end in `last` are tried if
    nothing else works.

    Attributes:
        name: such as ``materialized view``.
        create: ways to create it; the catalog is the goal's.
        drop: ways to drop it; the catalog is the live one.
        alter: ways to alter it in place, if possible.
        create_from: ways to create it from what it replaces; better than those of `create`.
        create_last: ways to create it after the object that has its name was renamed.
        drop_only: ways to drop it, but not the fact that takes its place in the goal.
        drop_last: ways to drop it that also drop more.
        alter_last: ways to alter it that cost more, or lose data.
        put_aside: statements that rename it, so that its name is free.
        changes_with: whether it must be altered although its definition is the same.
        value: the class for its definitions.
        text: what its definitions consist of.
        is_right: whether it is about owners and grants, and read only if these count.
        holds_data: whether dropping it loses data, so that drop and create comes last.
        owns_facts: whether facts that belong to it, by `Fact.object`, are dropped with it.
        shown_whole: whether it is shown without its parts, if it is missing or extra.
        comes_with: facts that bring it along when they are created. If none of these exists yet,
            it needs no statement of its own.
        said_with: facts of the goal whose statements say it, too. If any of them is yet to be
            created, it needs no statement of its own.
        goes_without: whether it goes without a statement of its own: something in the goal takes
            it over, or something that goes takes it along.
        goes_with: facts that take it along when they are dropped.
        comes_down: whether changing it on a column changes it on that of partitions, too.
        namespace: of its name; an index has its name among relations. Empty: it has no name of its
            own, or none that means something elsewhere.
        rename: the statement that renames it from ``{old}`` to ``{new}``, in ``{table}``.
        renamed_freely: the kind of rename, if it is renamed without a declaration when only its
            name differs: it holds no data.
        is_action: whether it is changed by actions on its table.
        turn: of its statements among those of its table; a new column has another one.
        turn_to_go: the same for actions that drop it; None: the same turn.
        is_part: whether it stands for an object within another one, which has its facts, too.
        is_of_types: whether it stands for an object that goes with any type that its name names.
        is_of_columns: whether it goes with any column that its definition names.
        ignored_with: the objects, beside the one that it is in, with which it is ignored.
        is_light: whether it neither holds values nor makes any: when it is there matters to the
            structure alone. Not routines and types: what converts values may use them.
        keeps_types: whether it keeps a column that it uses from getting another type.
        follows_declared: whether it belongs to a table or domain that is declared with or without
            it; so dropping it needs no consent.
        left_alone_as: the kind with which it is left alone if the desired state speaks of neither,
            and only what is declared is managed. Empty: it is always managed.
    """

    name: str
    create: Within
    drop: Within
    alter: Alter | None = None
    create_from: Between | None = None
    create_last: Between | None = None
    drop_only: Between | None = None
    drop_last: Within | None = None
    alter_last: Alter | None = None
    put_aside: Callable[[Fact], Drafts] | None = None
    changes_with: Callable[[Fact, Ends], bool] | None = None
    value: type[Value] = Whole
    text: Text = Text.PLAIN
    is_right: bool = False
    holds_data: bool = False
    owns_facts: bool = False
    shown_whole: bool = False
    comes_with: Relation = no_others
    said_with: Callable[[Fact, Catalog], Sequence[FactKey]] | None = None
    goes_without: Callable[[Fact, Ends], bool] | None = None
    goes_with: Relation = no_others
    comes_down: bool = False
    namespace: Namespace = ""
    rename: str = ""
    renamed_freely: str = ""
    is_action: bool = False
    turn: Turn = Turn.AFTER
    turn_to_go: Turn | None = None
    is_part: bool = False
    is_of_types: bool = False
    is_of_columns: bool = False
    ignored_with: Subjects = its_namesakes
    is_light: bool = False
    keeps_types: bool = False
    follows_declared: bool = False
    left_alone_as: str = ""

    def ways_to_create(self, fact: Fact, ends: Ends) -> Ways:
        """The best first."""
        taken = self.create_from(fact, ends) if self.create_from else ()
        return tuple(dict.fromkeys((*taken, *self.create(fact, ends.goal))))

    def last_ways_to_create(self, fact: Fact, ends: Ends) -> Ways:
        """For when those of `ways_to_create` fail."""
        return self.create_last(fact, ends) if self.create_last else ()

    def ways_to_drop(self, fact: Fact, ends: Ends) -> Ways:
        """The best first."""
        left = self.drop_only(fact, ends) if self.drop_only else ()
        return left or self.drop(fact, ends.live)

    def last_ways_to_drop(self, fact: Fact, ends: Ends) -> Ways:
        """For when those of `ways_to_drop` fail."""
        return self.drop_last(fact, ends.live) if self.drop_last else ()

    def ways_to_alter(self, old: Fact, new: Fact, ends: Ends) -> Ways:
        """From one definition to the other, the best first."""
        altered = self.alter(old, new, ends) if self.alter else ()
        return altered if self.holds_data else (*altered, *self.replaced(old, new, ends))

    def ways_to_replace(self, old: Fact, new: Fact, ends: Ends) -> Ways:
        """Without altering it in place; none if that loses data."""
        return () if self.holds_data else self.replaced(old, new, ends)

    def last_ways_to_alter(self, old: Fact, new: Fact, ends: Ends) -> Ways:
        """For when those of `ways_to_alter` fail."""
        resorts = self.alter_last(old, new, ends) if self.alter_last else ()
        if not self.holds_data:
            return resorts
        last = self._dropped_and(self.last_ways_to_create(new, ends), old, ends.live)
        return (*resorts, *self.replaced(old, new, ends), *last)

    def replaced(self, old: Fact, new: Fact, ends: Ends) -> Ways:
        """Ways to drop it and to create it."""
        return self._dropped_and(self.create(new, ends.goal), old, ends.live)

    def _dropped_and(self, creates: Ways, old: Fact, live: Catalog) -> Ways:
        return tuple(
            (*dropped_anew(drop), *create) for drop in self.drop(old, live) for create in creates
        )


def dropper(word: str) -> Within:
    """A `drop` for what has its own name."""
    return lambda fact, _: one(risky(f"DROP {word} {fact.name}", drops_fact(fact)))


def drop_on_table(word: str) -> Within:
    """A `drop` for what is named within its table."""
    return lambda fact, _: one(risky(f"DROP {word} {fact.part} ON {fact.object}", drops_fact(fact)))


def rename_on_table(word: str) -> str:
    """A `rename` for what is named within its table."""
    return f"ALTER {word} {{old}} ON {{table}} RENAME TO {{new}}"


def set_anew(create: Within) -> Alter:
    """An `alter` for what is set again, whatever it was before."""
    return lambda _old, new, ends: create(new, ends.goal)


def renamed_aside(word: str) -> Callable[[Fact], Drafts]:
    """A `put_aside` for what has its own name."""
    return lambda fact: drafts(f"ALTER {word} {fact.name} RENAME TO {aside(fact.name)}")


def step_aside(word: str, create: Within) -> Alter:
    """An `alter_last` that renames the old one and creates the new one.

    Afterwards, what uses the old one is changed to use the new one, like any other difference.
    The old one, which the goal does not have, is dropped last.
    """

    def make(old: Fact, new: Fact, ends: Ends) -> Ways:
        return tuple((*renamed_aside(word)(old), *way) for way in create(new, ends.goal))

    return make
