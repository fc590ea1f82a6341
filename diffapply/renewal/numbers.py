"""Where a sequence starts when a column with values begins to use it: after the largest.

Whoever proposed it, a column that stood before and now draws from a sequence that it did not draw
from, or that was made anew or begins again, would be given numbers that it has already. So a
statement is added that moves the sequence on: never back, and not at all where nothing is there. It
comes last, when the column's table is locked by the statement that made it draw.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from diffapply.ddl.kinds.positions import carried, move_to
from diffapply.ddl.risk import Risk, certain
from diffapply.ddl.statements import Draft, Drafts, literal, risky
from diffapply.ddl.structure.ancestry import parents_of
from diffapply.ddl.structure.draws import Draw, draws, number_type
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.queries import query
from diffapply.scratch.sandbox import Sandbox
from diffapply.values import LARGEST, Constraint, Index, Key, Partition, Table

_SEQUENCES = query("renewal", "sequences")


@dataclass(frozen=True, slots=True)
class Numbers:
    """A sequence in scratch.

    Attributes:
        oid: tells whether one of the same name is the same one.
        low: the least that it gives; `high` the most.
        start: where it begins, and so stands in scratch.
    """

    oid: int
    increment: int
    low: int
    high: int
    start: int


def sequences(sandbox: Sandbox) -> dict[str, Numbers]:
    """All sequences there are, by their names as those in the sandbox write them."""
    found = sandbox.rows(_SEQUENCES, {"schema": sandbox.scope.schema})
    return {name: Numbers(*rest) for name, *rest in found}


@dataclass(frozen=True)
class Drawn:
    """What columns drew from, and what they draw from now.

    Attributes:
        before: what stood where the transition begins, under the names that it has now.
        after: what stands at its end.
        had: the sequences that there were; `has` those that there are.
    """

    before: Catalog
    after: Catalog
    had: Mapping[str, Numbers]
    has: Mapping[str, Numbers]

    def anew(self) -> Iterator[Draw]:
        """Columns that may have values, and draw from another sequence, or one that was moved."""
        drew = draws(self.before)
        known = {numbers.oid for numbers in self.had.values()}
        for draw in draws(self.after).values():
            now = self.has.get(draw.sequence)
            then = drew.get(draw.column)
            if now is None or not self._stood(draw.table, draw.part):
                continue
            same = then is not None and (
                then.sequence == draw.sequence or self._oid(then.sequence) == now.oid
            )
            if not same or now.oid not in known or self._moved(now):
                yield draw

    def _moved(self, now: Numbers) -> bool:
        """Whether it was moved, as it did not stand within its new bounds."""
        stood = next((its for its in self.had.values() if its.oid == now.oid), now)
        return not now.low <= stood.start <= now.high

    def _oid(self, sequence: str) -> int | None:
        numbers = self.had.get(sequence)
        return numbers.oid if numbers else None

    def _stood(self, table: str, column: str) -> bool:
        """Whether it was there, or in a table that has become a partition of its own."""
        if ("column", f"{table}.{column}") in self.before.facts:
            return True
        return any(
            Partition.of(fact).parent == table and self._stood(fact.name, column)
            for fact in self.after.by_kind.get("partition", ())
        )


def beginnings(drawn: Drawn, ran: Drafts) -> Iterator[Draft]:
    """What moves sequences on.

    Args:
        ran: what ran before; a position that they carried over is kept as it is.
    """
    anew = [draw for draw in drawn.anew() if _is_counted(draw, drawn.after)]
    together = {(draw.table, draw.part, draw.sequence) for draw in anew}
    kept = carried(ran)
    known = {numbers.oid for numbers in drawn.had.values()}
    held: set[str] = set()
    for draw in anew:
        parents = parents_of(draw.table, drawn.after)
        if any((parent, draw.part, draw.sequence) in together for parent in parents):
            continue  # its rows are the parent's as well
        if draw.sequence in kept:
            continue
        numbers = drawn.has[draw.sequence]
        alone = ("sequence", draw.sequence) in drawn.after.facts  # and no identity's
        if numbers.oid in known and alone and draw.sequence not in held:
            held.add(draw.sequence)
            yield _hold(draw.sequence, drawn.after)
        yield risky(_move(draw, drawn.after, numbers), *_risks(draw, drawn.after))


def uncounted(drawn: Drawn) -> Iterator[tuple[str, Hazard]]:
    """Sequences whose numbers are only a part of values, which may be there already.

    Yields:
        What the statement contains that makes a column draw, and what it risks.
    """
    for draw in drawn.anew():
        if ("table", draw.table) in drawn.after.facts and not _is_counted(draw, drawn.after):
            yield (
                f"nextval({literal(draw.sequence)}",
                Hazard(
                    HazardCode.REPEATS_NUMBERS,
                    f"{draw.column} is made of numbers of {draw.sequence} that may be taken: it is "
                    "no number itself, so the last one cannot be told",
                ),
            )


def _is_counted(draw: Draw, after: Catalog) -> bool:
    """Whether its values are numbers of the sequence, in rows that are the tenant's."""
    table = after.facts.get(("table", draw.table))
    return (
        table is not None
        and not Table.of(table).foreign
        and draw.plain
        and number_type(draw.column, after) is not None
    )


def _move(draw: Draw, after: Catalog, numbers: Numbers) -> str:
    """The statement that moves the sequence on to the last number of a column.

    That is found first, and only then compared with where the sequence stands: one that others
    draw from as well could be moved back if it took long in between.
    """
    column, kind = draw.part, number_type(draw.column, after) or ""
    up = numbers.increment > 0
    name, function = ("largest", "max") if up else ("smallest", "min")
    most = LARGEST.get(kind, float("inf"))
    bound = ""
    if up and numbers.high < most:
        bound = f" WHERE {column} OPERATOR(pg_catalog.<=) {numbers.high}"
    elif not up and numbers.low > -most - 1:
        bound = f" WHERE {column} OPERATOR(pg_catalog.>=) {numbers.low}"
    cast = "" if kind in LARGEST else "::pg_catalog.int8"
    stands = f"(SELECT last_value FROM {draw.sequence})"
    to = name
    if abs(numbers.increment) > 1:  # back to a number that it gives
        beyond = f"{name} OPERATOR(pg_catalog.-) {stands}"
        to += f" OPERATOR(pg_catalog.-) pg_catalog.mod({beyond}, {numbers.increment})"
    return (
        f"{move_to(draw.sequence)}, {to}) "
        f"FROM (SELECT pg_catalog.{function}({column}){cast} AS {name} FROM {draw.table}{bound}) t "
        f"WHERE {name} OPERATOR(pg_catalog.{'>=' if up else '<='}) {stands}"
    )


_HELD = "nobody draws from {} until the end of the transaction"


def _hold(sequence: str, after: Catalog) -> Draft:
    """What lets nobody draw who could be ahead when the sequence is moved on."""
    owned = after.facts.get(("sequence owner", sequence))
    return risky(
        f"ALTER SEQUENCE {sequence} OWNED BY {owned.definition if owned else 'NONE'}",
        certain(Hazard(HazardCode.LOCKS_SEQUENCE, _HELD.format(sequence))),
    )


def _risks(draw: Draw, after: Catalog) -> Iterator[Risk]:
    if draw.elsewhere:
        message = (
            f"moves {draw.sequence}, which others draw from as well, on to the last number of "
            f"{draw.column}, unless it is beyond"
        )
        yield certain(Hazard(HazardCode.CHANGES_SHARED, message))
    facts = (*after.parts("constraint", draw.table), *after.parts("index", draw.table))
    if not any(_is_ordered_by(fact, draw.part) for fact in facts):
        message = f"reads all rows of {draw.table} for the last number"
        yield certain(Hazard(HazardCode.SCANS_TABLE, message))


def _is_ordered_by(fact: Fact, column: str) -> bool:
    """Whether an index or constraint tells the last value of a column at once."""
    if fact.kind == "index":
        index = Index.of(fact)
        return index.method == "btree" and index.columns[0] == column
    key = Constraint.of(fact)
    return isinstance(key, Key) and key.columns[0] == column
