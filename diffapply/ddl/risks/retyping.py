"""What it risks to give a column another type."""

from collections.abc import Iterator

from diffapply.ddl.conversion.casts import by_text, is_composite, is_lost, is_plain, keeps_all
from diffapply.ddl.conversion.conversions import (
    TEXTS,
    Conversion,
    Type,
    by_zone,
    is_rewritten,
    keeps_or_fails,
)
from diffapply.ddl.conversion.own_types import below, holds_text, what_is_lost
from diffapply.ddl.risk import Risk, is_elsewhere, keeps_rows
from diffapply.ddl.risks.labels import drops_labels, labels_of
from diffapply.ddl.risks.own_demands import refuses
from diffapply.ddl.risks.rebuilding import rebuilds
from diffapply.ddl.risks.rechecking import rechecks
from diffapply.ddl.risks.samples import samples, trial
from diffapply.ddl.structure.lookup import fact_named
from diffapply.model.catalog import Ends, Fact
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values import Column
from diffapply.values.grammar import LITERAL, Regex, unquoted


def retypes(table: str, column: str, new: str, using: str = "") -> Risk:
    """What it risks to give a column another type.

    Args:
        new: the type.
        using: the expression that converts the values; empty: as an assignment does.
    """

    def tell(ends: Ends) -> Iterator[Hazard]:
        fact = fact_named(ends.live, "column", table, column)
        if fact is None:
            if fact_named(ends.live, "table", table):  # what it was is not known: assume the worst
                message = f"changes the type of column {table}.{column}"
                yield Hazard(HazardCode.CONVERTS_VALUES, message)
            return
        its, lost = Column.of(fact), None
        if its.kept != "VIRTUAL" and is_rewritten(its.type, new) and keeps_rows(table, ends.live):
            yield Hazard(HazardCode.REWRITES_TABLE, f"rewrites {table}")
        if not its.kept and Type.of(its.type) == Type.of(new):
            lost = what_is_lost(using or column, column, new, ends)
        if lost:
            yield _keeps_its_name(fact, new, using, lost, ends)
        else:
            yield from _converts(fact, new, using, ends)
        yield from refuses(fact, new, using, ends)
        by: Conversion = "cast" if is_plain(using, column, new) else "expression"
        by = by if using else "assignment"
        yield from rebuilds(fact, new, ends, by=by, changed=bool(lost))
        yield from rechecks(fact, new, ends, by=by, changed=bool(lost))

    return Risk(tell, drops=("column", f"{table}.{column}"), stays=True)


def _keeps_its_name(fact: Fact, new: str, using: str, lost: str, ends: Ends) -> Hazard:
    """What becomes of the values where the type is another one of the same name.

    Args:
        lost: the condition that they are not the same.
    """
    table, column = fact.object, fact.part
    becomes = "be changed or cut"
    if using == by_text(column, new) and is_composite(new, ends.goal):
        becomes = "get into other attributes, as these are taken by their places, or be cut"
    return Hazard(
        HazardCode.CONVERTS_VALUES,
        f"changes the type {Type.of(new).base} of column {table}.{column}; values may {becomes}",
        check=f"SELECT EXISTS (SELECT FROM {table} WHERE {lost})",
        lock=table,
    )


def _converts(fact: Fact, new: str, using: str, ends: Ends) -> Iterator[Hazard]:
    """What becomes of the values."""
    its, table, column = Column.of(fact), fact.object, fact.part
    plain = is_plain(using, column, new)
    if (
        its.kept
        or keeps_all(using, column, its.type, new)
        or (plain and _is_text_of(fact, new, ends))
    ):
        # An enum of the same name may have other labels. Of texts, it was asked before.
        if not its.kept and not holds_text(using, column, new, ends.live):
            yield from drops_labels(fact, new, ends)
        return
    labels = labels_of(its.type, ends.live), labels_of(new, ends.goal)
    if plain and all(its is not None for its in labels):
        yield from drops_labels(fact, new, ends)
        return
    if not (plain and _keeps_or_fails(its.type, new, ends)):
        lost = is_lost(using, column, (its.type, new), ends)
        by = f", by local time {_zone(using)}" if by_zone(its.type, new) else ""
        yield Hazard(
            HazardCode.CONVERTS_VALUES,
            f"changes column {table}.{column} from {its.type} to {Type.of(new)}{by}; values may be "
            "changed or cut",
            check=f"SELECT EXISTS (SELECT FROM {table} WHERE {lost})",
            lock=table,
        )
    tried = () if is_elsewhere(table, ends.live) else samples(its.type, ends.live)
    if tried:
        where = f"a tenant where a value of {table}.{column} cannot become {Type.of(new)}"
        check = trial(column, tried, new, using)
        yield Hazard.failing(HazardCode.FAILS_ON_VALUES, where, check)


def _is_text_of(column: Fact, new: str, ends: Ends) -> bool:
    """Whether labels of an enum become texts: so they can be had back."""
    old = Column.of(column).type
    labels, wants = labels_of(old, ends.live), Type.of(below(new, ends.goal))
    if labels is None or Type.of(below(old, ends.live)).array != wants.array:
        return False
    longest = max((len(unquoted(its)) for its in labels), default=0)
    return wants.plain in TEXTS and (not wants.sizes or longest <= wants.sizes[0])


def _keeps_or_fails(old: str, new: str, ends: Ends) -> bool:
    """Whether each value stays what it is, or fails; a label is what it is as a text."""
    had, wants = below(old, ends.live), below(new, ends.goal)
    if labels_of(new, ends.goal) is not None:
        return Type.of(had).plain in TEXTS and Type.of(had).array == Type.of(wants).array
    return keeps_or_fails(had, wants)


_ZONE = Regex(rf" AT TIME ZONE ({LITERAL})|\btimezone\(({LITERAL}),")


def _zone(using: str) -> str:
    """The time zone that an expression names."""
    named = _ZONE.search(using)
    return f"in {unquoted(named[1] or named[2])}" if named else "of the session"
