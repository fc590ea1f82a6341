"""Finds outsiders: objects outside a tenant that depend on what a transition drops or changes.

For example a view for reports, a foreign key of a shared table, another tenant's default, or a
publication. PostgreSQL refuses to drop or change what they depend on, and diffapply does not change
them. So the plan reports them, before apply would fail.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache

from psycopg2.extensions import connection as Connection

from diffapply.catalog.ignored_queries import ignored_of, with_conditions
from diffapply.database.transaction import neutral
from diffapply.ddl.lookup import quoted
from diffapply.model.affected import Touched
from diffapply.model.ignoring import NOTHING, Ignoring
from diffapply.model.order import natural
from diffapply.model.plan import Transition
from diffapply.queries import query

_QUERY = query("planning", "outsiders")
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
        its = self.hangs_on
        if its.change == "retyped":
            if its.kind == "column":
                return f"which changes its type to {its.sort}"
            return "whose attributes change"
        return {
            "dropped": "which is dropped",
            "anew": "which is made anew",
            "rewritten": "whose rows are rewritten",
        }[its.change]


def _called(tenant: str, its: Touched) -> str:
    name = f"{quoted(tenant)}.{quoted(its.name)}"
    if its.kind == "routine":
        return f"routine {name}({its.part})"
    if its.kind == "constraint":
        return f"constraint {quoted(its.part)} of {name}"
    if its.kind == "column":
        return f"column {name}.{quoted(its.part)}"
    return f"{its.sort} {name}"


def without_held_up(
    live: Connection,
    transition: Transition,
    taken: Sequence[Touched],
    changing: Collection[str] = (),
    ignoring: Ignoring = NOTHING,
) -> tuple[Transition, ...]:
    """The transition without tenants that an outsider depends on, and a blocked one for these.

    Args:
        transition: proved.
        taken: the objects that it drops or changes.
        changing: tenants that the plan changes.
        ignoring: what of a tenant is left alone, and so outside of the plan.
    """
    if not taken or transition.blocked:
        return (transition,)
    holding: dict[str, list[Outsider]] = defaultdict(list)
    following: list[Outsider] = []
    for outsider in _outsiders(live, transition, taken, ignoring):
        if outsider.follows:
            following.append(outsider)
        else:
            holding[outsider.tenant].append(outsider)
    following = [its for its in following if its.tenant not in holding]
    notes = tuple(_few([its.note for its in following], "{} more foreign keys follow."))
    free = tuple(name for name in transition.tenants if name not in holding)
    going = replace(transition, tenants=free, notes=(*transition.notes, *notes))
    if not holding:
        return (going,)
    held = replace(
        transition,
        tenants=tuple(sorted(holding, key=natural)),
        statements=(),
        anew=(),
        blocked=_reasons(holding, changing),
    )
    return (going, held) if free else (held,)


def _outsiders(
    live: Connection, transition: Transition, taken: Sequence[Touched], ignoring: Ignoring
) -> Iterable[Outsider]:
    named: Mapping[str, object] = {
        "touched": json.dumps([asdict(its) for its in taken]),
        "tenants": list(transition.tenants),
        "owners": None if transition.managed is None else sorted(transition.managed),
    }
    with neutral(live, read_only=True) as cursor:
        cursor.execute(_query(ignoring), named)
        rows = cursor.fetchall()
    # What depends on a column also depends on a key or an index with that column: keep one.
    found: dict[tuple[str, str], Outsider] = {}
    for tenant, number, sort, identity, *more in rows:
        outsider = Outsider(f"{sort} {identity}", tenant, taken[number - 1], *more)
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
        listed = ", ".join(_few(passing, "{} more"))
        advice.append(f"the plan changes {listed} as well: apply it, then plan again")
    if ignored:
        advice.append("drop what is ignored first, or ignore it no longer")
    return (
        *((_OUTSIDE, *_few([its.reason for its in outsiders], _MORE)) if outsiders else ()),
        *((_IGNORED, *_few(ignored, _MORE)) if ignored else ()),
        *advice,
    )


def _few(texts: Sequence[str], more: str) -> list[str]:
    rest = len(texts) - _NAMED
    return [*texts[:_NAMED], *([more.format(f"{rest:,}")] if rest > 0 else [])]
