"""What of a tenant a role must own, or may refer to, so that a statement may run.

In scratch it always may, because it has made everything there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from diffapply.values.grammar import IDENTIFIER, Pattern, listed

_IF = r"(?:IF EXISTS )?"
_NAME = rf"(?P<name>{IDENTIFIER})(?![\w\".])"


@dataclass(frozen=True, slots=True)
class Needed:
    """An object that a statement needs a right on.

    Attributes:
        kind: how ALTER calls it, such as ``TABLE`` or ``ROUTINE``.
        name: in the tenant, quoted.
        right: to be its owner, or to refer to it with a foreign key.
    """

    kind: str
    name: str
    right: Literal["own", "refer"] = "own"


_TABLES = (
    Pattern(rf"ALTER (?:FOREIGN )?TABLE {_IF}(?:ONLY )?{_NAME}"),
    Pattern(rf"CREATE (?:UNIQUE )?INDEX (?:{IDENTIFIER} )?ON (?:ONLY )?{_NAME}"),
    Pattern(rf"CREATE (?:UNLOGGED )?TABLE {IDENTIFIER} PARTITION OF {_NAME}"),
    Pattern(rf"CREATE (?:OR REPLACE )?RULE {IDENTIFIER} AS\s+ON \w+ TO {_NAME}"),
    Pattern(rf"(?:CREATE|ALTER|DROP) (?:POLICY|RULE) {_IF}{IDENTIFIER} ON {_NAME}"),
    Pattern(rf"(?:ALTER|DROP) TRIGGER {_IF}{IDENTIFIER} ON {_NAME}"),
    Pattern(rf"COMMENT ON TABLE {_NAME}"),
    Pattern(rf"COMMENT ON COLUMN (?P<name>{IDENTIFIER})\.{IDENTIFIER} IS "),
)
_OTHERS = Pattern(
    r"(?:ALTER|DROP|REFRESH|COMMENT ON|CREATE OR REPLACE) "
    rf"(?P<kind>SEQUENCE|INDEX|VIEW|MATERIALIZED VIEW|TYPE|DOMAIN) {_IF}{_NAME}"
)
_ROUTINES = Pattern(
    r"(?:ALTER|DROP|COMMENT ON|CREATE OR REPLACE) "
    rf"(?:FUNCTION|PROCEDURE|ROUTINE|AGGREGATE) {_IF}{_NAME}"
)
_DROPS = Pattern(rf"DROP (?:FOREIGN )?TABLE {_IF}")
_REFERS = Pattern(rf" REFERENCES {_NAME}")


def needed(statements: Iterable[str]) -> tuple[Needed, ...]:
    """The objects that statements need rights on; also those that they make themselves."""
    return tuple(dict.fromkeys(its for one in statements for its in _needed(one)))


def _needed(statement: str) -> Iterator[Needed]:
    for pattern in _TABLES:
        if found := pattern.match(statement):
            yield Needed("TABLE", found["name"])
    if found := _OTHERS.match(statement):
        yield Needed("TYPE" if found["kind"] == "DOMAIN" else found["kind"], found["name"])
    if found := _ROUTINES.match(statement):
        yield Needed("ROUTINE", found["name"])
    if found := _DROPS.match(statement):
        for table in listed(statement[found.end() :].removesuffix(" CASCADE")):
            yield Needed("TABLE", table.strip())
    if statement.startswith(("CREATE TABLE ", "CREATE UNLOGGED TABLE ", "ALTER TABLE ")):
        for found in _REFERS.finditer(statement):
            yield Needed("TABLE", found["name"], "refer")
