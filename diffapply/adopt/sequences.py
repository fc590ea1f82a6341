"""Looks how far the sequences of tenants have come, and whether their columns are ahead of them.

A sequence is locked while it is read, until the end of the transaction. So few are read in each.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.catalog.fact_queries import stranger_condition
from diffapply.catalog.reader import BATCH
from diffapply.database.connection import Database, connected
from diffapply.database.pool import share
from diffapply.database.reading import rows
from diffapply.database.transaction import neutral
from diffapply.model.identifier import quoted
from diffapply.model.order import natural
from diffapply.model.survey import Finding, FindingKind
from diffapply.progress import Progress, silent
from diffapply.queries import query

_DRAWN = query("adopt", "drawn_sequences").replace("{stranger}", stranger_condition())
_LAST = query("adopt", "last_numbers")
_TOGETHER = 100
"""Sequences in one transaction. With their tables and indexes, that is some hundred locks."""
_NEAR = 0.8
"""The part of its numbers from which on a sequence is near its end."""
_TYPES = {2**15 - 1: "smallint", 2**31 - 1: "integer", 2**63 - 1: "bigint"}


class _Drawn(NamedTuple):
    """A row of the query: a sequence, and a column that draws from it, if one does."""

    schema: str
    name: str
    oid: int
    increment: int
    smallest: int
    greatest: int
    cycles: bool
    readable: bool
    table_schema: str | None
    table: str | None
    column: str | None
    plain: bool | None
    largest: int | None
    lookable: bool | None
    empty: bool | None

    @property
    def looked_into(self) -> bool:
        """Whether the column is to be asked for its largest value."""
        return bool(self.readable and self.lookable and not self.empty)

    @property
    def is_out_of_sight(self) -> bool:
        """Whether the column has values that cannot be looked at."""
        return self.table is not None and not self.empty and not self.looked_into

    @property
    def owner(self) -> str:
        """The object that it belongs to: its table, if that is in the same schema, or itself."""
        there = self.table if self.table_schema == self.schema else None
        return quoted(there or self.name)

    @property
    def place(self) -> str:
        """The column, with the schema of its table if that is another one."""
        schema = [] if self.table_schema == self.schema else [self.table_schema]
        return ".".join(quoted(name) for name in (*schema, self.table, self.column) if name)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a sequence stands.

    Attributes:
        last: the number it gave last; None if it gave none.
        next: the number it gives next; None if that was not asked for.
        highest: the largest number in its column, or the smallest if it counts down.
    """

    drawn: _Drawn
    last: int | None
    next: int | None = None
    highest: int | None = None

    @property
    def limit(self) -> int:
        """The last number that it can give and its column can hold."""
        drawn = self.drawn
        if drawn.increment > 0:
            return min(drawn.greatest, drawn.largest or drawn.greatest)
        return max(drawn.smallest, -(drawn.largest or -drawn.smallest) - 1)

    @property
    def used(self) -> float:
        """The part of its numbers that is used up."""
        drawn = self.drawn
        own = drawn.greatest if drawn.increment > 0 else drawn.smallest
        if self.last is None or (drawn.cycles and self.limit == own):
            return 0.0
        first = drawn.smallest if drawn.increment > 0 else drawn.greatest
        return (abs(self.last - first) + 1) / (abs(self.limit - first) + 1)

    @property
    def behind(self) -> int:
        """By how much its column is ahead of it; 0 if it is not."""
        if self.next is None or self.highest is None:
            return 0
        ahead = self.highest - self.next if self.drawn.increment > 0 else self.next - self.highest
        return max(ahead + 1, 0)


def sequence_findings(
    database: Database,
    objects: Mapping[str, frozenset[str]],
    jobs: int,
    progress: Progress = silent,
) -> tuple[list[Finding], int]:
    """Sequences near their end, and those behind their columns.

    Args:
        database: its connection is used, and as many others as there are jobs.
        objects: tenant → the names of its objects; of others, such as ignored ones, nothing is
            told.

    Returns:
        The findings, and the number of sequences whose columns could not be looked into.
    """
    tenants = [*objects]
    batches = [tenants[start : start + BATCH] for start in range(0, len(tenants), BATCH)]
    others = min(jobs, len(batches)) - 1
    found = share(
        batches,
        partial(_read, objects=objects),
        database.connection,
        [partial(connected, database.url)] * others,
        lambda done: progress("sequences", min(done * BATCH, len(tenants)), len(tenants)),
    )
    standings = [its for batch, _ in found for its in batch]
    findings = [*_worst(standings)]
    return findings, sum(unread for _, unread in found)


def _read(
    connection: Connection, tenants: Sequence[str], objects: Mapping[str, frozenset[str]]
) -> tuple[list[_Standing], int]:
    """Where the sequences of tenants stand, and how many columns could not be looked into."""
    found = (_Drawn(*row) for row in rows(connection, _DRAWN, {"schemas": list(tenants)}, tenants))
    drawn = [its for its in found if its.owner in objects[its.schema]]
    unread = sum(its.is_out_of_sight for its in drawn)
    standings: list[_Standing] = []
    for looking in (False, True):
        asked = [its for its in drawn if its.readable and its.looked_into is looking]
        for start in range(0, len(asked), _TOGETHER):
            some = asked[start : start + _TOGETHER]
            read = _ask(connection, some)
            standings += read
            unread += len(some) - len(read)
    return standings, unread


def _ask(connection: Connection, asked: Sequence[_Drawn]) -> list[_Standing]:
    """Where sequences stand; those that somebody drops or locks just now are left out."""
    by_number = dict(enumerate(asked))
    looking = asked[0].looked_into
    statement = (
        sql.SQL(" union all ").join(_looking(number, its) for number, its in by_number.items())
        if looking
        else sql.SQL(_LAST)
    )
    try:
        with neutral(connection, read_only=True) as cursor:
            cursor.execute(statement, None if looking else [[its.oid for its in asked]])
            said = cursor.fetchall()
    except psycopg2.Error:
        if connection.closed:
            raise
        if len(asked) == 1:
            return []
        return [its for one in asked for its in _ask(connection, [one])]
    if not looking:
        last = {oid: value for oid, value, *_ in said}
        return [_Standing(its, last[its.oid]) for its in asked]
    return [_stands(by_number[number], *values) for number, *values in said]


def _looking(number: int, drawn: _Drawn) -> sql.Composed:
    """A query that asks a sequence and its column at once, the sequence last."""
    return sql.SQL(
        "select {}, s.last_value, s.is_called, (select {}({}) from {} {}.{})::bigint from {}.{} s"
    ).format(
        sql.Literal(number),
        sql.SQL("max" if drawn.increment > 0 else "min"),
        sql.Identifier(drawn.column or ""),
        sql.SQL("only" if drawn.plain else ""),
        sql.Identifier(drawn.table_schema or ""),
        sql.Identifier(drawn.table or ""),
        sql.Identifier(drawn.schema),
        sql.Identifier(drawn.name),
    )


def _stands(drawn: _Drawn, last: int, called: bool, highest: int | None) -> _Standing:  # noqa: FBT001
    following = last + drawn.increment if called else last
    return _Standing(drawn, last if called else None, following, highest)


def _worst(standings: Sequence[_Standing]) -> Iterator[Finding]:
    """The findings, each with its tenants and with how it is in the worst of them."""
    alike: dict[tuple[FindingKind, str, str], list[_Standing]] = defaultdict(list)
    for standing in standings:
        name, place = quoted(standing.drawn.name), standing.drawn.place
        if standing.used >= _NEAR:
            alike["sequence_ends", name, place].append(standing)
        if standing.behind:
            alike["sequence_behind", name, place].append(standing)
    for (kind, name, where), those in alike.items():
        ends = kind == "sequence_ends"
        worst = max(those, key=lambda its: its.used if ends else its.behind)
        names = sorted({its.drawn.schema for its in those}, key=natural)
        told = _told_end(worst) if ends else f"has {worst.highest:,}, next is {worst.next:,}"
        which = f" in {worst.drawn.schema}" if len(names) > 1 else ""
        yield Finding(kind, name, where, tuple(names), f"{told}{which}")


def _told_end(standing: _Standing) -> str:
    what = _TYPES.get(abs(standing.limit + (standing.limit < 0)), "")
    return f"{standing.used:.0%} of {what or 'its numbers'} used, last is {standing.last:,}"
