"""Tables, their partitions and parents."""

import re
from dataclasses import dataclass
from typing import Self

from diffapply.values.grammar import IDENTIFIER, NAME, Regex, names_any
from diffapply.values.settings import ForeignOptions
from diffapply.values.value import Value

_TABLE = Regex(
    r"(?P<unlogged>UNLOGGED )?(?:TABLE|(?P<foreign>FOREIGN TABLE))"
    rf"(?: PARTITION BY (?P<key>(?:(?! USING {IDENTIFIER}$).)*))?"
    rf"(?: USING (?P<method>{IDENTIFIER}))?"
    rf"(?: SERVER (?P<server>{IDENTIFIER})(?: OPTIONS \((?P<options>.*)\))?)?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Table(Value):
    """A table without its columns.

    Attributes:
        partitioned_by: the method and the key; None if it is not partitioned.
        method: the access method, if the definition names it.
        server: of a foreign table.
    """

    unlogged: bool = False
    foreign: bool = False
    partitioned_by: str | None = None
    method: str | None = None
    server: str | None = None
    options: ForeignOptions | None = None

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        match = _TABLE.fullmatch(definition) or cls.unreadable(definition)
        options = None if match["options"] is None else ForeignOptions.read(match["options"])
        unlogged, foreign = bool(match["unlogged"]), bool(match["foreign"])
        return cls(unlogged, foreign, match["key"], match["method"], match["server"], options)

    def __str__(self) -> str:
        return ("UNLOGGED " if self.unlogged else "") + self.word + self.rest

    @property
    def word(self) -> str:
        """What CREATE, ALTER and DROP call it."""
        return "FOREIGN TABLE" if self.foreign else "TABLE"

    @property
    def rest(self) -> str:
        """The words that follow the columns in CREATE TABLE."""
        said = (
            (" PARTITION BY ", self.partitioned_by, ""),
            (" USING ", self.method, ""),
            (" SERVER ", self.server, ""),
            (" OPTIONS (", self.options, ")"),
        )
        return "".join(f"{head}{its}{end}" for head, its, end in said if its is not None)

    def is_partitioned_by(self, column: str) -> bool:
        """Whether its key names this column."""
        return names_any(self.partitioned_by or "", (column,))


_PARTITION = Regex(
    rf"OF (?P<parent>{NAME}) (?P<bound>FOR VALUES .*?|DEFAULT)(?P<pending> DETACH PENDING)?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Partition(Value):
    """The tie of a partition to its table.

    Attributes:
        bound: ``DEFAULT``, or ``FOR VALUES …``.
        detach_pending: whether a DETACH CONCURRENTLY was interrupted.
    """

    parent: str
    bound: str
    detach_pending: bool = False

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        match = _PARTITION.fullmatch(definition) or cls.unreadable(definition)
        return cls(match["parent"], match["bound"], bool(match["pending"]))

    def __str__(self) -> str:
        pending = " DETACH PENDING" if self.detach_pending else ""
        return f"OF {self.parent} {self.bound}{pending}"


_PARENTS = Regex(rf"{NAME}(?:, {NAME})*")


@dataclass(frozen=True, slots=True)
class Inherits(Value):
    """The tables that a table inherits from, in their order."""

    parents: tuple[str, ...]

    @classmethod
    def read(cls, definition: str) -> Self:
        """As `Value.read`."""
        if not _PARENTS.fullmatch(definition):
            cls.unreadable(definition)
        return cls(tuple(re.findall(NAME, definition)))

    def __str__(self) -> str:
        return ", ".join(self.parents)
