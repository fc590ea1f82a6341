"""Finds outsiders: objects outside a tenant that depend on what a transition drops or changes.

For example a view for reports, a foreign key of a shared table, another tenant's default, or a
publication. PostgreSQL refuses to drop or change what they depend on, and diffapply does not change
them. So the plan reports them, before apply would fail.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache

from psycopg2.extensions import connection as Connection

from diffapply.catalog.ignored_queries import ignored_of, with_conditions
from diffapply.database.quoting import json_text
from diffapply.database.reading import rows
from diffapply.model.affected import Touched
from diffapply.model.ignoring import Ignoring
from diffapply.model.order import natural
from diffapply.model.plan import Transition
from diffapply.planning.outsider import LeftAlone, Outsider, reasons, told_of_followers
from diffapply.queries import query

_QUERY = query("planning", "outsiders").replace("{standing}", query("catalog", "standing"))


def without_held_up(
    live: Connection,
    made: Sequence[tuple[Transition, Sequence[Touched]]],
    changing: Collection[str],
    left_alone: LeftAlone,
) -> Iterator[Transition]:
    """The transitions without tenants that an outsider depends on, and blocked ones for these.

    Args:
        made: transitions, each with the objects that it drops or changes.
        changing: tenants that the plan changes.
        left_alone: what of tenants is outside of the plan.
    """
    asked = [(its, taken) for its, taken in made if taken and not its.blocked]
    found: dict[str, list[Outsider]] = defaultdict(list)
    # What counts as outside depends on what is managed: of tenants everything, of a template less.
    alike: dict[tuple[object, Ignoring], list[tuple[Transition, Sequence[Touched]]]]
    alike = defaultdict(list)
    for transition, taken in asked:
        ignoring = left_alone.of(transition.tenants[0])
        alike[transition.managed, ignoring].append((transition, taken))
    for (_, ignoring), pairs in alike.items():
        for outsider in _outsiders(live, pairs, ignoring):
            found[outsider.tenant].append(outsider)
    for transition, _ in made:
        here = [outsider for name in transition.tenants for outsider in found.get(name, ())]
        yield from _divided(transition, here, changing, left_alone) if here else (transition,)


def _divided(
    transition: Transition,
    outsiders: Iterable[Outsider],
    changing: Collection[str],
    left_alone: LeftAlone,
) -> Iterator[Transition]:
    holding: dict[str, list[Outsider]] = defaultdict(list)
    following: list[Outsider] = []
    for outsider in outsiders:
        if outsider.follows:
            following.append(outsider)
        else:
            holding[outsider.tenant].append(outsider)
    following = [its for its in following if its.tenant not in holding]
    notes = told_of_followers(following)
    free = tuple(name for name in transition.tenants if name not in holding)
    if free:
        yield replace(transition, tenants=free, notes=(*transition.notes, *notes))
    if holding:
        held_up = tuple(sorted(holding, key=natural))
        yield transition.blocked_for(held_up, reasons(holding, changing, left_alone))


def _outsiders(
    live: Connection,
    asked: Sequence[tuple[Transition, Sequence[Touched]]],
    ignoring: Ignoring,
) -> Iterable[Outsider]:
    """Those of transitions that manage the same."""
    managed = asked[0][0].managed
    taken = [(number, its) for number, (_, taken) in enumerate(asked) for its in taken]
    tenants = [(number, name) for number, (its, _) in enumerate(asked) for name in its.tenants]
    named: Mapping[str, object] = {
        "touched": json_text([asdict(its) | {"transition": number} for number, its in taken]),
        "tenants": [name for _, name in tenants],
        "transitions": [number for number, _ in tenants],
        "owners": None if managed is None else sorted(managed),
    }
    read = rows(live, _query(ignoring), named, [name for _, name in tenants])
    # What depends on a column also depends on a key or an index with that column: keep one.
    found: dict[tuple[str, str], Outsider] = {}
    for tenant, number, sort, identity, *more in read:
        _, touched = taken[number - 1]
        outsider = Outsider(f"{sort} {identity}", tenant, touched, *more)
        known = found.setdefault((tenant, outsider.name), outsider)
        if known.follows and not outsider.follows:
            found[tenant, outsider.name] = outsider
    return found.values()


@cache
def _query(ignoring: Ignoring) -> str:
    ignored = ignored_of(ignoring).replace("%", "%%")
    ignored = ignored.replace("$1", "array(select t.oid from tenant t)")
    return with_conditions(_QUERY).replace("{ignored}\n", ignored)
