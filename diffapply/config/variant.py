"""Variants: approved differences of a tenant from the desired state, with an owner and a reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from diffapply.config import pyproject
from diffapply.errors import UsageError

_KEYS = ("owner", "reason", "expires", "ignore", "sql")

Names = Callable[[object, str], tuple[str, ...]]
"""Reads a list of strings, or raises a UsageError that names the place."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Approved differences of a tenant from the desired state.

    Attributes:
        owner: who answers for them.
        reason: why they are there.
        expires: the last day on which they are approved; None: until somebody removes them.
        ignore: patterns for what is left alone in the tenant, too; see `Settings`.
        sql: files of SQL, or folders of these, that are built after the desired state.
    """

    owner: str
    reason: str
    expires: date | None = None
    ignore: tuple[str, ...] = ()
    sql: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it has not expired; days are those of UTC."""
        return is_not_over(self.expires)

    @property
    def told(self) -> str:
        """Such as ``owner ops, until 2027-01-31: audited by hand``."""
        until = f", until {self.expires}" if self.expires else ""
        return f"owner {self.owner}{until}: {self.reason}"


def is_not_over(expires: date | None) -> bool:
    """Whether this day, in UTC, is not over; None never is."""
    return expires is None or datetime.now(UTC).date() <= expires


def read_variants(value: object, where: str, names: Names, patterns: Names) -> dict[str, Variant]:
    """Tenant → its variant, from a table of TOML.

    Args:
        value: what was read.
        where: its place, for people.
        names: reads a list of strings.
        patterns: reads a list of patterns.

    Raises:
        UsageError: it is something else; names the place.
    """
    if not isinstance(value, Mapping) or not all(isinstance(v, Mapping) for v in value.values()):
        raise UsageError(
            f"{where} must hold tables.",
            'Write one as [tool.diffapply.variants."user_42"], in pyproject.toml.',
        )
    return {
        name: _variant(table, f"the variant of {name!r} in {where}", names, patterns)
        for name, table in value.items()
    }


def beside(folder: Path, variants: Mapping[str, Variant]) -> dict[str, Variant]:
    """The variants with their files as seen from the folder."""
    return {
        name: replace(its, sql=tuple(str(pyproject.beside(folder, path)) for path in its.sql))
        for name, its in variants.items()
    }


def _variant(table: Mapping[str, object], where: str, names: Names, patterns: Names) -> Variant:
    if strange := [key for key in table if key not in _KEYS]:
        raise UsageError(
            f"{where[:1].upper()}{where[1:]} has {strange[0]!r}, which no variant has.",
            f"It may have: {', '.join(_KEYS)}.",
        )
    expires = table.get("expires")
    if expires is not None and (not isinstance(expires, date) or isinstance(expires, datetime)):
        raise UsageError(
            f"expires in {where} must be a date without quotes, such as expires = 2027-01-31."
        )
    made = Variant(
        _said(table, "owner", where),
        _said(table, "reason", where),
        expires,
        patterns(table.get("ignore", []), f"ignore in {where}"),
        names(table.get("sql", []), f"sql in {where}"),
    )
    if not made.ignore and not made.sql:
        raise UsageError(
            f"{where[:1].upper()}{where[1:]} approves nothing.",
            'Give it ignore = ["KIND:NAME"], or sql = "FILE".',
        )
    return made


def _said(table: Mapping[str, object], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise UsageError(
            f"{key} in {where} must be a string: an approved difference has an owner and a reason."
        )
    return value.strip()


def equal(variants: Mapping[str, Variant]) -> dict[Variant, tuple[str, ...]]:
    """Each variant with the tenants that have it, in the given order."""
    found: dict[Variant, list[str]] = {}
    for name, variant in variants.items():
        found.setdefault(variant, []).append(name)
    return {its: tuple(names) for its, names in found.items()}
