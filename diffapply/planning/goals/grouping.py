"""Tenants of one shape and one goal, as groups."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from diffapply.model.catalog import Catalog
from diffapply.model.ignoring import Ignoring
from diffapply.model.plan import Shape
from diffapply.model.scope import Scope
from diffapply.planning.goals.goals import Goals
from diffapply.planning.means import Means
from diffapply.tenants.shapes import Group, group_by_shape


def groups_of(means: Means, names: Sequence[str], ignoring: Mapping[str, Ignoring]) -> list[Group]:
    """Tenants of one shape, largest group first; those are read together that ignore the same.

    Args:
        ignoring: tenant → what is left alone in it, where that is not what is in most.
    """
    usual = means.reader.scope.ignoring
    alike: dict[Ignoring, list[str]] = {usual: []}
    for name in names:
        alike.setdefault(ignoring.get(name, usual), []).append(name)
    found = [
        group
        for its, read in alike.items()
        if read or its is usual
        for group in group_by_shape(means.leaving(its), read, means.progress)
    ]
    return sorted(found, key=lambda group: -len(group.names))


def standing(groups: Iterable[Group], originals: Mapping[str, Catalog]) -> dict[str, Catalog]:
    """One tenant of each shape, and the templates, with their catalogs."""
    return {group.names[0]: group.catalog for group in groups} | dict(originals)


def by_goal(group: Group, goal: Shape, goals: Goals, scope: Scope) -> Iterator[tuple[Group, Shape]]:
    """Split a group by the goal as it reads in each tenant; usually it is the same in all."""
    own = {name: goals.in_tenant(name, goal, scope) for name in group.names}
    for part in split(group, lambda name: own[name].fingerprint):
        yield part, own[part.names[0]]


def split(group: Group, key: Callable[[str], Hashable]) -> list[Group]:
    """Split a group into groups with equal keys."""
    alike: dict[Hashable, list[str]] = defaultdict(list)
    for name in group.names:
        alike[key(name)].append(name)
    return [replace(group, names=tuple(names)) for names in alike.values()]
