"""Notes on columns whose values do not come along to another type."""

from collections.abc import Iterator, Mapping

from diffapply.ddl.conversion.casts import has_many_meanings
from diffapply.ddl.conversion.conversions import Type
from diffapply.ddl.risks.labels import labels_of
from diffapply.model.catalog import Catalog
from diffapply.planning.notes.subject import Subject
from diffapply.values import Column

_MEANINGS: Mapping[str, tuple[str, str]] = {
    "timestamp": (
        "to_timestamp({0}) where it counts seconds since 1970",
        "to_date({0}::text, 'YYYYMMDD') where it has the digits of a date",
    ),
    "date": (
        "date '1970-01-01' + {whole} where it counts days since 1970",
        "to_date({0}::text, 'YYYYMMDD') where it has the digits of a date",
    ),
    "interval": (
        "make_interval(secs => {0}) where it counts seconds",
        "make_interval(days => {whole}) where it counts days",
    ),
    "time": (
        "time '00:00' + make_interval(secs => {0}) where it counts seconds",
        "to_timestamp({0}::text, 'HH24MI')::time where it has the digits of a time",
    ),
}
"""What numbers may mean in a type of times, as expressions that convert them."""
_WHOLE = ("smallint", "integer")
"""Numbers that can stand for days as they are."""
_DIGITS = "to_char({0}, 'YYYYMMDD')::{1} for the digits of a date"


def notes(subject: Subject) -> Iterator[str]:
    """A clause for each column that is dropped and added because nothing converts its values."""
    for one in subject.effect.anew:
        old = subject.source.facts.get(("column", one.old)) if one.kind == "column" else None
        new = subject.goal.facts.get(("column", one.new))
        if old is None or new is None:
            continue
        had, wants = Column.of(old), Column.of(new)
        if had.type != wants.type and not (had.kept or wants.kept):
            yield (
                f"values of column {one.new} do not come along: no conversion from {had.type} to "
                f"{wants.type} is certain. Say how with a file for --with: ALTER TABLE "
                f"{new.object} ALTER COLUMN {new.part} TYPE {wants} USING "
                f"{_examples(new.part, had.type, wants.type, subject.goal)}"
            )


def _examples(column: str, old: str, new: str, goal: Catalog) -> str:
    """How it may be said; what of it is right, only people know."""
    labels = labels_of(new, goal)
    if labels and Type.of(old).base in (*_WHOLE, "bigint") and not Type.of(new).array:
        array = f"ARRAY[{', '.join(labels)}]"
        return f"({array})[{column} + 1]::{new} where it counts labels from 0"
    if not has_many_meanings(old, new) or Type.of(old).array or Type.of(new).array:
        return "…"
    said: tuple[str, ...] = _MEANINGS.get(Type.of(new).base.partition(" ")[0], ())
    if not said:
        digits = (_DIGITS,) if Type.of(old).base in ("date", "timestamp") else ()
        said = ("extract(epoch FROM {0}) for seconds", *digits)
    whole = column if Type.of(old).plain in _WHOLE else f"{column}::integer"
    return ", or ".join(its.format(column, new, whole=whole) for its in said)
