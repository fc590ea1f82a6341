"""Finds outsiders: objects outside a tenant that depend on what a transition drops or changes.

For example a view for reports, a foreign key of a shared table, another tenant's default, or a
publication. PostgreSQL refuses to drop or change what they depend on, and diffapply does not change
them. So the plan reports them, before apply would fail.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from types import MappingProxyType

from psycopg2.extensions import connection as Connection

from diffapply.catalog.ignored_queries import ignored_of, with_conditions
from diffapply.database.quoting import json_text
from diffapply.database.reading import rows
from diffapply.model.affected import Touched
from diffapply.model.identifier import quoted
from diffapply.model.ignoring import NOTHING, Ignoring
from diffapply.model.listing import few_of
from diffapply.model.order import natural
from diffapply.model.plan import Transition
from diffapply.queries import query

_QUERY = query("planning", "outsiders").replace("{standing}", query("catalog", "standing"))
_OUTSIDE = "something outside the tenant depends on what would change; diffapply does not touch it"
_IGNORED = "something that is ignored depends on what would change; diffapply leaves it alone"

_NAMED = 30
"""Outsiders that a reason names; the others are counted."""

_MORE = "and {} more"


@dataclass(frozen=True, slots=True)
class Outsider:
    """Something outside a tenant that depends on an object of the tenant.

    Attributes:
        name: what it is, such as ``view reporting.totals``.
        tenant: the tenant.
        hangs_on: the object.
        scope: the schema that the outsider is in; empty if it is in none.
        follows: whether PostgreSQL changes it together with the object.
        ignored: whether it is in the tenant, and left alone because a pattern says so.
    """

    name: str
    tenant: str
    hangs_on: Touched
    scope: str
    follows: bool
    ignored: bool = False

    @property
    def reason(self) -> str:
        """Why it blocks the tenant, as a clause."""
        return f"{self.name} depends on {_called(self.tenant, self.hangs_on)}, {self._becomes}"

    @property
    def note(self) -> str:
        """What happens to it if it follows, as a sentence."""
        return (
            f"{self.name} follows {_called(self.tenant, self.hangs_on)}, {self._becomes}: its "
            "table is locked, and its rows are checked again."
        )

    @property
    def _becomes(self) -> str:
        touched = self.hangs_on
        if touched.change == "retyped":
            if touched.kind == "column":
                return f"which changes its type to {touched.sort}"
            return "whose attributes change"
        return {
            "dropped": "which is dropped",
            "anew": "which is made anew",
            "rewritten": "whose rows are rewritten",
        }[touched.change]


def _called(tenant: str, touched: Touched) -> str:
    name = f"{quoted(tenant)}.{quoted(touched.name)}"
    if touched.kind == "routine":
        return f"routine {name}({touched.part})"
    if touched.kind == "constraint":
        return f"constraint {quoted(touched.part)} of {name}"
    if touched.kind == "column":
        return f"column {name}.{quoted(touched.part)}"
    return f"{touched.sort} {name}"


def without_held_up(
    live: Connection,
    made: Sequence[tuple[Transition, Sequence[Touched]]],
    changing: Collection[str] = (),
    ignoring: Ignoring = NOTHING,
    ignoring_in: Mapping[str, Ignoring] = MappingProxyType({}),
) -> Iterator[Transition]:
    """The transitions without tenants that an outsider depends on, and blocked ones for these.

    Args:
        made: transitions, each with the objects that it drops or changes.
        changing: tenants that the plan changes.
        ignoring: what of a tenant is left alone, and so outside of the plan.
        ignoring_in: tenant → the same, where it is another than in most.
    """
    asked = [(its, taken) for its, taken in made if taken and not its.blocked]
    found: dict[str, list[Outsider]] = defaultdict(list)
    # What counts as outside depends on what is managed: of tenants everything, of a template less.
    alike: dict[tuple[object, Ignoring], list[tuple[Transition, Sequence[Touched]]]]
    alike = defaultdict(list)
    for transition, taken in asked:
        alike[transition.managed, ignoring_in.get(transition.tenants[0], ignoring)].append(
            (transition, taken)
        )
    for (_, left_alone), pairs in alike.items():
        for outsider in _outsiders(live, pairs, left_alone):
            found[outsider.tenant].append(outsider)
    for transition, _ in made:
        here = [outsider for name in transition.tenants for outsider in found.get(name, ())]
        yield from _divided(transition, here, changing) if here else (transition,)


def _divided(
    transition: Transition, outsiders: Iterable[Outsider], changing: Collection[str]
) -> Iterator[Transition]:
    holding: dict[str, list[Outsider]] = defaultdict(list)
    following: list[Outsider] = []
    for outsider in outsiders:
        if outsider.follows:
            following.append(outsider)
        else:
            holding[outsider.tenant].append(outsider)
    following = [its for its in following if its.tenant not in holding]
    notes = few_of([its.note for its in following], _NAMED, "{} more foreign keys follow.")
    free = tuple(name for name in transition.tenants if name not in holding)
    if free:
        yield replace(transition, tenants=free, notes=(*transition.notes, *notes))
    if holding:
        held_up = tuple(sorted(holding, key=natural))
        yield transition.blocked_for(held_up, _reasons(holding, changing))


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


def _reasons(
    holding: Mapping[str, Sequence[Outsider]], changing: Collection[str]
) -> tuple[str, ...]:
    everyone = [its for name in sorted(holding, key=natural) for its in holding[name]]
    outsiders = [its for its in everyone if not its.ignored]
    ignored = [its.reason for its in everyone if its.ignored]
    passing = sorted({its.scope for its in outsiders}.intersection(changing), key=natural)
    advice = []
    if any(its.scope not in passing for its in outsiders):
        advice.append("drop it first and create it again afterwards, or change what it depends on")
    if passing:
        listed = ", ".join(few_of(passing, _NAMED, "{} more"))
        advice.append(f"the plan changes {listed} as well: apply it, then plan again")
    if ignored:
        advice.append("drop what is ignored first, or ignore it no longer")
    return (
        *(
            (_OUTSIDE, *few_of([its.reason for its in outsiders], _NAMED, _MORE))
            if outsiders
            else ()
        ),
        *((_IGNORED, *few_of(ignored, _NAMED, _MORE)) if ignored else ()),
        *advice,
    )
