"""The changes of mutations.sql and mutations_18.sql, and two to each comment of the rich tenant."""

import re
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent
_MUTATION = re.compile(
    r"^-- (?P<kind>[a-z ]+): (?P<name>.*?)"
    r"(?: -- (?:blocked: (?P<blocked>[a-z ]+))?(?:, )?(?P<hidden>hidden)?)?\n"
    r"(?P<sql>(?:(?!--).+\n)+)",
    re.MULTILINE,
)
_COMMENT = re.compile(r"^comment on (?P<named>.*) is '", re.MULTILINE)
_WORDS = re.compile(
    r"^(?:(?:materialized )?view|foreign table|table|column|sequence|index|constraint|trigger|rule"
    r"|policy|type|domain|function|procedure|aggregate|operator (?:family|class)|operator|cast"
    r"|collation|conversion|text search (?:dictionary|configuration|parser|template)|statistics)\b"
    r"| on domain | on | using | as "
)


class Mutation(NamedTuple):
    """A change, and what of it must be told.

    Attributes:
        kind: of the fact that changes.
        name: of that fact.
        sql: one change, in the tenant; mostly one statement.
        blocked: the ways that are blocked: ``undo``, ``redo`` or both.
        hidden: whether pg_dump does not tell it.
    """

    kind: str
    name: str
    sql: str
    blocked: str = ""
    hidden: bool = False


def _read(file: str) -> tuple[Mutation, ...]:
    text = (_FOLDER / file).read_text("utf-8")
    return tuple(
        Mutation(
            found["kind"],
            found["name"],
            found["sql"].strip().removesuffix(";"),
            found["blocked"] or "",
            bool(found["hidden"]),
        )
        for found in _MUTATION.finditer(text)
    )


def _comments(file: str) -> tuple[Mutation, ...]:
    """Each comment of the rich tenant, taken away, and made another one."""
    text = (_FOLDER / file).read_text("utf-8")
    return tuple(
        Mutation("comment", _as_fact(named), f"comment on {named} is {value}")
        for named in _COMMENT.findall(text)
        for value in ("null", "'another'")
    )


def _as_fact(named: str) -> str:
    """What a comment is on, as the fact is named: key words are written large."""
    signature = re.compile(r" \((?=[a-z]+(?:, [a-z]+)*\)$)")
    large = _WORDS.sub(lambda word: word[0].upper(), named)
    if large.startswith(("OPERATOR |", "FUNCTION", "PROCEDURE", "AGGREGATE")):
        return signature.sub("(", large).replace(", ", ",")
    return large


MUTATIONS = (*_read("mutations.sql"), *_comments("rich.sql"))
"""On every version."""

MUTATIONS_18 = (*_read("mutations_18.sql"), *_comments("rich_18.sql"))
"""On PostgreSQL 18 alone."""
