"""The values of settings: their defaults, their choices, and how each is read."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal, get_args

from diffapply.config.reports import Report
from diffapply.config.variant import Variant, read_variants
from diffapply.errors import UsageError

DEFAULT_DESIRED = "schema/desired.py:metadata"
DEFAULT_TENANTS = r"^user_\d+$"
DEFAULT_LOCK_TIMEOUT = 0.3
"""Seconds. Well below PostgreSQL's `deadlock_timeout` of 1 s, so that we give way before PostgreSQL
cancels a query of the application."""

Manage = Literal["everything", "declared"]
"""What of a tenant is compared: all, or the kinds that the desired state speaks of."""

Schemaless = Literal["tenant", "shared"]
"""What names without a schema belong to: to each tenant, or to all together."""

_SHORTEST_TIMEOUT, _LONGEST_TIMEOUT = 0.001, 2_000_000
"""PostgreSQL keeps timeouts as milliseconds in 32 bits; 0 means no limit."""

_Reader = Callable[[object, str], object]
"""Turns a raw value into a setting's value, or raises a UsageError that names the place."""


def _bad(where: str, wanted: str) -> UsageError:
    # Does not show the value, which may be a URL with a password.
    return UsageError(f"{where} must be {wanted}.")


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise _bad(where, "a string")
    if not value.strip():
        raise UsageError(f"{where} is empty.")
    return value


def _names(value: object, where: str) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not all(isinstance(item, str) for item in values):
        raise _bad(where, "a list of strings")
    return tuple(_text(item, where) for item in values)


def _patterns(value: object, where: str) -> tuple[str, ...]:
    texts = tuple(text.strip() for text in _names(value, where))
    for text in texts:
        kind, _, name = text.removeprefix("!").partition(":")
        if not (kind.strip() and name.strip()) or "\0" in text:
            raise UsageError(
                f"{where} has {text!r}, which is no pattern.",
                'Write KIND:NAME, such as "table:alembic_version" or "trigger:*.audit_*".',
            )
    return texts


def _variants(value: object, where: str) -> dict[str, Variant]:
    return read_variants(value, where, _names, _patterns)


def _one_or_more(value: object, where: str) -> str | tuple[str, ...]:
    names = _names(value, where)
    if not names:
        raise UsageError(f"{where} is empty.")
    return names[0] if len(names) == 1 else names


def _reports(value: object, where: str) -> tuple[Report, ...]:
    reports = tuple(Report.of(text, where) for text in _names(value, where))
    if len({report.path for report in reports}) < len(reports):
        raise UsageError(f"{where} names a file twice.", "Give each report its own.")
    return reports


def _whose(value: object, where: str) -> str:
    return _one_of(get_args(Schemaless), value, where)


def _managed(value: object, where: str) -> str:
    return _one_of(get_args(Manage), value, where)


def _one_of(known: Sequence[str], value: object, where: str) -> str:
    if value not in known:
        raise _bad(where, " or ".join(known))
    return str(value)


def _pattern(value: object, where: str) -> str:
    pattern = _text(value, where)
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(f"{where} is not a regular expression: {error} in {pattern!r}.") from None
    return pattern


def _truth(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise _bad(where, "true or false")
    return value


def _count(value: object, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _bad(where, "a whole number of at least 1")
    return value


def _seconds(value: object, where: str) -> float:
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and _SHORTEST_TIMEOUT <= value <= _LONGEST_TIMEOUT  # also excludes nan
    ):
        return float(value)
    raise _bad(where, f"a number of seconds from {_SHORTEST_TIMEOUT} to {_LONGEST_TIMEOUT}")


IN_FILES_ALONE = frozenset({"variants"})
"""Settings that no option and no variable can say."""

_READERS: dict[str, _Reader] = {
    "database_url": _text,
    "scratch_url": _text,
    "desired": _one_or_more,
    "tenants": _pattern,
    "tenants_query": _text,
    "templates": _names,
    "tenant_token": _text,
    "schemaless": _whose,
    "search_path": _names,
    "ignore": _patterns,
    "manage": _managed,
    "runtime_partitions": _truth,
    "variants": _variants,
    "only": _names,
    "exclude": _names,
    "allow_none": _truth,
    "privileges": _truth,
    "trust_tenants": _truth,
    "full": _truth,
    "jobs": _count,
    "lock_timeout": _seconds,
    "max_failures": _count,
    "provision_like": _text,
    "copy_rows": _names,
    "message": _text,
    "format": _text,
    "quiet": _truth,
    "debug": _truth,
    "log_file": _text,
    "reports": _reports,
}
"""Name of the setting, as it is in Python → its reader."""

_TRUTHS = {"1": True, "true": True, "yes": True, "on": True}
_TRUTHS |= {"0": False, "false": False, "no": False, "off": False}


def setting_names() -> tuple[str, ...]:
    """The names of all settings, as they are in Python."""
    return tuple(_READERS)


def setting_of(name: str, value: object, where: str) -> object:
    """The value of a setting, from a value of any type.

    Args:
        name: of the setting, as it is in Python.
        value: as an option or a file gives it.
        where: the place of the value, for people.

    Raises:
        UsageError: it cannot be used; names the place.
    """
    return _READERS[name](value, where)


def setting_of_text(name: str, text: str, where: str) -> object:
    """The same from the text of a variable, where lists have commas. Raises as `setting_of`."""
    reader = _READERS[name]
    return reader(_typed(text, reader), where)


def _typed(text: str, reader: _Reader) -> object:
    """The text converted to the reader's type; the text itself if that fails."""
    if reader in (_names, _patterns, _one_or_more, _reports):
        return [part.strip() for part in text.split(",") if part.strip()]
    if reader is _truth:
        return _TRUTHS.get(text.strip().lower(), text)
    if reader in (_count, _seconds):
        with suppress(ValueError):
            return int(text) if reader is _count else float(text)
    return text
