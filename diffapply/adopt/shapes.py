"""The shapes of the live tenants."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from diffapply.adopt.neighbours import nearest
from diffapply.catalog.comparison import compare
from diffapply.ddl.kinds import KINDS
from diffapply.errors import ScratchError
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.order import natural
from diffapply.model.plan import Shape
from diffapply.model.survey import SurveyedShape
from diffapply.planning.goals.goals import Goals
from diffapply.planning.goals.settings_in_order import SETTINGS, in_order_as_now
from diffapply.planning.means import Means
from diffapply.rehearsal.meaning.wording import changed_expressions
from diffapply.tenants.shapes import Group, group_by_shape
from diffapply.values import Column
from diffapply.values.grammar import LITERAL, unquoted

_VALUE = re.compile(rf"{LITERAL}|(?<![\w.\"])\d+(?:\.\d+)?")


def surveyed_shapes(
    means: Means, tenants: Sequence[str], *, exact: bool = False
) -> tuple[SurveyedShape, ...]:
    """The shapes of tenants, that of the most tenants first, each beside its nearest before it.

    Tenants that differ only in texts of equal meaning have one shape, as drift tells none of them.

    Args:
        exact: tell these apart.

    Raises:
        DatabaseError: other sessions keep changing them while they are read.
    """
    read = group_by_shape(means.reader, tenants, means.progress)
    groups = _by_size(read if exact else _joined(means, _by_size(read)))
    found = []
    for group, neighbour in zip(groups, nearest([its.catalog for its in groups]), strict=True):
        shape = SurveyedShape(group.names, group.catalog)
        if neighbour is not None:
            other = groups[neighbour].catalog
            differences = compare(group.catalog, other)
            shape = replace(shape, nearest=other.fingerprint, differences=differences)
        found.append(shape)
    return tuple(found)


def _by_size(groups: Sequence[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (-len(group.names), natural(group.names[0])))


def _joined(means: Means, groups: Sequence[Group]) -> Sequence[Group]:
    """The groups; those of equal meaning are one, with the structure of the first.

    Without scratch nobody knows the meaning, and they stay apart.
    """
    similar: dict[frozenset[object], list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        similar[_firm(group.catalog)].append(number)
    pairs = [
        (one, other)
        for numbers in similar.values()
        for other, one in combinations(numbers, 2)
        if _differ_in_texts(Ends(groups[one].catalog, groups[other].catalog))
    ]
    if not pairs:
        return groups
    into: dict[int, int] = {}
    scope = means.reader.scope
    try:
        with means.stage.open({its.names[0]: its.catalog for its in groups}) as scene:
            goals = Goals(scene)
            for one, other in pairs:
                if one in into or other in into:
                    continue
                catalog = groups[one].catalog
                worded = goals.in_own_words(catalog, Shape(groups[other].catalog), scope)
                if worded.fingerprint == catalog.fingerprint:
                    into[one] = other
    except ScratchError:
        return groups
    names = {number: [*group.names] for number, group in enumerate(groups) if number not in into}
    for number, first in into.items():
        names[first] += groups[number].names
    return [
        replace(groups[number], names=tuple(sorted(its, key=natural)))
        for number, its in names.items()
    ]


def _firm(catalog: Catalog) -> frozenset[object]:
    """What is equal where the meaning is.

    So are the values in its texts. Tenants of which each has its own, such as its number in a
    check, may be many: too many to compare each with each.
    """
    return frozenset(
        (*fact.key, _values(fact.definition)) if _has_words(fact) else (*fact.key, fact.definition)
        for fact in catalog.facts.values()
    )


def _values(text: str) -> frozenset[str]:
    """The strings and numbers in a text, of whatever type."""
    return frozenset(unquoted(its) if "'" in its else its for its in _VALUE.findall(text))


def _has_words(fact: Fact) -> bool:
    """Whether its definition may say the same in other words, or in another order."""
    kind = KINDS[fact.kind]
    if fact.kind == "column":
        return Column.of(fact).generated is not None
    return kind.text.has_expressions or issubclass(kind.value, SETTINGS)


def _differ_in_texts(ends: Ends) -> bool:
    """Whether nothing but texts differs, and the order of settings."""
    ordered = Ends(ends.live, in_order_as_now(ends))
    texts = changed_expressions(ordered.live, ordered.goal)
    return all(key in texts for key in ordered.goal.facts if ordered.changes(key))
