"""When a sequence goes, its position is lost, unless values tell it, or it was carried over."""

from collections.abc import Iterator

from diffapply.ddl.draws import drawn_by, number_type
from diffapply.ddl.lookup import fact_named
from diffapply.ddl.losses import dropped_for_good
from diffapply.ddl.risk import Risk, certain
from diffapply.ddl.statements import aside, literal
from diffapply.model.catalog import Catalog
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values import Identity, Numbering, Sequence


def drops_position(sequence: str, *, cascade: bool = False) -> Risk:
    """A sequence goes; no hazard if the transition has created it.

    Args:
        cascade: whether what depends on it goes with it.
    """

    def tell(before: Catalog, goal: Catalog) -> Iterator[Hazard]:
        if fact_named(before, "sequence", sequence) is None:
            return  # the transition put it there, to carry a position from it
        check = "" if cascade else f"SELECT is_called{_untold(sequence, before)} FROM {sequence}"
        message = f"drops sequence {sequence}; its position is lost"
        gone = dropped_for_good(before, goal, "sequence", sequence)
        yield Hazard(HazardCode.DROPS_SEQUENCE, message, check=check, dropped=gone)

    return Risk(tell, drops=("sequence", sequence))


def forgets_position(table: str, column: str) -> Risk:
    """A column is no longer an identity."""

    def tell(before: Catalog, _: Catalog) -> Iterator[Hazard]:
        identity = fact_named(before, "identity", table, column)
        if identity is None:
            return
        its = Identity.of(identity)
        waiting = literal(aside(its.sequence))
        untold = _beyond(table, column, its.sequence, its)
        yield Hazard(
            HazardCode.DROPS_IDENTITY,
            f"drops the identity of {table}.{column}; its position is lost, unless it was carried",
            check=f"SELECT is_called AND pg_catalog.to_regclass({waiting}) IS NULL{untold} "
            f"FROM {its.sequence}",
        )

    return Risk(tell)


def _untold(sequence: str, before: Catalog) -> str:
    """SQL condition: the sequence is past the largest value of the columns that use it.

    A sequence that is made for such a column again begins after them: so a run that made it can
    be taken back, even if numbers were drawn since.
    """
    fact = fact_named(before, "sequence", sequence)
    if fact is None:
        return ""
    constant = literal(fact.name)
    drawing = (
        drawn_by(default)
        for default in before.by_kind.get("default", ())
        if constant in default.definition
    )
    return "".join(
        _beyond(draw.table, draw.part, fact.name, Sequence.of(fact))
        for draw in drawing
        if draw
        and draw.plain
        and draw.sequence == fact.name
        and ("table", draw.table) in before.facts
        and number_type(draw.column, before) is not None
    )


def _beyond(table: str, column: str, sequence: str, counts: Numbering) -> str:
    """SQL condition: no value of the column reaches the sequence's last number.

    What sessions have put by for themselves and never used counts as not given.
    """
    put_by = (counts.cache - 1) * counts.increment
    given = f"{sequence}.last_value" + (f" OPERATOR(pg_catalog.-) {put_by}" if put_by else "")
    reached = ">=" if counts.increment > 0 else "<="
    return f"{_TOLD}SELECT FROM {table} WHERE {column} OPERATOR(pg_catalog.{reached}) ({given}))"


_TOLD = " AND NOT EXISTS ("


def without_values(check: str) -> str:
    """A check of a position that asks no column, for the case that the column has gone by then."""
    asked, told, rest = check.partition(_TOLD)
    return asked + rest.rpartition(")")[2] if told else check


def begins_again(sequence: str) -> Risk:
    """A sequence is moved to where it begins, if it stands outside of its new bounds."""
    return certain(_repeats(sequence))


def identity_begins_again(table: str, column: str) -> Risk:
    """The same for the identity of a column."""
    return certain(_repeats(f"the identity of {table}.{column}"))


def _repeats(what: str) -> Hazard:
    message = f"{what} may begin again; numbers that it has given may come a second time"
    return Hazard(HazardCode.REPEATS_NUMBERS, message)
