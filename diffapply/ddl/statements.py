"""What the entries of the table of fact kinds are made of."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from diffapply.model.catalog import Catalog, Fact

Options = tuple[tuple[str, ...], ...]
"""Ways to do a thing, best first; each is the statements that do it together."""


def one(*statements: str) -> Options:
    """The only way to do it."""
    return (statements,)


def literal(text: str) -> str:
    """Text as a string constant."""
    quoted = text.replace("'", "''")
    return f"E'{quoted}'".replace("\\", "\\\\") if "\\" in text else f"'{quoted}'"


def aside(name: str) -> str:
    """A name under which an object waits, out of the way, until nothing uses it any more."""
    return f"{_ASIDE}{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def is_aside(name: str) -> bool:
    """Whether an object waits under this name."""
    return name.startswith(_ASIDE)


def helper(name: str) -> str:
    """What a transition makes for this one: a table that it drops again and that never has rows.

    Or the column that takes its place.
    """
    return f"{_HELPER}{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def is_helper(table: str) -> bool:
    """Whether a transition has made this table for itself."""
    return table.startswith(_HELPER)


def in_users_words(text: str, names: Iterable[str]) -> str:
    """The text, with what stands aside or helps called by what it was made from.

    Args:
        names: quoted; those that it may be.
    """
    if "diffapply_" not in text:
        return text
    for name in names:
        text = text.replace(aside(name), f"{name} as it was").replace(helper(name), name)
    return text


_ASIDE = "diffapply_old_"
_HELPER = "diffapply_new_"

Create = Callable[[Fact, Catalog], Options]
Drop = Callable[[Fact, Catalog], Options]
Alter = Callable[[Fact, Fact, Catalog], Options]
Resort = Callable[[Fact, Fact, Catalog, Catalog], Options]
TakeOver = Callable[[Fact, Catalog, Catalog], Options]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of fact is created, dropped and altered.

    Attributes:
        create: statements that make the fact true; given the fact and the goal's catalog.
        drop: statements that make it vanish; given the fact and the catalog it is in.
        alter: from the first fact to the second in place, as far as that is possible.
        resort: what is tried when nothing else gets any further: it costs more, or loses data;
            given both facts, the goal's catalog and the live one.
        uproot: what is tried to make it vanish when nothing else gets any further.
        take_over: statements that create it from what it replaces; given the fact, the goal's
            catalog and the live one.
        leave: statements that make it vanish, but leave to others what the goal has there; given
            the fact, the goal's catalog and the live one.
        make_room: what is tried to create it when nothing else gets any further: what is in its
            place steps aside.
        keep: whether dropping it loses data, so that drop and create is such a last resort.
    """

    create: Create
    drop: Drop
    alter: Alter | None = None
    resort: Resort | None = None
    uproot: Drop | None = None
    take_over: TakeOver | None = None
    leave: TakeOver | None = None
    make_room: TakeOver | None = None
    keep: bool = False

    def make(self, fact: Fact, goal: Catalog, live: Catalog) -> Options:
        """Ways to create it."""
        taken = self.take_over(fact, goal, live) if self.take_over else ()
        return (*taken, *self.create(fact, goal))

    def remove(self, fact: Fact, goal: Catalog, live: Catalog) -> Options:
        """Ways to make it vanish."""
        left = self.leave(fact, goal, live) if self.leave else ()
        return left or self.drop(fact, live)

    def room(self, fact: Fact, goal: Catalog, live: Catalog) -> Options:
        """Ways to create it for when those of `make` do not."""
        return self.make_room(fact, goal, live) if self.make_room else ()

    def change(self, old: Fact, new: Fact, goal: Catalog, live: Catalog) -> Options:
        """Ways from one definition to the other."""
        altered = self.alter(old, new, goal) if self.alter else ()
        return altered if self.keep else (*altered, *self.again(old, new, goal, live))

    def last_resort(self, old: Fact, new: Fact, goal: Catalog, live: Catalog) -> Options:
        """Ways for when those of `change` do not lead there."""
        resorts = self.resort(old, new, goal, live) if self.resort else ()
        return (*resorts, *self.again(old, new, goal, live)) if self.keep else resorts

    def again(self, old: Fact, new: Fact, goal: Catalog, live: Catalog) -> Options:
        """Ways to drop it and to create it."""
        return tuple(
            (*drop, *create) for drop in self.drop(old, live) for create in self.create(new, goal)
        )


def dropper(word: str) -> Drop:
    """Drops what is named as DROP names it."""
    return lambda fact, _: one(f"DROP {word} {fact.name}")


def step_aside(word: str, create: Create) -> Resort:
    """Renames the old one out of the way and creates the new one.

    What uses the old one is then led to the new one as any other difference, and the old one,
    which the goal does not have, is dropped at last.
    """

    def make(old: Fact, new: Fact, goal: Catalog, _: Catalog) -> Options:
        rename = f"ALTER {word} {old.name} RENAME TO {aside(old.name)}"
        return tuple((rename, *way) for way in create(new, goal))

    return make
