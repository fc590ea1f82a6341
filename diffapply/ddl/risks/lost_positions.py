"""When a sequence goes, its position is lost, unless values tell it, or it was carried over."""

from collections.abc import Iterator

from diffapply.ddl.risk import Risk
from diffapply.ddl.risks.losses import dropped_for_good
from diffapply.ddl.statements import aside, literal
from diffapply.ddl.structure.draws import drawn_by, number_type
from diffapply.ddl.structure.lookup import fact_named
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.values import Identity, Numbering, Sequence


def drops_position(sequence: str, *, cascade: bool = False) -> Risk:
    """A sequence goes; no hazard if the transition has created it.

    Args:
        cascade: whether what depends on it goes with it.
    """

    def tell(ends: Ends) -> Iterator[Hazard]:
        if fact_named(ends.live, "sequence", sequence) is None:
            return  # the transition put it there, to carry a position from it
        check = "" if cascade else f"SELECT is_called{_untold(sequence, ends.live)} FROM {sequence}"
        message = f"drops sequence {sequence}; its position is lost"
        gone = dropped_for_good(ends, "sequence", sequence)
        yield Hazard(HazardCode.DROPS_SEQUENCE, message, check=check, dropped=gone)

    return Risk(tell, drops=("sequence", sequence))


def forgets_position(table: str, column: str) -> Risk:
    """A column is no longer an identity."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        identity = fact_named(ends.live, "identity", table, column)
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


def begins_again(sequence: str, stays: tuple[int, int] | None = None) -> Risk:
    """A sequence is moved to where it begins.

    Args:
        stays: the bounds within which a position is kept; None: none is.
    """

    def tell(ends: Ends) -> Iterator[Hazard]:
        if ("sequence", sequence) in ends.live.facts:
            untold = _untold(sequence, ends.live)
        elif drawn := _of_identity(sequence, ends):
            untold = _beyond(drawn.object, drawn.part, sequence, Identity.of(drawn))
        else:
            untold = None  # the transition put it there
        yield from _repeats(sequence, sequence, untold, stays)

    return Risk(tell)


def identity_begins_again(table: str, column: str) -> Risk:
    """The same for the identity of a column."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        had, wants = (fact_named(its, "identity", table, column) for its in (ends.live, ends.goal))
        sequence, untold = "", None
        if had:
            sequence = Identity.of(wants or had).sequence
            untold = _beyond(table, column, sequence, Identity.of(had))
        yield from _repeats(f"the identity of {table}.{column}", sequence, untold)

    return Risk(tell)


def _of_identity(sequence: str, ends: Ends) -> Fact | None:
    """The identity that had the sequence, perhaps by another name."""
    named = (
        ends.live.facts.get(fact.key)
        for catalog in (ends.goal, ends.live)
        for fact in catalog.by_kind.get("identity", ())
        if Identity.of(fact).sequence == sequence
    )
    return next((fact for fact in named if fact), None)


def _repeats(
    what: str, sequence: str, untold: str | None, stays: tuple[int, int] | None = None
) -> Iterator[Hazard]:
    """That positions are lost where no values tell them, and numbers may come again.

    Args:
        untold: a condition, as `_untold`; None: no position is lost.
        stays: as `begins_again`.
    """
    if untold is not None:
        outside = ""
        if stays:
            low, high = stays
            outside = (
                f" AND ({sequence}.last_value OPERATOR(pg_catalog.<) {low}"
                f" OR {sequence}.last_value OPERATOR(pg_catalog.>) {high})"
            )
        unless = ", unless it is within the new bounds" if stays else ""
        yield Hazard(
            HazardCode.RESETS_SEQUENCE,
            f"sets {what} to where it begins{unless}; its position is lost, and does not come back",
            check=f"SELECT is_called{outside}{untold} FROM {sequence}",
        )
    message = f"{what} may begin again; numbers that it has given may come a second time"
    yield Hazard(HazardCode.REPEATS_NUMBERS, message)


def stays_within(sequence: str) -> Risk:
    """A sequence gets other bounds, and must stand within them."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        had, wants = (fact_named(its, "sequence", sequence) for its in (ends.live, ends.goal))
        if had and wants:
            yield from _outside(sequence, Sequence.of(had), Sequence.of(wants))

    return Risk(tell)


def identity_stays_within(table: str, column: str) -> Risk:
    """The same for the identity of a column."""

    def tell(ends: Ends) -> Iterator[Hazard]:
        had, wants = (fact_named(its, "identity", table, column) for its in (ends.live, ends.goal))
        if had and wants:
            what = f"the identity of {table}.{column}"
            yield from _outside(what, Identity.of(had), Identity.of(wants))

    return Risk(tell)


def _outside(what: str, had: Numbering, wants: Numbering) -> Iterator[Hazard]:
    """That it fails where a sequence stands outside, unless the transition moves it."""
    if not wants.minimum <= had.start <= wants.maximum:
        return  # it was moved before: see `positions.within_bounds`
    beyond = []
    if had.minimum < wants.minimum:
        beyond.append(f"below {wants.minimum}")
    if had.maximum > wants.maximum:
        beyond.append(f"beyond {wants.maximum}")
    if beyond:
        where = f"a tenant where {what} stands {' or '.join(beyond)}"
        yield Hazard.failing(HazardCode.FAILS_ON_VALUES, where)
