"""Leaves out what is done to a part of something that goes later, or is made anew."""

from collections.abc import Iterator, Sequence

from diffapply.ddl.kinds import KINDS
from diffapply.ddl.statements import aside
from diffapply.model.catalog import Ends, Fact, FactKey
from diffapply.rehearsal.search.ran import Ran
from diffapply.values.grammar import words

_PARTS = ("domain constraint", "domain default", "domain not null")
"""Kinds that are not light, but go with their object and do nothing to rows that stays."""


def spared(changes: Sequence[Ran], ends: Ends, *, in_turn: bool = False) -> tuple[Ran, ...]:
    """The changes without those in vain; they may not run in this form.

    What goes for good goes at once, where a part of it had to make room.

    Args:
        in_turn: whether nothing may come earlier.
    """
    taken = {whole: turn for turn, change in enumerate(changes) for whole in _taken(change, ends)}
    places = {turn: turn for turn in range(len(changes))}
    for turn, change in enumerate(changes):
        later = [taken[whole] for whole in _wholes(change, ends) if taken.get(whole, -1) > turn]
        if not later:
            continue
        del places[turn]
        makes_room = change.key in ends.live.facts and change.key not in ends.goal.facts
        for drop in later if makes_room and not in_turn else ():
            if ends.loses(changes[drop].key or ("", "")) and drop in places:
                places[drop] = min(places[drop], turn)
    return tuple(changes[turn] for turn in sorted(places, key=lambda its: (places[its], its)))


def _taken(change: Ran, ends: Ends) -> Iterator[FactKey]:
    """What goes by it, be it to come again."""
    for draft in change.way:
        if draft.text.startswith("DROP "):
            yield from draft.drops
    key = change.key or ("", "")
    if key in ends.live.facts and any(draft.sql.endswith(aside(key[1])) for draft in change.way):
        yield key


def _wholes(change: Ran, ends: Ends) -> Iterator[FactKey]:
    """What takes the fact of a change along when it goes."""
    if change.key is None:
        return
    kind = KINDS[change.key[0]]
    if kind.holds_data or not (change.is_light or kind.name in _PARTS):
        return
    had, wants = ends.both(change.key)
    if fact := wants or had:
        yield from _wholes_of(fact)


def _wholes_of(fact: Fact) -> Iterator[FactKey]:
    kind = KINDS[fact.kind]
    yield from kind.goes_with(fact)
    yield ("domain" if fact.kind in _PARTS else "table"), fact.object
    if kind.is_of_columns:
        yield from (("column", f"{fact.object}.{word}") for word in words(fact.definition))
