"""The statements that the table of kinds proposes, as values: drafts."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from diffapply.ddl.risk import Risk, Risks
from diffapply.model.catalog import Fact, FactKey
from diffapply.model.identifier import quoted
from diffapply.values.grammar import bare

_ALTER_TABLE, _ONLY = "ALTER TABLE ", "ONLY "


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that is proposed, and not proved yet.

    Attributes:
        anew: whether it drops an object that is created again.
        risks: what it risks.
        makes_routine: whether it creates a function or a procedure, or replaces it.
        undoes: the statement that it takes back, if it comes directly behind that.
    """

    text: str
    anew: bool = field(default=False, kw_only=True)
    makes_routine: bool = field(default=False, kw_only=True)
    undoes: str = field(default="", kw_only=True, compare=False)
    risks: Risks = field(default=(), kw_only=True, compare=False)

    @property
    def sql(self) -> str:
        """The whole statement."""
        return self.text

    @property
    def drops(self) -> tuple[FactKey, ...]:
        """What goes by it, as it is named in it; see `Risk`."""
        return tuple(risk.drops for risk in self.risks if risk.drops)

    @property
    def gone(self) -> tuple[FactKey, ...]:
        """Those of them that are there no more."""
        return tuple(risk.drops for risk in self.risks if risk.drops and not risk.stays)

    def changed(self, change: Callable[[str], str]) -> Self:
        """The same with another text."""
        undoes = change(self.undoes) if self.undoes else ""
        return replace(self, text=change(self.text), undoes=undoes)


@dataclass(frozen=True, slots=True)
class Alteration(Draft):
    """What ALTER TABLE does to a table; several of the same table can be one statement.

    Attributes:
        text: the action, such as ``ADD COLUMN a integer``.
        head: what stands before it, such as ``ALTER TABLE t``.
        outside: whether it locks a table in another schema, too; then it stands apart.
        retypes: whether it gives a column another type.
        recomputes: whether it sets what a column is computed from. PostgreSQL fails where a column
            that has a key or an index gets another type in the same statement.
    """

    head: str
    outside: bool = False
    retypes: bool = field(default=False, kw_only=True)
    recomputes: bool = field(default=False, kw_only=True)

    @property
    def table(self) -> str:
        """The table, quoted."""
        return self.head.removeprefix(_ALTER_TABLE).removeprefix(_ONLY)

    @property
    def action(self) -> str:
        """The whole action."""
        return self.text

    @property
    def sql(self) -> str:
        """The whole statement."""
        return f"{self.head} {self.action}"

    def takes(self, other: "Alteration") -> bool:
        """Whether both can be one statement."""
        if (self.retypes and other.recomputes) or (self.recomputes and other.retypes):
            return False
        return self.head == other.head and self.outside == other.outside

    def joined(self, other: "Alteration") -> "Joined":
        """Both actions as one statement."""
        text, anew = f"{self.action}, {other.action}", self.anew or other.anew
        risks = (*self.risks, *other.risks)
        return Joined(
            text,
            self.head,
            self.outside,
            anew=anew,
            risks=risks,
            retypes=self.retypes or other.retypes,
            recomputes=self.recomputes or other.recomputes,
        )


@dataclass(frozen=True, slots=True)
class Joined(Alteration):
    """Several actions on a table as one statement."""


@dataclass(frozen=True, slots=True)
class Retyping(Alteration):
    """An action that gives a column another type.

    Attributes:
        using: how the values are converted; empty: as an assignment does.
        trials: statements of which one must run in scratch, or no value can be converted so; none
            if it need not be tried.
        told: what it risks, by how the values are converted.
    """

    using: str = field(default="", kw_only=True)
    trials: Sequence[str] = field(default=(), kw_only=True, compare=False)
    told: Callable[[str], Risks] = field(kw_only=True, compare=False)
    retypes: bool = field(default=True, kw_only=True)

    @property
    def action(self) -> str:
        """The whole action."""
        return f"{self.text} USING {self.using}" if self.using else self.text

    def changed(self, change: Callable[[str], str]) -> Self:
        """The same with another text."""
        return replace(self.by(change(self.using)), text=change(self.text))

    def by(self, using: str) -> Self:
        """The same with values that are converted in this way."""
        return replace(self, using=using, risks=self.told(using))


@dataclass(frozen=True, slots=True)
class Filling(Draft):
    """A statement that fills new columns of a table with their defaults.

    Attributes:
        table: quoted, as the columns are.
        before: the statements of the same way that come before it.
        after: those that come behind it.
    """

    table: str
    columns: tuple[str, ...]
    before: tuple[Draft, ...] = field(default=(), compare=False)
    after: tuple[Draft, ...] = field(default=(), compare=False)

    @classmethod
    def of(
        cls, table: str, columns: tuple[str, ...], risks: Risks, before: "Drafts", after: "Drafts"
    ) -> Self:
        """Arguments as the attributes."""
        values = ", ".join(f"{its} = DEFAULT" for its in columns)
        text = f"UPDATE {table} SET {values}"
        return cls(text, table, columns, before, after, risks=risks)

    def joined(self, other: Self) -> Self:
        """Both as one statement."""
        columns, risks = (*self.columns, *other.columns), (*self.risks, *other.risks)
        before, after = (*self.before, *other.before), (*self.after, *other.after)
        return self.of(self.table, columns, risks, before, after)


@dataclass(frozen=True, slots=True)
class Renaming(Draft):
    """A statement that gives something another name.

    Attributes:
        kind: such as ``sequence``.
        old: quoted, as `new` is; of a part, within its object.
    """

    kind: str
    old: str
    new: str


Drafts = tuple[Draft, ...]
"""Statements that do something together."""

Ways = tuple[Drafts, ...]
"""Several ways to do something, best first."""


def drafts(*statements: str | Draft) -> Drafts:
    """Statements as drafts; those that are mere text risk nothing."""
    return tuple(Draft(its) if isinstance(its, str) else its for its in statements)


def dropped_anew(way: Drafts) -> Drafts:
    """The same statements, marked as drops of objects that are created again."""
    return tuple(replace(draft, anew=True) for draft in way)


def one(*statements: str | Draft) -> Ways:
    """A single way."""
    return (drafts(*statements),)


def alter_table(table: str, action: str, *risks: Risk, only: bool = False) -> Alteration:
    """An action on a table, and what it risks; with `only`, not on what inherits from it."""
    return Alteration(action, f"{_ALTER_TABLE}{_ONLY if only else ''}{table}", risks=risks)


def alter_column(fact: Fact, action: str, *risks: Risk) -> Alteration:
    """An action on the column of a fact, and what it risks."""
    return alter_table(fact.object, f"ALTER COLUMN {fact.part} {action}", *risks)


def risky(text: str, *risks: Risk) -> Draft:
    """A statement, and what it risks."""
    return Draft(text, risks=risks)


def literal(text: str) -> str:
    """Text as a string constant."""
    quoted = text.replace("'", "''")
    return f"E'{quoted}'".replace("\\", "\\\\") if "\\" in text else f"'{quoted}'"


def aside(name: str) -> str:
    """The temporary name of an object that is renamed until nothing uses it any more."""
    return f"{_ASIDE}{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def spares(name: str) -> tuple[str, str]:
    """The names, best first, that an index has until one of this name makes room for it."""
    return quoted(f"{bare(name)}_new"), aside(name)


def is_aside(name: str) -> bool:
    """Whether it is such a temporary name."""
    return name.startswith(_ASIDE)


def helper(name: str) -> str:
    """The name of a helper for this object: a table without rows that is dropped again.

    Or a column that replaces it.
    """
    return f"{_HELPER}{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def is_helper(table: str) -> bool:
    """Whether it is the name of a helper."""
    return table.startswith(_HELPER)


def in_users_words(text: str, names: Iterable[str]) -> str:
    """The text, with the users' names in place of temporary ones.

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
