"""How like what is added is to what is dropped: by type, place, what goes along, and name."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from operator import itemgetter, ne

from diffapply.model.catalog import Catalog, Fact
from diffapply.values import Column
from diffapply.values.grammar import bare, words

_ALIKE = (
    {"smallint", "integer", "bigint", "numeric", "real", "double precision"},
    {"text", "character varying", "character", "citext"},
    {"date", "timestamp without time zone", "timestamp with time zone"},
    {"time without time zone", "time with time zone"},
    {"json", "jsonb"},
    {"inet", "cidr"},
    {"bit", "bit varying"},
)
"""Types that people turn into each other."""

_SIZE = re.compile(r"\([\d,]+\)")


def compatibility(old: Fact, new: Fact) -> int:
    """2 for columns that are the same but for their names, 1 for similar types, 0 for others."""
    had, wants = Column.of(old), Column.of(new)
    if had.kept or wants.kept or had.inherited or wants.inherited:
        return 0  # it is computed, or the parents' is renamed
    if had == wants:
        return 2
    one, other = (_SIZE.sub("", its.type) for its in (had, wants))
    return int(one == other or any(one in types and other in types for types in _ALIKE))


def closeness(had: Sequence[str], old: str, wants: Sequence[str], new: str) -> int:
    """How much tells that both stand at one place: their numbers, and their neighbours.

    Numbers alone tell it only where nothing has come between or gone.
    """
    here, there = had.index(old), wants.index(new)
    before = here > 0 < there and had[here - 1] == wants[there - 1]
    behind = had[here + 1 : here + 2] == wants[there + 1 : there + 2] and here + 1 < len(had)
    beside = before + behind
    return (here == there) + beside if beside or len(had) == len(wants) else 0


def best(pairs: Iterable[tuple[tuple[float, ...], str, str]]) -> list[tuple[str, str]]:
    """The likeliest pairs; no name is in two of them."""
    found: dict[str, str] = {}
    for _, old, new in sorted(pairs, key=itemgetter(0), reverse=True):
        if old not in found and new not in found.values():
            found[old] = new
    return [*found.items()]


def beside(column: Fact, catalog: Catalog) -> frozenset[tuple[str, str]]:
    """What goes along with a column, in words that name neither it nor its table.

    Its indexes and constraints; and its default with each word of its name, because many columns
    have the same default.
    """
    of_it = [
        (kind, _without(column.part, _without(column.object, fact.definition)))
        for kind in ("default", "index", "constraint")
        for fact in catalog.parts(kind, column.object)
        if fact.name == column.name or column.part in words(fact.definition)
    ]
    return frozenset(
        (said, text)
        for kind, text in of_it
        for said in (map("default {}".format, _words(column.part)) if kind == "default" else [kind])
    )


def _without(name: str, text: str) -> str:
    return re.sub(rf'(?<![\w"]){re.escape(name)}(?![\w"])', "?", text)


def _words(name: str) -> list[str]:
    return bare(name).lower().split("_")


def differ_in_a_word(old: str, new: str) -> bool:
    """Whether two names have at least three words, and all but one at its place in both."""
    one, other = _words(old), _words(new)
    return len(one) == len(other) > 2 and sum(map(ne, one, other)) == 1  # noqa: PLR2004 - words


def similarity(old: str, new: str) -> float:
    """How much of two names is the same: it breaks ties."""
    return SequenceMatcher(None, bare(old), bare(new), autojunk=False).ratio()
