"""What transitions change, object by object, and in which tenants: each object once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from diffapply.catalog.comparison import is_empty
from diffapply.model.catalog import Change
from diffapply.model.order import natural
from diffapply.model.plan import Plan, Shape, Transition
from diffapply.render.changes.by_object import CHANGE_MARKS, ObjectChange, Part, object_changes
from diffapply.render.changes.relative import largest
from diffapply.render.words.wording import Line, by_number, counted, examples, in_order, visible

_ORDER = (*CHANGE_MARKS,)
_ALIKE = 4
"""Objects that change alike are one line from this number on."""
_MOST_LINES = 15
"""Lines before parts are only counted, so that objects that change alike can be one line.

Of a plan, no more lines than that are shown.
"""


@dataclass(frozen=True, slots=True)
class ChangedInTenants:
    """An object, and the tenants in which it changes.

    Attributes:
        tenants: in natural order.
        parts: what becomes of its parts, and in which tenants; those of the most tenants first.
    """

    change: Change
    kind: str
    name: str
    tenants: tuple[str, ...]
    parts: tuple[tuple[Line, tuple[str, ...]], ...]


def in_tenants(plan: Plan) -> list[ChangedInTenants]:
    """Each object that the plan changes in any tenant, that of the most tenants first."""
    return _changed([its for its in plan.transitions if not its.blocked], plan.shapes)


def told_by_object(transition: Transition, shapes: Mapping[str, Shape]) -> Iterator[Line]:
    """A line for each object, such as ``~ table a: + column b``; many that change alike are one."""
    yield from (line for line, _ in _shortest([transition], shapes))


def plan_by_object(plan: Plan, *, in_full: bool = False) -> Iterator[Line]:
    """The same of all transitions that run, with the number of tenants where not all have it.

    What is built in empty tenants is one line, unless the most tenants are empty.

    Args:
        in_full: leave no object out, however many there are.
    """
    first = largest(plan)
    run = [its for its in plan.transitions if not its.blocked]
    empty = [its for its in run if its is not first and _is_from_nothing(its, plan)]
    others = [its for its in run if its not in empty]
    total = sum(len(its.tenants) for its in others)
    lines = _shortest(others, plan.shapes, total)
    all_of_them = in_full or len(lines) <= _MOST_LINES + 1
    yield from (line for line, _ in lines[: None if all_of_them else _MOST_LINES])
    if not all_of_them:
        yield Line("", f"and {counted(sum(its for _, its in lines[_MOST_LINES:]), 'more object')}")
    for transition in empty:
        kinds = by_number(its.kind for its in object_changes(transition, plan.shapes))
        yield Line("+", f"all of it in {counted(len(transition.tenants), 'empty tenant')}: {kinds}")


def _is_from_nothing(transition: Transition, plan: Plan) -> bool:
    source = plan.shapes.get(transition.source)
    return transition.managed is None and source is not None and is_empty(source.catalog)


def _shortest(
    transitions: Sequence[Transition], shapes: Mapping[str, Shape], total: int = 0
) -> list[tuple[Line, int]]:
    """Lines, each with the number of its objects; with the names of parts, or else fewer lines."""
    for named in (True, False):
        lines = [*_lines(_changed(transitions, shapes, named=named), total)]
        if len(lines) <= _MOST_LINES:
            break
    return lines


def _lines(changes: Iterable[ChangedInTenants], total: int) -> Iterator[tuple[Line, int]]:
    alike: dict[tuple[Change, str, str, str], list[str]] = defaultdict(list)
    for its in changes:
        told = "; ".join(
            f"{part}{_some(len(names), len(its.tenants))}" for part, names in its.parts
        )
        some = _some(len(its.tenants), total)
        alike[its.change, its.kind, some, f": {told}" if told else ""].append(its.name)
    for (change, kind, some, told), names in alike.items():
        mark = CHANGE_MARKS[change]
        if len(names) >= _ALIKE:
            several = examples(sorted(names, key=natural))
            yield Line(mark, f"{counted(len(names), kind)}{some}{told} ({several})"), len(names)
        else:
            yield from ((Line(mark, f"{kind} {visible(its)}{some}{told}"), 1) for its in names)


def _some(tenants: int, of: int) -> str:
    return "" if tenants == of else f" ({counted(tenants, 'tenant')})"


def _changed(
    transitions: Iterable[Transition], shapes: Mapping[str, Shape], *, named: bool = True
) -> list[ChangedInTenants]:
    changes: dict[tuple[Change, str, str], list[tuple[ObjectChange, tuple[str, ...]]]]
    changes = defaultdict(list)
    for transition in transitions:
        for its in object_changes(transition, shapes):
            changes[its.change, its.kind, its.name].append((its, transition.tenants))
    together = cache(in_order)  # most objects change in the same transitions
    found = [
        ChangedInTenants(
            *what,
            together(*(names for _, names in its)),
            _in_tenants(its, together, named=named),
        )
        for what, its in changes.items()
    ]
    return sorted(found, key=lambda its: (-len(its.tenants), _ORDER.index(its.change)))


def _in_tenants(
    changes: Iterable[tuple[ObjectChange, tuple[str, ...]]],
    together: Callable[..., tuple[str, ...]],
    *,
    named: bool,
) -> tuple[tuple[Line, tuple[str, ...]], ...]:
    """What becomes of the parts, with the tenants; those of the same tenants are told together."""
    single: dict[Part | str, list[tuple[str, ...]]] = defaultdict(list)
    for changed, tenants in changes:
        if changed.told:
            single[changed.told].append(tenants)
        for part in changed.parts:
            for name in part.names or ("",):
                single[replace(part, names=(name,) if name else ())].append(tenants)
    alike: dict[tuple[str, ...], list[Part | str]] = defaultdict(list)
    for what, names in single.items():
        alike[together(*names)].append(what)
    told = [(_together([*_merged(parts, named=named)]), names) for names, parts in alike.items()]
    return tuple(sorted(told, key=lambda its: -len(its[1])))


def _together(lines: Sequence[Line]) -> Line:
    first, *others = lines
    return replace(first, text=", ".join((first.text, *map(str, others))))


def _merged(parts: Iterable[Part | str], *, named: bool) -> Iterator[Line]:
    """Parts of one kind and change as one."""
    alike: dict[Part, list[str]] = defaultdict(list)
    for part in parts:
        if isinstance(part, str):
            yield Line("", part)
        else:
            alike[replace(part, names=())] += part.names
    for one, names in alike.items():
        whole = replace(one, names=tuple(names))
        yield whole.named if named else whole.number
