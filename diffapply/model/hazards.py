"""What a statement risks, as data, with a code for each distinct risk."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal, NotRequired, Self, TypedDict

from diffapply.model.own_name import spelled

HazardKind = Literal[
    "data", "lock", "rewrite", "time", "rows", "code", "stale", "shared", "numbers"
]
"""``data`` (rows or values may be lost), ``lock`` (others wait), ``rewrite`` (it is written anew),
``time`` (a scan or a build that grows with the rows), ``rows`` (it fails where the table has rows;
the tenant is then left as it was), ``code`` (it may run code of others with all rights of a
superuser), ``stale`` (what was computed before stays so), ``shared`` (it changes what other schemas
use as well), ``numbers`` (a sequence may give numbers that are there already)."""


class HazardCode(Enum):
    """Names a risk for policies and programs; once given, a code means the same for ever.

    Attributes:
        kind: the kind of hazard that it is.
        risk: what it is, as a sentence.
    """

    def __init__(self, kind: HazardKind, risk: str) -> None:
        self.kind: HazardKind = kind
        self.risk = risk

    DROPS_TABLE = "data", "A table is dropped with its rows."
    DROPS_COLUMN = "data", "A column is dropped with its values."
    DROPS_SEQUENCE = "data", "A sequence is dropped, and with it its position."
    DROPS_IDENTITY = "data", "A column is no identity any more, and forgets its position."
    DROPS_SCHEMA = "data", "A schema is dropped with all that it holds."
    DROPS_DEPENDENTS = "data", "By CASCADE, whatever depends on an object is dropped with it."
    CONVERTS_VALUES = "data", "A column gets another type, for which values may be changed or cut."
    CHANGES_ATTRIBUTES = (
        "data",
        "Attributes are dropped or converted of a composite type that columns use.",
    )
    CHANGES_ROWS = "data", "Rows are changed or deleted, or code runs that may."
    UNKNOWN_STATEMENT = "data", "A statement is newer than the parser, so the worst is assumed."
    LOSES_DATA = (
        "data",
        "Data may be lost, as a plan file tells that was written before there were codes.",
    )
    LOCKS_TABLE = "lock", "Others who read or write a table wait."
    LOCKS_SEQUENCE = "lock", "Others who draw from a sequence wait."
    REWRITES_TABLE = "rewrite", "A table or materialized view is written anew."
    RECOMPUTES_VIEW = (
        "rewrite",
        "A materialized view is made anew, and holds what its query gives by then.",
    )
    SCANS_TABLE = "time", "All rows of a table are read."
    BUILDS_INDEX = "time", "An index is built over all rows of a table."
    COMPUTES_VIEW = "time", "The query of a materialized view runs."
    TAKES_TIME = (
        "time",
        "It takes time, as a plan file tells that was written before there were codes.",
    )
    FAILS_ON_ROWS = "rows", "It fails where a table has rows; such a tenant is left as it was."
    RUNS_CODE = "code", "Code of others runs with all rights of a superuser."
    STALE_RESULTS = (
        "stale",
        "A routine changes, but what it computed before stays as it was computed.",
    )
    CHANGES_SHARED = "shared", "Something is changed that others use as well."
    REPEATS_NUMBERS = "numbers", "A sequence may give numbers that are there already."


_BEFORE_CODES: Mapping[str, HazardCode] = {
    "data": HazardCode.LOSES_DATA,
    "lock": HazardCode.LOCKS_TABLE,
    "rewrite": HazardCode.REWRITES_TABLE,
    "time": HazardCode.TAKES_TIME,
    "rows": HazardCode.FAILS_ON_ROWS,
    "code": HazardCode.RUNS_CODE,
    "stale": HazardCode.STALE_RESULTS,
    "shared": HazardCode.CHANGES_SHARED,
    "numbers": HazardCode.REPEATS_NUMBERS,
}
"""What a hazard without a code says at least."""


if TYPE_CHECKING:
    CodeName = str
else:  # so that data are checked for it, and schemas list them
    CodeName = Literal[tuple(HazardCode.__members__)]


class HazardDocument(TypedDict):
    """A hazard as JSON has it; those that were written first have no code."""

    kind: HazardKind
    code: NotRequired[CodeName]
    message: str
    check: NotRequired[str]
    lock: NotRequired[str]
    remedy: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Hazard:
    """What a statement risks.

    Attributes:
        code: which risk it is.
        message: one clause for people, such as ``drops the table "a"; its rows are lost``.
        check: for ``data``, a query that runs in the tenant, under the lock that the statement
            takes, and returns true if something would be lost. Empty: it is always lost.
        lock: the relation to lock in ACCESS EXCLUSIVE mode before `check`, quoted, or empty.
        remedy: a statement that puts it right afterwards, to be run where that is wanted; or empty.
    """

    code: HazardCode
    message: str
    check: str = ""
    lock: str = ""
    remedy: str = ""

    @property
    def kind(self) -> HazardKind:
        """What sort of risk it is."""
        return self.code.kind

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
        )

    def in_tenant(self, name: str) -> Self:
        """The hazard as it is in a tenant: with that one's name. Raises as `spelled`."""
        parts = (self.message, self.check, self.lock, self.remedy)
        return type(self)(self.code, *(spelled(part, name) for part in parts))
