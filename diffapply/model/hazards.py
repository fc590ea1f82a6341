"""What a statement risks, as values, with a code for each distinct risk."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Literal, NotRequired, Self, TypedDict

from diffapply.model.own_name import spelled

HazardKind = Literal[
    "data", "drop", "lock", "rewrite", "time", "rows", "code", "stale", "shared", "numbers"
]
"""``data`` (rows or values may be lost), ``drop`` (what holds no data goes), ``lock`` (others
wait), ``rewrite`` (a table is rewritten), ``time`` (a scan or a build that grows with the rows),
``rows`` (it fails on certain rows; the tenant then stays as it was), ``code`` (it may run other
people's code with all rights of a superuser), ``stale`` (results computed earlier are not updated),
``shared`` (it changes what other schemas use, too), ``numbers`` (a sequence may give numbers that
are used already)."""


class HazardCode(Enum):
    """Names a risk, for policies and programs. A code never changes its meaning.

    Attributes:
        kind: the kind of hazard.
        risk: the risk, as a sentence.
    """

    def __init__(self, kind: HazardKind, risk: str) -> None:
        self.kind: HazardKind = kind
        self.risk = risk

    @property
    def needs_consent(self) -> bool:
        """Whether what it risks is refused without consent, unless nothing would be lost."""
        return self.kind == "data" or self is HazardCode.DROPS_UNDECLARED

    DROPS_TABLE = "data", "A table is dropped with its rows."
    DROPS_COLUMN = "data", "A column is dropped with its values."
    DROPS_SEQUENCE = "data", "A sequence is dropped with its position."
    DROPS_IDENTITY = "data", "A column stops being an identity, and its position is lost."
    RESETS_SEQUENCE = "data", "A sequence is set to where it begins, and its position is lost."
    DROPS_SCHEMA = "data", "A schema is dropped with everything in it."
    DROPS_DEPENDENTS = "data", "With CASCADE, everything that depends on an object is dropped, too."
    CONVERTS_VALUES = "data", "A column gets another type, and values may be changed or cut."
    DROPS_LABEL = "data", "A label of an enum is dropped, and rows may have it."
    CHANGES_ATTRIBUTES = (
        "data",
        "Attributes of a composite type that columns use are dropped or converted.",
    )
    CHANGES_ROWS = "data", "Rows are changed or deleted, or code runs that may do that."
    UNKNOWN_STATEMENT = "data", "The parser does not know a statement, so the worst is assumed."
    LOSES_DATA = (
        "data",
        "Data may be lost; only in plan files that are older than these codes.",
    )
    DROPS_OBJECT = "drop", "An object without data is dropped, and not created again."
    DROPS_UNDECLARED = (
        "drop",
        "Something is dropped that no desired state that was applied has declared.",
    )
    LOCKS_TABLE = "lock", "Sessions that read or write a table have to wait."
    LOCKS_SEQUENCE = "lock", "Sessions that draw numbers from a sequence have to wait."
    REWRITES_TABLE = "rewrite", "A table or materialized view is rewritten."
    RECOMPUTES_VIEW = (
        "rewrite",
        "A materialized view is created again, with the results of its query at that time.",
    )
    SCANS_TABLE = "time", "All rows of a table are read."
    BUILDS_INDEX = "time", "An index is built over all rows of a table."
    COMPUTES_VIEW = "time", "The query of a materialized view runs."
    TAKES_TIME = (
        "time",
        "It takes time; only in plan files that are older than these codes.",
    )
    FAILS_ON_ROWS = "rows", "It fails if a table has rows; such a tenant stays as it was."
    FAILS_ON_NULLS = (
        "rows",
        "It fails if a row has no value for a column; such a tenant stays as it was.",
    )
    FAILS_ON_VALUES = (
        "rows",
        (
            "It fails if rows break a constraint or a unique index, or have values that cannot be "
            "converted, or if a sequence stands outside of its new bounds; such a tenant stays as "
            "it was."
        ),
    )
    RUNS_CODE = "code", "Other people's code runs with all rights of a superuser."
    STALE_RESULTS = (
        "stale",
        "A routine changes, but results that it computed earlier are not updated.",
    )
    CHANGES_SHARED = "shared", "Something changes that other schemas use, too."
    REPEATS_NUMBERS = "numbers", "A sequence may give numbers that are used already."


_BEFORE_CODES: Mapping[str, HazardCode] = {
    "data": HazardCode.LOSES_DATA,
    "drop": HazardCode.DROPS_OBJECT,
    "lock": HazardCode.LOCKS_TABLE,
    "rewrite": HazardCode.REWRITES_TABLE,
    "time": HazardCode.TAKES_TIME,
    "rows": HazardCode.FAILS_ON_ROWS,
    "code": HazardCode.RUNS_CODE,
    "stale": HazardCode.STALE_RESULTS,
    "shared": HazardCode.CHANGES_SHARED,
    "numbers": HazardCode.REPEATS_NUMBERS,
}
"""Kind → the code of a hazard that has none."""


if TYPE_CHECKING:
    CodeName = str
else:  # so that data are checked for it, and schemas list them
    CodeName = Literal[tuple(HazardCode.__members__)]


class HazardDocument(TypedDict):
    """A hazard in JSON; in old documents, without a code."""

    kind: HazardKind
    code: NotRequired[CodeName]
    message: str
    check: NotRequired[str]
    lock: NotRequired[str]
    remedy: NotRequired[str]
    dropped: NotRequired[tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Hazard:
    """What a statement risks.

    Attributes:
        code: which risk it is.
        message: one clause for people, such as ``drops table a; its rows are lost``.
        check: for ``data``, a query that runs in the tenant, under the lock that the statement
            takes, and returns true if something would be lost. Empty: it is always lost. It has
            one row and column, and no semicolon at its end: a batch asks it within another query.
        lock: the relation to lock in ACCESS EXCLUSIVE mode before `check`, quoted, or empty.
        remedy: a statement that puts it right afterwards, to be run where that is wanted; or empty.
        dropped: kind and name of the fact that goes for good, if it is known.
        where: for ``rows``, the tenants in which it fails, such as ``a tenant whose t has rows``.
            The message says it, too; documents have the message alone.
    """

    code: HazardCode
    message: str
    check: str = ""
    lock: str = ""
    remedy: str = ""
    dropped: tuple[str, str] | None = None
    where: str = field(default="", compare=False)

    @classmethod
    def failing(cls, code: HazardCode, where: str, check: str = "") -> Self:
        """That a statement fails in some tenants. Arguments as the attributes."""
        return cls(code, f"fails in {where}", check=check, where=where)

    @property
    def kind(self) -> HazardKind:
        """What sort of risk it is."""
        return self.code.kind

    @property
    def needs_consent(self) -> bool:
        """Whether the statement is refused without consent, unless nothing would be lost."""
        return self.code.needs_consent

    @property
    def document(self) -> HazardDocument:
        """All of it as JSON has it."""
        return {
            "kind": self.kind,
            "code": self.code.name,
            "message": self.message,
            "check": self.check,
            "lock": self.lock,
            "remedy": self.remedy,
            "dropped": self.dropped,
        }

    @classmethod
    def of(cls, document: HazardDocument) -> Self:
        """The hazard of such a document. Raises `KeyError` if there is no such code."""
        known = document.get("code")
        code = _BEFORE_CODES[document["kind"]] if known is None else HazardCode[known]
        return cls(
            code,
            document["message"],
            check=document.get("check", ""),
            lock=document.get("lock", ""),
            remedy=document.get("remedy", ""),
            dropped=document.get("dropped"),
        )

    def in_tenant(self, name: str) -> Self:
        """The hazard as it is in a tenant: with that one's name. Raises as `spelled`."""
        return replace(
            self,
            message=spelled(self.message, name),
            check=spelled(self.check, name),
            lock=spelled(self.lock, name),
            remedy=spelled(self.remedy, name),
        )
