"""What statements risk, as far as they say it themselves.

The table of kinds says it of the statements that it makes; of others, a parser takes apart what
they say and asks here.
"""

from collections.abc import Iterator

from diffapply.ddl.conversions import Type, differ
from diffapply.ddl.lookup import fact_named
from diffapply.ddl.own_types import columns_of
from diffapply.ddl.risk import Risk, certain, keeps_rows, of_relation, stands
from diffapply.ddl.statements import aside, is_aside, is_helper, literal
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values import Column, Default, Index, Partition
from diffapply.values.grammar import words

# A table that the transition put aside is made anew: its numbers must go on where they stand.
_OR_COUNTED = """ OR EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_sequence s ON s.seqrelid OPERATOR(pg_catalog.=) d.objid
    WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refobjid OPERATOR(pg_catalog.=) {table}::pg_catalog.regclass
        AND d.deptype OPERATOR(pg_catalog.=) ANY ('{{a,i}}'::pg_catalog."char"[])
        AND pg_catalog.pg_sequence_last_value(s.seqrelid) IS NOT NULL
)"""


def drops(kind: str, *name: str, called: str = "") -> Risk:
    """An object goes that holds no data; no hazard if the goal has it, too.

    Args:
        called: what sort of object it is, where its kind does not say it.
    """

    def tell(before: Catalog, goal: Catalog) -> Iterator[Hazard]:
        fact = fact_named(before, kind, *name)
        if fact and fact_named(goal, kind, *name) is None:
            yield _dropped(fact, called)

    return Risk(tell)


def drops_fact(fact: Fact) -> Risk:
    """The object of a fact goes."""
    return drops(fact.kind, fact.name)


def _dropped(fact: Fact, called: str = "") -> Hazard:
    return Hazard(HazardCode.DROPS_OBJECT, f"drops {called or fact.kind} {fact.name}")


def drops_table(table: str, *, cascade: bool = False) -> Risk:
    """A table goes with its rows."""

    def tell(before: Catalog, _: Catalog) -> Iterator[Hazard]:
        if is_helper(table):
            return
        check = f"SELECT EXISTS (SELECT FROM {table})"
        if ("table", table) not in before.facts:
            check += _OR_COUNTED.format(table=literal(table))
        message = f"drops table {table}; its rows are lost"
        check = "" if cascade else check
        yield Hazard(HazardCode.DROPS_TABLE, message, check=check, lock=table)

    return Risk(tell)


def drops_column(
    table: str, column: str, *, only: bool = False, cascade: bool = False, proposed: bool = False
) -> Risk:
    """A column goes with its values, and with the indexes and constraints on it.

    Args:
        only: whether the table's children keep theirs.
        proposed: whether the statement comes from facts. Then a column that did not stand before
            came with the transition; otherwise it may have been renamed.
    """

    def tell(before: Catalog, goal: Catalog) -> Iterator[Hazard]:
        fact = fact_named(before, "column", table, column)
        if fact is None and proposed:
            return
        if fact and Column.of(fact).kept:
            if fact_named(goal, "column", table, column) is None:
                computed = f"drops column {table}.{column}, which is computed"
                yield Hazard(HazardCode.DROPS_OBJECT, computed)
        elif fact or not (is_helper(table) or is_aside(column)):  # else it is written over
            yield Hazard(
                HazardCode.DROPS_COLUMN,
                f"drops column {table}.{column}; its values are lost",
                check="" if cascade else _has_values(table, column, before, only=only),
                lock=table,
            )
            # Rows of this table may be values in others.
            yield from _attributes_changed(table, before)
        if fact and fact_named(goal, "column", table, column) is None:
            yield from map(_dropped, _along_with(fact, before, goal))

    return Risk(tell)


def _along_with(column: Fact, before: Catalog, goal: Catalog) -> Iterator[Fact]:
    for kind in ("constraint", "index"):
        for fact in before.parts(kind, column.object):
            if fact.key not in goal.facts and column.part in words(fact.definition):
                yield fact


def _has_values(table: str, column: str, before: Catalog, *, only: bool) -> str:
    """Whether a column holds more than it would if it were dropped and added again.

    Without rows, null throughout, or at its constant default throughout, it does not: so a run
    that added it can be taken back as long as nobody has used it.
    """
    having = f"EXISTS (SELECT FROM {'ONLY ' if only else ''}{table} WHERE "
    any_value = f"{having}{column} IS DISTINCT FROM NULL)"
    default = fact_named(before, "default", table, column)
    fact = fact_named(before, "column", table, column)
    if default and fact and Default.of(default).is_constant:
        usual = f"({default.definition})::{Column.of(fact).type}"
        return f"SELECT {any_value} AND {having}{differ(column, usual)})"
    return f"SELECT {any_value}"


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

    def tell(_before: Catalog, _goal: Catalog) -> Iterator[Hazard]:
        where = f"{_FAILS}a tenant whose {table} has rows"
        its = Type.of(kind)
        if computed and not_null:
            message = (
                f"{where} for which it is null: adds computed column {table}.{column} NOT NULL"
            )
            yield Hazard(HazardCode.FAILS_ON_NULLS, message)
        if computed or filled:
            return
        where += f": adds column {table}.{column}"
        if not_null:
            yield Hazard(HazardCode.FAILS_ON_ROWS, f"{where} NOT NULL without a default")
        elif not (its.array or its.plain in _PLAIN):
            yield Hazard(
                HazardCode.FAILS_ON_ROWS,
                f"{where} without a default, and {its} does not let it be null",
                check=f"CREATE TABLE {_TRIAL} AS SELECT; ALTER TABLE {_TRIAL} ADD COLUMN c {its}",
            )

    return Risk(tell, table)


_FAILS = "fails in "
_TRIAL = aside("row")
_PLAIN = {
    "smallint", "integer", "bigint", "numeric", "real", "double precision", "boolean", "text",
    "character varying", "character", "uuid", "date", "json", "jsonb", "bytea", "inet", "interval",
    "timestamp with time zone", "timestamp without time zone", "bit", "bit varying",
    "time with time zone", "time without time zone",
}  # fmt: skip
"""Types of PostgreSQL, which let everything be null."""


def closes_way_back(hazard: Hazard) -> str:
    """What a risk of going back means for going forward; empty if nothing."""
    if hazard.kind != "rows":
        return ""
    return f"cannot be taken back in {hazard.message.removeprefix(_FAILS)}"


def scans(table: str) -> Risk:
    """All rows are read."""
    return of_relation(table, scanning(table))


def scanning(table: str) -> Hazard:
    """That they are."""
    return Hazard(HazardCode.SCANS_TABLE, f"reads all rows of {table}")


def builds_index(table: str) -> Risk:
    """An index is built."""
    message = f"builds an index over {table}; writers wait"
    return of_relation(table, Hazard(HazardCode.BUILDS_INDEX, message))


def rewrites(relation: str) -> Risk:
    """All rows are written anew."""

    def tell(before: Catalog, _: Catalog) -> Iterator[Hazard]:
        if keeps_rows(relation, before):
            yield Hazard(HazardCode.REWRITES_TABLE, f"rewrites {relation}")

    return Risk(tell, relation)


def takes_index(table: str, index: str) -> Risk:
    """An index becomes a primary key, whose columns must not be null."""

    def tell(before: Catalog, goal: Catalog) -> Iterator[Hazard]:
        fact = fact_named(before, "index", index)
        columns = Index.of(fact).columns if fact else ()
        if not all(fact_named(before, "not null", table, column) for column in columns):
            yield from scans(table).tell(before, goal)

    return Risk(tell, table)


def attaches(partition: str, parent: str) -> Risk:
    """A table becomes a partition: its rows are read, and those of the default one."""

    def tell(before: Catalog, goal: Catalog) -> Iterator[Hazard]:
        default = (
            fact.name
            for fact in before.by_kind.get("partition", ())
            if Partition.of(fact).parent == parent and Partition.of(fact).bound == "DEFAULT"
        )
        for name in (partition, *default):
            if stands(name, before):
                yield from scans(name).tell(before, goal)

    return Risk(tell)


def checks_domain(domain: str) -> Risk:
    """All columns of a domain are checked."""

    def tell(before: Catalog, goal: Catalog) -> Iterator[Hazard]:
        for fact in before.by_kind.get("column", ()):
            if Type.of(Column.of(fact).type).base == domain and stands(fact.object, before):
                yield from scans(fact.object).tell(before, goal)

    return Risk(tell)


def computes_view(view: str) -> Risk:
    """The query of a materialized view runs."""

    def tell(before: Catalog, _: Catalog) -> Iterator[Hazard]:
        if fact_named(before, "materialized view", view):
            message = (
                f"computes materialized view {view} anew: it holds what its query gives by then"
            )
            yield Hazard(HazardCode.RECOMPUTES_VIEW, message)
        else:
            yield Hazard(HazardCode.COMPUTES_VIEW, f"computes materialized view {view}")

    return Risk(tell)


def fills_view(view: str) -> Risk:
    """A materialized view that stands is computed."""
    return certain(Hazard(HazardCode.COMPUTES_VIEW, f"computes materialized view {view}"))


def changes_attributes(name: str) -> Risk:
    """Attributes of a composite type go, or get other types."""

    def tell(before: Catalog, _: Catalog) -> Iterator[Hazard]:
        yield from _attributes_changed(name, before)
        for fact in before.by_kind.get("of type", ()):
            if fact.definition == name:
                yield Hazard(
                    HazardCode.CHANGES_ATTRIBUTES,
                    f"changes attributes of {name}, which are columns of {fact.name}",
                    check=f"SELECT EXISTS (SELECT FROM {fact.name})",
                    lock=fact.name,
                )

    return Risk(tell)


def _attributes_changed(name: str, before: Catalog) -> Iterator[Hazard]:
    """For each column that has values of this type, or of one that it is part of."""
    for fact in columns_of(name, before):
        yield Hazard(
            HazardCode.CHANGES_ATTRIBUTES,
            f"changes attributes of {name}, which column {fact.name} has",
            check=f"SELECT EXISTS (SELECT FROM {fact.object} "
            f"WHERE {fact.part} IS DISTINCT FROM NULL)",
            lock=fact.object,
        )
