"""Asks PostgreSQL whether the bodies of routines are sound, once all that they name is there.

While a desired state is built, PostgreSQL does not look at bodies: they may name what comes later.
Afterwards, the validator of each routine's language does what CREATE FUNCTION has left out.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import psycopg2

from diffapply.database.advice import advice, reason
from diffapply.database.names_said import without_quoted
from diffapply.desired import Desired
from diffapply.desired.places import beginning_of, line_of
from diffapply.errors import DesiredStateError
from diffapply.queries import query
from diffapply.scratch.lacking import UNFOUND
from diffapply.scratch.sandbox import NOT_ITS_FAULT, Sandbox

UNCHECKED = "SET check_function_bodies = off"
"""The statement with which SQL says that bodies may be unsound, as in what pg_dump writes."""

_ROUTINES = query("scratch/checks", "bodies")
_BY_DEFAULT = "select reset_val = 'off' from pg_settings where name = 'check_function_bodies'"
_SAYS = re.compile(
    r"(?:set\s+(?:local\s+|session\s+)?|select\s+(?:pg_catalog\.)?set_config\s*\(\s*')"
    r"check_function_bodies'?\s*(?:=|,|\bto\b)\s*'?(?:off|false|no|0)\b",
    re.IGNORECASE,
)
_SOMEBODY = ("role", "session_authorization")
"""Settings with which a routine runs as somebody else."""
_LINE = re.compile(r"\bline (\d+)$", re.MULTILINE)
_LAST_NUMBER = re.compile(r"(\d+)\D*$", re.MULTILINE)
"""That is the line in other languages."""
"""How PL/pgSQL ends what it says of a place."""
_LATER = (
    "If what it names is there when it runs, such as a temporary table, execute "
    f"`{UNCHECKED};` first: then this is a warning."
)


class UnsoundBodyError(DesiredStateError):
    """PostgreSQL refuses the body of a routine."""


@dataclass(frozen=True, slots=True)
class Unsound:
    """A routine with a body that PostgreSQL refuses.

    Attributes:
        name: with the types of its arguments.
        error: what its language's validator says.
    """

    name: str
    body: str
    error: psycopg2.Error

    def told(self, desired: Desired) -> str:
        """A sentence on it; names the place in the desired state that has it."""
        place = ""
        if line := _line(self.error, self.body):
            place = f" ({desired.line_of_body(self.body, line) or f'line {line} of the body'})"
        return (
            f"PostgreSQL refuses the body of {self.name} in {desired.label}: "
            f"{reason(self.error)}{place}."
        )

    @property
    def remedy(self) -> str:
        """What to do, in sentences; empty if that is plain."""
        return f"{advice(self.error)} {_LATER if isinstance(self.error, UNFOUND) else ''}".strip()


def routines(sandbox: Sandbox) -> frozenset[int]:
    """The routines in the sandbox now."""
    rows = sandbox.rows(_ROUTINES, {"schema": sandbox.scope.schema}, inside=True)
    return frozenset(oid for oid, *_ in rows)


def unsound(sandbox: Sandbox, before: Collection[int]) -> list[Unsound]:
    """The routines with bodies that PostgreSQL refuses in the application's world.

    Args:
        before: those that were there already.
    """
    found = []
    rows = sandbox.rows(_ROUTINES, {"schema": sandbox.scope.schema}, inside=True)
    with sandbox.application():
        for oid, name, body, validator, settings in rows:
            if oid not in before and (error := _validate(sandbox, oid, validator, settings)):
                found.append(Unsound(name, body, error))
    return found


def is_unchecked(sandbox: Sandbox, texts: Iterable[str]) -> bool:
    """Whether the desired state, or the role, has switched off that bodies are checked.

    Args:
        texts: the statements that were executed.
    """
    return any(_SAYS.match(text, beginning_of(text, 0)) for text in texts) or sandbox.rows(
        _BY_DEFAULT, {}
    ) == [(True,)]


def _validate(
    sandbox: Sandbox, oid: int, validator: str, settings: Iterable[str]
) -> psycopg2.Error | None:
    """What PostgreSQL says of a routine, as CREATE FUNCTION says it: under its own settings."""
    with sandbox.trial(), sandbox.connection.cursor() as cursor:
        try:
            cursor.execute("set local check_function_bodies = on")
            for name, _, value in (its.partition("=") for its in settings):
                if name in _SOMEBODY:  # whoever builds in scratch may not become that
                    continue
                cursor.execute("select pg_catalog.set_config(%s, %s, true)", [name, value])
            cursor.execute(f"select {validator}({oid})")
        except NOT_ITS_FAULT:
            raise
        except psycopg2.Error as error:
            return error
    return None


def _line(error: psycopg2.Error, body: str) -> int | None:
    """The line of the body, from 1, at which PostgreSQL refuses it."""
    if at := error.diag.internal_position:
        return line_of(body, int(at) - 1)
    context = error.diag.context or ""
    found = _LINE.search(context)
    if not found and "function" not in context:
        found = _LAST_NUMBER.search(without_quoted(context))
    return int(found[1]) if found else None
