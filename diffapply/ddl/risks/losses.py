"""What is lost when something goes: objects, rows, values.

As in `work`, the table of kinds says it of its statements, and a parser of those of others.
"""

from collections.abc import Iterator

from diffapply.ddl.conversion.conversions import differ
from diffapply.ddl.conversion.own_types import columns_of
from diffapply.ddl.risk import Risk, is_elsewhere
from diffapply.ddl.statements import is_aside, is_helper, literal
from diffapply.ddl.structure.lookup import fact_named
from diffapply.model.catalog import Catalog, Ends, Fact, FactKey
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values import Column, Default
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

# Rows that nobody may see, because the row security of a table holds for its owner too.
_IS_STORED = """WITH RECURSIVE part (oid) AS (
    SELECT {table}::pg_catalog.regclass::pg_catalog.oid
    UNION
    SELECT i.inhrelid
    FROM pg_catalog.pg_inherits i
    JOIN part p ON p.oid OPERATOR(pg_catalog.=) i.inhparent
)
SELECT EXISTS (
    SELECT FROM part p
    WHERE pg_catalog.pg_relation_size(p.oid::pg_catalog.regclass) OPERATOR(pg_catalog.>) 0
)"""


def is_stored(hazard: Hazard) -> str:
    """A check for a table whose rows cannot be read: whether it, or a part of it, has any on disk.

    Rows that were deleted may still be there; then they count as lost.
    """
    return _IS_STORED.format(table=literal(hazard.lock)) if hazard.check and hazard.lock else ""


def drops(kind: str, *name: str, called: str = "") -> Risk:
    """An object goes that holds no data; no hazard if the goal has it, too.

    Args:
        called: what sort of object it is, where its kind does not say it.
    """

    def tell(ends: Ends) -> Iterator[Hazard]:
        fact = fact_named(ends.live, kind, *name)
        came = fact and fact.key not in ends.held.facts
        if fact and not came and fact_named(ends.goal, kind, *name) is None:
            yield _dropped(fact, called)

    return Risk(tell, drops=(kind, ".".join(name)))


def drops_fact(fact: Fact) -> Risk:
    """The object of a fact goes."""
    return drops(fact.kind, fact.name)


def dropped_for_good(ends: Ends, kind: str, *name: str) -> FactKey | None:
    """What goes and does not come again, as `Hazard.dropped` has it.

    What the transition has put aside is made anew.
    """
    fact = fact_named(ends.live, kind, *name)
    if fact is None or is_aside(fact.name) or fact_named(ends.goal, kind, *name):
        return None
    return fact.key


def _dropped(fact: Fact, called: str = "") -> Hazard:
    message = f"drops {called or fact.kind} {fact.name}"
    return Hazard(HazardCode.DROPS_OBJECT, message, dropped=fact.key)


def drops_table(table: str, *, cascade: bool = False) -> Risk:
    """A table goes with its rows."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        if is_helper(table):
            return
        check = f"SELECT EXISTS (SELECT FROM {table})"
        if ("table", table) not in ends.live.facts:
            check += _OR_COUNTED.format(table=literal(table))
        message = f"drops table {table}; its rows are lost"
        check = "" if cascade else check
        gone = dropped_for_good(ends, "table", table)
        yield Hazard(HazardCode.DROPS_TABLE, message, check=check, lock=table, dropped=gone)

    return Risk(tell, drops=("table", table))


def drops_column(
    table: str, column: str, *, only: bool = False, cascade: bool = False, proposed: bool = False
) -> Risk:
    """A column goes with its values, and with the indexes and constraints on it.

    Args:
        only: whether the table's children keep theirs.
        proposed: whether the statement comes from facts. Then a column that did not stand before
            came with the transition; otherwise it may have been renamed.
    """

    def tell(ends: Ends) -> Iterator[Hazard]:
        fact = fact_named(ends.live, "column", table, column)
        if fact is None and proposed:
            return
        wanted = fact_named(ends.goal, "column", table, column)
        is_computed = fact is not None and Column.of(fact).kept
        stays_computed = is_computed and (wanted is None or Column.of(wanted).kept)
        if fact and (stays_computed or is_elsewhere(table, ends.live)):
            if wanted is None:
                why = "which is computed" if is_computed else "of a foreign table"
                yield Hazard(HazardCode.DROPS_OBJECT, f"drops column {table}.{column}, {why}")
        elif fact or not (is_helper(table) or is_aside(column)):  # else it is written over
            yield Hazard(
                HazardCode.DROPS_COLUMN,
                f"drops column {table}.{column}; its values are lost",
                check="" if cascade else _has_values(table, column, ends, only=only),
                lock=table,
            )
            # Rows of this table may be values in others.
            yield from _attributes_changed(table, ends.live)
        if fact and wanted is None:
            yield from map(_dropped, _along_with(fact, ends))

    return Risk(tell, drops=("column", f"{table}.{column}"))


def _along_with(column: Fact, ends: Ends) -> Iterator[Fact]:
    for kind in ("constraint", "index"):
        for fact in ends.live.parts(kind, column.object):
            if fact.key not in ends.goal.facts and column.part in words(fact.definition):
                yield fact


def _has_values(table: str, column: str, ends: Ends, *, only: bool) -> str:
    """Whether a column holds more than it would if it were dropped and added again.

    Without rows, or at its constant default throughout, or null throughout if it has none, it does
    not: so a run that added it can be taken back as long as nobody has used it.

    A column that the goal computes keeps what is computed on the way back. So nothing is lost only
    where it holds that already.
    """
    rows = f"EXISTS (SELECT FROM {'ONLY ' if only else ''}{table}"
    fact = fact_named(ends.live, "column", table, column)
    wanted = fact_named(ends.goal, "column", table, column)
    computed = Column.of(wanted).generated if wanted else None
    if wanted and computed:
        if not _reads_the_same(computed, wanted, ends):
            return f"SELECT {rows})"
        usual = f"({computed})::{Column.of(wanted).type}"
        return f"SELECT {rows} WHERE {differ(column, usual)})"
    default = fact_named(ends.live, "default", table, column)
    if fact and default is None:
        default = ends.live.facts.get(("domain default", Column.of(fact).type))
    if fact is None or default is None:
        return f"SELECT {rows} WHERE {column} IS DISTINCT FROM NULL)"
    if not Default.of(default).is_constant:
        return f"SELECT {rows})"
    usual = f"({default.definition})::{Column.of(fact).type}"
    return f"SELECT {rows} WHERE {differ(column, usual)})"


def _reads_the_same(expression: str, column: Fact, ends: Ends) -> bool:
    """Whether the other columns that an expression may name are the same before."""
    named = {("column", f"{column.object}.{word}") for word in words(expression)}
    return all(
        ends.live.facts.get(key) == ends.goal.facts[key] for key in named & ends.goal.facts.keys()
    )


def changes_attributes(name: str) -> Risk:
    """Attributes of a composite type go, or get other types."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        yield from _attributes_changed(name, ends.live)
        for fact in ends.live.by_kind.get("of type", ()):
            if fact.definition == name:
                yield Hazard(
                    HazardCode.CHANGES_ATTRIBUTES,
                    f"changes attributes of {name}, which are columns of {fact.name}",
                    check=f"SELECT EXISTS (SELECT FROM {fact.name})",
                    lock=fact.name,
                )

    return Risk(tell, drops=("composite type", name), stays=True)


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
