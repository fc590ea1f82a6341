"""Gathers what is done to a table in several turns: so that it is rewritten once."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby

from diffapply.ddl.risk import told
from diffapply.ddl.statements import Alteration, Draft, Retyping, alter_column
from diffapply.ddl.structure.keys import is_reference
from diffapply.model.catalog import Ends
from diffapply.model.hazards import HazardCode
from diffapply.proposal.composition import joined
from diffapply.proposal.places import place_of_change, place_of_drop
from diffapply.proposal.room import rests_on_retyped
from diffapply.rehearsal.search.ran import Ran

_PASSED = frozenset(
    {
        *("routine", "enum", "domain", "composite type", "range type", "table"),
        *("domain constraint", "domain default", "domain not null"),
        *("sequence", "sequence owner", "identity", "storage parameters"),
    }
)
"""Kinds that are not light, and nevertheless change no rows of other tables."""

_TYPES = frozenset({"routine", "enum", "domain", "composite type", "range type"})
"""Kinds that go last, when nothing uses them any more."""


def gathered(changes: Sequence[Ran], *, late: bool = False) -> tuple[Ran, ...]:
    """The changes with all light drops first, and each table's new types together.

    What was dropped is created again after everything else. They may not run in this order.

    Args:
        late: whether new types wait for the last of their table, rather than come with the first.
    """
    again = {change.key for change in changes if change.is_light and change.drops}
    drops = [
        Ran(change.drops, change.key) for change in changes if change.key in again and change.drops
    ]
    rest = [
        Ran(change.makes, change.key) if change.key in again else change
        for change in changes
        if change.makes or change.key not in again
    ]
    turns = _last_turns(rest) if late else _first_turns(rest)
    places = [(change.key in again, turn) for change, turn in zip(rest, turns, strict=True)]
    return (*drops, *(rest[turn] for turn in sorted(range(len(rest)), key=places.__getitem__)))


def _first_turns(changes: Sequence[Ran]) -> list[int]:
    """Turns that bring each table's new types to the first of them."""
    turns = []
    first: dict[str, int] = {}
    for turn, change in enumerate(changes):
        if not (change.is_light or change.alters_column):
            first.clear()  # new types may need what it does, or rows may come from elsewhere
        table = change.retypes
        turns.append(first.setdefault(table, turn) if table else turn)
    return turns


def _last_turns(changes: Sequence[Ran]) -> list[int]:
    """Turns that bring each table's new types to the last of them.

    Values that are assigned as they are need no routine that stands in between.
    """
    turns = []
    last: dict[str, int] = {}
    beyond_routines: set[str] = set()
    for turn, change in reversed([*enumerate(changes)]):
        table = change.retypes
        if change.key and change.key[0] == "routine":
            beyond_routines |= last.keys()
        elif not (change.is_light or change.alters_column):
            last.clear()
            beyond_routines.clear()
        elif table in beyond_routines and not change.is_assignment:
            beyond_routines.discard(table)
            last.pop(table)
        turns.append(last.setdefault(table, turn) if table else turn)
    return turns[::-1]


def in_one(
    changes: Sequence[Ran], ends: Ends, *, late: bool, foreign_keys: bool
) -> tuple[Ran, ...]:
    """The changes with all that alters a table whose columns change in one statement.

    No code of users may run meanwhile. They may not run in this order.

    Args:
        late: whether the statement comes last, rather than first.
        foreign_keys: whether foreign keys are in it, too; else they stay where they are.
    """
    tables = {head for change in changes if _alters_rows(change) and (head := _head(change))}
    again = {change.key for change in changes if _is_anew(change)}
    split = (part for change in changes for part in _parts(change, split=change.key in again))
    parts = _without_set_defaults([*split], ends)
    heads = [
        None if _is_apart(part, ends, foreign_keys=foreign_keys) else _head(part) for part in parts
    ]
    stretch = 0
    members: dict[tuple[str, int], list[int]] = defaultdict(list)
    blocks: list[tuple[str, int] | None] = []
    for turn, (part, head) in enumerate(zip(parts, heads, strict=True)):
        if not (head or part.is_light or _is_passed(part)):
            stretch += 1  # rows may come from elsewhere
        blocks.append((head, stretch) if head in tables else None)
        if head and _alters_rows(part):
            members[head, stretch].append(turn)
    chosen = max if late else min
    places = []
    for turn, (part, block) in enumerate(zip(parts, blocks, strict=True)):
        if block in members:
            places.append((1, chosen(members[block]), *_within(part, ends)))
        elif part.key in again:
            places.append((0 if part.drops else 3, turn))
        elif part.key and part.key[0] in _TYPES and part.key not in ends.goal.facts:
            places.append((2, turn))
        else:
            places.append((1, turn))
    order = sorted(range(len(parts)), key=lambda turn: (places[turn], turn))
    return tuple(map(_joined, _by_head([parts[turn] for turn in order])))


def _is_anew(change: Ran) -> bool:
    """Whether it drops what is created again, and is not there while values are converted."""
    is_routine = change.key is not None and change.key[0] == "routine"
    return bool(change.drops) and (change.is_light or is_routine)


def _parts(change: Ran, *, split: bool) -> list[Ran]:
    """The change; or what it drops, and what it makes."""
    ways = (change.drops, change.makes) if split else (change.way,)
    return [Ran(way, change.key) for way in ways if way]


def _without_set_defaults(changes: Sequence[Ran], ends: Ends) -> list[Ran]:
    """The changes; a column whose new default came before its new type has none meanwhile.

    In a statement, PostgreSQL sets defaults after types.
    """
    found: list[Ran] = []
    defaults: set[str] = set()
    for change in changes:
        kind, name = change.key or ("", "")
        if kind == "default" and not change.drops:
            defaults.add(name)
        if kind == "column" and name in defaults and change.retypes:
            no_default = alter_column(ends.goal.facts["column", name], "DROP DEFAULT")
            found.append(Ran((no_default, *change.way), change.key))
        else:
            found.append(change)
    return found


def _head(change: Ran) -> str | None:
    """What stands before its actions, if all are actions on one table."""
    heads = {
        its.head if isinstance(its, Alteration) and not its.outside else None for its in change.way
    }
    return heads.pop() if len(heads) == 1 else None


def _alters_rows(change: Ran) -> bool:
    return change.key is not None and change.key[0] in ("column", "table")


def _is_passed(change: Ran) -> bool:
    """Whether it changes no rows; a table that is made anew may get partitions."""
    kind = change.key[0] if change.key else ""
    return kind in _PASSED and (kind != "table" or len(change.way) == 1)


def _is_apart(change: Ran, ends: Ends, *, foreign_keys: bool) -> bool:
    """Whether it is a foreign key that stays where it is; it would be checked twice, if need be."""
    facts = ends.both(change.key) if change.key and change.key[0] == "constraint" else ()
    return any(
        rests_on_retyped(fact, ends) or (not foreign_keys and is_reference(fact))
        for fact in facts
        if fact
    )


def _within(change: Ran, ends: Ends) -> tuple[object, ...]:
    """Its place in the statement; a default goes before its column gets another type."""
    had, wants = ends.both(change.key or ("", ""))
    if wants is None:
        return place_of_drop(had, ends)[2:] if had else ()
    turn, position, rank, name = place_of_change(wants, ends)[2:]
    return turn, position, -1 if wants.kind == "default" and change.drops else rank, name


def _by_head(changes: Sequence[Ran]) -> list[list[Ran]]:
    found: list[list[Ran]] = []
    for change in changes:
        head = _head(change)
        if found and head and _head(found[-1][-1]) == head:
            found[-1].append(change)
        else:
            found.append([change])
    return found


def _joined(changes: Sequence[Ran]) -> Ran:
    if len(changes) == 1:
        return changes[0]
    return Ran(joined(draft for change in changes for draft in change.way))


def cost(changes: Sequence[Ran], ends: Ends) -> tuple[int, int]:
    """Statements that may rewrite a table; statements."""
    together = joined(draft for change in changes for draft in change.way)
    return sum(_rewrites(draft, ends) for draft in together), len(together)


def _rewrites(draft: Draft, ends: Ends) -> bool:
    retypes = isinstance(draft, Alteration) and draft.retypes
    return retypes or any(
        hazard.code is HazardCode.REWRITES_TABLE for hazard in told(draft.risks, ends)
    )


def is_gathered(changes: Sequence[Ran]) -> bool:
    """Whether no table has several statements that give columns other types."""
    ways = groupby((draft for change in changes for draft in change.way), _head_of)
    rewritten = [head for head, way in ways if any(isinstance(its, Retyping) for its in way)]
    return len(rewritten) == len({*rewritten})


def _head_of(draft: Draft) -> str | None:
    return draft.head if isinstance(draft, Alteration) else None
