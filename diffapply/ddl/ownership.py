"""What of a tenant a role must own, or have another right on, so that a statement may run.

In scratch it always may, because it has made everything there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from diffapply.values.grammar import IDENTIFIER, Regex, listed

_IF = r"(?:IF (?:NOT )?EXISTS )?"
_NAME = rf"(?P<name>{IDENTIFIER})(?![\w\".])"
_KINDS = "SEQUENCE|INDEX|VIEW|MATERIALIZED VIEW|TYPE|DOMAIN|COLLATION|STATISTICS"


@dataclass(frozen=True, slots=True)
class Needed:
    """An object that a statement needs a right on.

    Attributes:
        kind: how ALTER calls it, such as ``TABLE`` or ``ROUTINE``.
        name: in the tenant, quoted.
        right: to be its owner; to drop it, which the schema's owner may as well; to refer to it
            with a foreign key; or to make triggers on it.
    """

    kind: str
    name: str
    right: Literal["own", "drop", "refer", "trigger"] = "own"


_TABLES = (
    Regex(rf"ALTER (?:FOREIGN )?TABLE {_IF}(?:ONLY )?{_NAME}"),
    Regex(rf"CREATE (?:UNIQUE )?INDEX (?:{IDENTIFIER} )?ON (?:ONLY )?{_NAME}"),
    Regex(rf"CREATE (?:UNLOGGED )?TABLE {IDENTIFIER} PARTITION OF {_NAME}"),
    Regex(rf"(?s:CREATE STATISTICS .* FROM ){_NAME}\s*$"),
    Regex(rf"CREATE (?:OR REPLACE )?RULE {IDENTIFIER} AS\s+ON \w+ TO {_NAME}"),
    Regex(rf"(?:CREATE|ALTER|DROP) (?:POLICY|RULE) {_IF}{IDENTIFIER} ON {_NAME}"),
    Regex(rf"(?:ALTER|DROP) TRIGGER {_IF}{IDENTIFIER} ON {_NAME}"),
    Regex(rf"COMMENT ON TABLE {_NAME}"),
    Regex(rf"COMMENT ON COLUMN (?P<name>{IDENTIFIER})\.{IDENTIFIER} IS "),
    Regex(rf"COMMENT ON (?:CONSTRAINT|TRIGGER|POLICY|RULE) {IDENTIFIER} ON {_NAME}"),
)
_OTHERS = Regex(rf"(?:ALTER|REFRESH|COMMENT ON|CREATE OR REPLACE) (?P<kind>{_KINDS}) {_IF}{_NAME}")
_ROUTINES = Regex(
    r"(?P<verb>ALTER|DROP|COMMENT ON|CREATE OR REPLACE) "
    rf"(?:FUNCTION|PROCEDURE|ROUTINE|AGGREGATE) {_IF}{_NAME}"
)
_OF_DOMAIN = Regex(rf"COMMENT ON CONSTRAINT {IDENTIFIER} ON DOMAIN {_NAME}")
_DROPS = Regex(rf"DROP (?:FOREIGN )?(?P<kind>TABLE|{_KINDS}) (?:CONCURRENTLY )?{_IF}")
_LISTED = Regex(rf"\s*{_NAME}\s*$")
_TRIGGER = Regex(
    rf"CREATE (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER {IDENTIFIER} "
    rf'(?:BEFORE|AFTER|INSTEAD OF) (?:[^"]|"[^"]*")*? ON {_NAME}'
)
_MAKES_TABLE = Regex("(?:CREATE (?:UNLOGGED |FOREIGN )?|ALTER )TABLE ")
_REFERS = Regex(rf" REFERENCES {_NAME}")
_ATTACHES = Regex(rf" (?:ATTACH PARTITION|(?<!NO )INHERIT) {_NAME}")
_INHERITS = Regex(r"INHERITS \((?P<names>(?:\"[^\"]*\"|[^()\"])*)\)")


def needed(statements: Iterable[str]) -> tuple[Needed, ...]:
    """The objects that statements need rights on; also those that they make themselves.

    Not what has the name of one that was dropped before: that one they have made.
    """
    wanted: dict[Needed, None] = {}
    gone: set[tuple[str, str]] = set()
    for statement in statements:
        its = [one for one in _needed(statement) if (one.kind, one.name) not in gone]
        gone |= {(one.kind, one.name) for one in its if one.right == "drop"}
        wanted |= dict.fromkeys(its)
    return tuple(wanted)


def _needed(statement: str) -> Iterator[Needed]:
    for table in filter(None, (pattern.match(statement) for pattern in _TABLES)):
        yield Needed("TABLE", table["name"])
    if found := _OTHERS.match(statement):
        yield Needed(_called(found["kind"]), found["name"])
    if found := _OF_DOMAIN.match(statement):
        yield Needed("TYPE", found["name"])
    if found := _ROUTINES.match(statement):
        yield Needed("ROUTINE", found["name"], "drop" if found["verb"] == "DROP" else "own")
    if found := _TRIGGER.match(statement):
        yield Needed("TABLE", found["name"], "trigger")
    if found := _DROPS.match(statement):
        for name in _names(statement[found.end() :].removesuffix(" CASCADE")):
            yield Needed(_called(found["kind"]), name, "drop")
    if _MAKES_TABLE.match(statement):
        yield from _beside_the_table(statement)


def _beside_the_table(statement: str) -> Iterator[Needed]:
    """Other tables that one refers to, inherits, or gets as a partition."""
    for found in _REFERS.finditer(statement):
        yield Needed("TABLE", found["name"], "refer")
    for found in _ATTACHES.finditer(statement):
        yield Needed("TABLE", found["name"])
    for found in _INHERITS.finditer(statement):
        for name in _names(found["names"]):
            yield Needed("TABLE", name)


def _names(text: str) -> Iterator[str]:
    for item in listed(text):
        if found := _LISTED.match(item):
            yield found["name"]


def _called(kind: str) -> str:
    return "TYPE" if kind == "DOMAIN" else kind
