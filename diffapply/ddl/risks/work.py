"""Work that statements make: to scan, rewrite, build, compute. It takes time, and may fail.

The table of kinds says it of the statements that it makes; of others, a parser takes apart what
they say and asks here. What statements lose, `losses` says.
"""

from collections.abc import Iterator

from diffapply.ddl.conversion.conversions import Type
from diffapply.ddl.risk import Risk, keeps_rows, of_relation, stands
from diffapply.ddl.risks.demands import met, no_nulls
from diffapply.ddl.statements import aside
from diffapply.ddl.structure.lookup import fact_named
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values import Column, Index, Table
from diffapply.values.grammar import words


def adds_column(  # noqa: PLR0913 - what decides whether there is a value, by name
    table: str,
    column: str,
    kind: str,
    *,
    not_null: bool = False,
    filled: bool = False,
    computed: bool = False,
) -> Risk:
    """A new column must have a value in each row that is there.

    Args:
        kind: its type. Whether that asks for a value, as a domain may, is to be tried.
        filled: whether there is one: a default, or a number that it is given.
        computed: whether it is computed from others.
    """

    def tell(_: Ends) -> Iterator[Hazard]:
        where = f"a tenant whose {table} has rows"
        its = Type.of(kind)
        if computed and not_null:
            yield Hazard.failing(
                HazardCode.FAILS_ON_NULLS,
                f"{where} for which it is null: adds computed column {table}.{column} NOT NULL",
            )
        if computed or filled:
            return
        where += f": adds column {table}.{column}"
        if not_null:
            yield Hazard.failing(HazardCode.FAILS_ON_ROWS, f"{where} NOT NULL without a default")
        elif not (its.array or its.plain in _PLAIN):
            yield Hazard.failing(
                HazardCode.FAILS_ON_ROWS,
                f"{where} without a default, and {its} does not let it be null",
                f"CREATE TABLE {_TRIAL} AS SELECT; ALTER TABLE {_TRIAL} ADD COLUMN c {its}",
            )

    return Risk(tell, table)


_TRIAL = aside("row")
_PLAIN = {
    "smallint", "integer", "bigint", "numeric", "real", "double precision", "boolean", "text",
    "character varying", "character", "uuid", "date", "json", "jsonb", "bytea", "inet", "interval",
    "timestamp with time zone", "timestamp without time zone", "bit", "bit varying",
    "time with time zone", "time without time zone",
}  # fmt: skip
"""Types of PostgreSQL, which let everything be null."""


def closes_way_back(hazard: Hazard) -> str:
    """What a risk of going back means for going forward; empty if nothing.

    The rows that are there met before what the way back demands of their values. Columns whose
    drop matters here are added again, and nothing makes the values that they had of those.
    """
    if hazard.code is HazardCode.DROPS_COLUMN:
        return f"cannot be taken back without loss: {hazard.message}"
    if hazard.code is not HazardCode.FAILS_ON_ROWS:
        return ""
    return f"cannot be taken back in {hazard.where}"


def scans(table: str) -> Risk:
    """All rows are read."""
    return of_relation(table, scanning(table))


def scanning(table: str) -> Hazard:
    """That they are."""
    return Hazard(HazardCode.SCANS_TABLE, f"reads all rows of {table}")


def fills(column: Fact) -> Risk:
    """An UPDATE writes a column in all rows."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        triggers = ends.live.parts("trigger", column.object)
        heard = "; its triggers run" if triggers else ""
        message = f"writes {column.part} in all rows of {column.object}{heard}"
        yield Hazard(HazardCode.SCANS_TABLE, message)
        if any(" DEFERRABLE " in its.definition for its in triggers):
            # PostgreSQL alters no table on which triggers are still to run.
            where = f"a tenant whose {column.object} has rows, if its triggers are put off"
            yield Hazard.failing(HazardCode.FAILS_ON_ROWS, where)

    return Risk(tell, column.object)


def builds_index(table: str, *, only: bool = False) -> Risk:
    """An index is built, of a partitioned table in each partition.

    Args:
        only: whether it is said ONLY of the table: nothing is built if that has no rows itself.
    """

    def tell(ends: Ends) -> Iterator[Hazard]:
        its = fact_named(ends.live, "table", table)
        if its is None or Table.of(its).partitioned_by is None:
            yield Hazard(HazardCode.BUILDS_INDEX, f"builds an index over {table}; writers wait")
        elif not only:
            over = f"{table} and all of its partitions"
            yield Hazard(HazardCode.BUILDS_INDEX, f"builds an index over {over}; writers wait")

    return Risk(tell, table)


def rebuilding(table: str) -> Hazard:
    """That an index is built again, although the table is not rewritten."""
    return Hazard(HazardCode.BUILDS_INDEX, f"builds an index of {table} again; writers wait")


def rewrites(relation: str) -> Risk:
    """All rows are written anew."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        if keeps_rows(relation, ends.live):
            yield Hazard(HazardCode.REWRITES_TABLE, f"rewrites {relation}")

    return Risk(tell, relation)


def takes_index(table: str, index: str) -> Risk:
    """An index becomes a primary key, whose columns must not be null."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        fact = fact_named(ends.live, "index", index)
        columns = Index.of(fact).columns if fact else ()
        free = [its for its in columns if not fact_named(ends.live, "not null", table, its)]
        if free or not columns:
            yield from scans(table).tell(ends)
        for column in free:
            yield from no_nulls(table, column).tell(ends)

    return Risk(tell, table)


def checks_domain(domain: str) -> Risk:
    """All columns of a domain are checked."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        for fact in ends.live.by_kind.get("column", ()):
            if Type.of(Column.of(fact).type).base == domain and stands(fact.object, ends.live):
                yield from scans(fact.object).tell(ends)
                yield from met(fact.object, f"domain {domain}").tell(ends)

    return Risk(tell)


def computes_view(view: str) -> Risk:
    """The query of a materialized view runs."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        shown = _by_policies(view, ends.goal)
        if fact_named(ends.live, "materialized view", view):
            message = (
                f"computes materialized view {view} anew: it holds what its query gives by then"
            )
            yield Hazard(HazardCode.RECOMPUTES_VIEW, message + shown)
        else:
            yield Hazard(HazardCode.COMPUTES_VIEW, f"computes materialized view {view}{shown}")

    return Risk(tell)


def fills_view(view: str) -> Risk:
    """A materialized view that stands is computed."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        shown = _by_policies(view, ends.goal)
        yield Hazard(HazardCode.COMPUTES_VIEW, f"computes materialized view {view}{shown}")

    return Risk(tell)


def _by_policies(view: str, goal: Catalog) -> str:
    """Of which tables it holds only the rows that policies show to their owner; in words."""
    hiding = {fact.name for fact in goal.by_kind.get("forced row security", ())}
    seen, waiting = set[str](), [view]
    while hiding and waiting:
        name = waiting.pop()
        seen.add(name)
        found = (goal.facts.get((kind, name)) for kind in ("view", "materialized view"))
        used = (words(fact.definition) for fact in found if fact)
        waiting += frozenset().union(*used) - seen
    tables = ", ".join(sorted(hiding & seen))
    return f", of the rows of {tables} that policies show to the owner" if tables else ""
