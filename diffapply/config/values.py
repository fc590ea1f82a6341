"""The settings there are, their defaults and choices, and how each is read."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Setting:
    """How a setting is read.

    Attributes:
        of: its value, from a value of any type and the place of that, for people; raises a
            `UsageError` that names the place.
        typed: what the text of a variable says; the text itself if it says nothing of that type.
        one: its name where each of several values is given by itself.
        is_added: whether an option is added to what the setting is otherwise.
        in_files_alone: whether no option and no variable can say it.
    """

    of: Callable[[object, str], object]
    typed: Callable[[str], object] = str
    one: str = ""
    is_added: bool = False
    in_files_alone: bool = False

    def of_text(self, text: str, where: str) -> object:
        """Its value from the text of a variable, where lists have commas. Raises as `of`."""
        return self.of(self.typed(text), where)


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


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


_TRUTHS = {"1": True, "true": True, "yes": True, "on": True}
_TRUTHS |= {"0": False, "false": False, "no": False, "off": False}


def _is_so(text: str) -> bool | str:
    return _TRUTHS.get(text.strip().lower(), text)


def _whole(text: str) -> int | str:
    with suppress(ValueError):
        return int(text)
    return text


def _number(text: str) -> float | str:
    with suppress(ValueError):
        return float(text)
    return text


_NAMES = Setting(_names, _parts)
_YES_OR_NO = Setting(_truth, _is_so)
_COUNT = Setting(_count, _whole)

SETTINGS = {
    "database_url": Setting(_text),
    "scratch_url": Setting(_text),
    "desired": Setting(_one_or_more, _parts),
    "tenants": Setting(_pattern),
    "tenants_query": Setting(_text),
    "templates": Setting(_names, _parts, one="template"),
    "tenant_token": Setting(_text),
    "schemaless": Setting(_whose),
    "search_path": _NAMES,
    "ignore": Setting(_patterns, _parts, is_added=True),
    "manage": Setting(_managed),
    "runtime_partitions": _YES_OR_NO,
    "variants": Setting(_variants, in_files_alone=True),
    "only": _NAMES,
    "exclude": _NAMES,
    "allow_none": _YES_OR_NO,
    "privileges": _YES_OR_NO,
    "trust_tenants": _YES_OR_NO,
    "full": _YES_OR_NO,
    "jobs": _COUNT,
    "lock_timeout": Setting(_seconds, _number),
    "max_failures": _COUNT,
    "provision_like": Setting(_text),
    "copy_rows": _NAMES,
    "message": Setting(_text),
    "format": Setting(_text),
    "quiet": _YES_OR_NO,
    "debug": _YES_OR_NO,
    "log_file": Setting(_text),
    "reports": Setting(_reports, _parts, one="report"),
}
"""Name of the setting, as it is in Python → how it is read."""
