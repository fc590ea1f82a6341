"""Refuses literals that depend on the clock, such as ``DEFAULT 'now()'`` with quotes.

SQLAlchemy writes that for ``server_default="now()"``. PostgreSQL turns such a literal into a
constant, the current moment: a different one in every tenant, and each time it is built.
"""

import re
from collections.abc import Iterable

import psycopg2

from diffapply.errors import DesiredStateError
from diffapply.model.catalog import Catalog
from diffapply.scratch.sandbox import Sandbox
from diffapply.values.grammar import MOMENTS

_LITERAL = re.compile(rf"'[^'\w]*\b(?P<word>{MOMENTS})\b[^']{{,40}}'", re.IGNORECASE)

_INSTEAD = {
    "now": "now()",
    "today": "CURRENT_DATE",
    "tomorrow": "CURRENT_DATE + 1",
    "yesterday": "CURRENT_DATE - 1",
}

# What a literal means at this moment, as definitions show it, by type and number of digits.
_DAYS = "select value::date::text union all select value::timestamp::date::text"
_MOMENTS = " union all ".join(
    f"select value::timestamp({digits})::text"
    f" union all select (value::timestamptz({digits}) at time zone 'UTC')::text || '+00'"
    for digits in range(7)
)
_TIMES = " union all ".join(
    f"select value::time({digits})::text union all select value::timetz({digits})::text"
    for digits in range(7)
)
_READINGS = (_DAYS, _MOMENTS, _TIMES)


def require_no_moment(label: str, catalog: Catalog, sandbox: Sandbox, texts: Iterable[str]) -> None:
    """Refuse a desired state in which a literal has become a constant of this moment.

    Args:
        label: how the user named it.
        catalog: what was built.
        sandbox: where it was built, in the same transaction: one moment for PostgreSQL.
        texts: the statements that were executed for it.

    Raises:
        DesiredStateError: names the object, and what to write instead.
    """
    literals = {its[0]: its["word"].lower() for text in texts for its in _LITERAL.finditer(text)}
    for literal, word in literals.items():
        moments = [f"'{moment}'" for moment in _moments(sandbox, literal)]
        for fact in catalog.facts.values():
            if fact.kind != "routine" and any(moment in fact.definition for moment in moments):
                raise DesiredStateError(
                    f"The {fact.kind} of {fact.name} in {label} says {literal} in quotes. "
                    "PostgreSQL makes a constant of it: the moment when it is built.",
                    f"Write an expression, {_INSTEAD[word]}, without quotes; in "
                    f'SQLAlchemy, text("{_INSTEAD[word]}").',
                )


def _moments(sandbox: Sandbox, literal: str) -> set[str]:
    """What the literal means now, in every date and time type that accepts it."""
    found: set[str] = set()
    with sandbox.connection.cursor() as cursor:
        for reading in _READINGS:
            query = reading.replace("value", literal)
            try:
                cursor.execute("savepoint moment; set local datestyle = 'ISO, MDY'")
                cursor.execute(query)
                found.update(text for (text,) in cursor.fetchall())
            except psycopg2.Error:
                pass  # the type does not accept it
            cursor.execute("rollback to savepoint moment; release savepoint moment")
    return found
