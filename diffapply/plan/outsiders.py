"""Whoever outside of a tenant hangs on what a transition takes from it, and so holds it up.

A view in a schema of reports, a foreign key of a shared table, another tenant's default, a
publication: PostgreSQL refuses to drop or to retype what they hang on, and they are not ours to
change. Better the plan says so than apply.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral
from diffapply.ddl.lookup import quoted
from diffapply.model.order import natural
from diffapply.model.plan import Touched, Transition
from diffapply.queries import query

_QUERY = query("plan", "outsiders")

_NAMED = 30
"""Who is named; of all others only how many they are."""


@dataclass(frozen=True, slots=True)
class Outsider:
    """Something that hangs on an object of a tenant.

    Attributes:
        name: what it is, such as ``view reporting.totals``.
        tenant: whose the object is.
        hangs_on: the object.
        scope: the schema that it is in; empty if it is in none.
        follows: whether PostgreSQL changes it along.
    """

    name: str
    tenant: str
    hangs_on: Touched
    scope: str
    follows: bool

    @property
    def reason(self) -> str:
        """Why it holds the tenant up, as a clause."""
        return f"{self.name} depends on {_called(self.tenant, self.hangs_on)}, {self._becomes}"

    @property
    def note(self) -> str:
        """What it means that it follows, as a sentence."""
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
) -> tuple[Transition, ...]:
    """The transition; apart from it, blocked, that of the tenants whom somebody outside holds up.

    Args:
        transition: proved.
        taken: what it takes from those who may hang on it.
        changing: tenants that the plan changes.
    """
    if not taken or transition.blocked:
        return (transition,)
    holding: dict[str, list[Outsider]] = defaultdict(list)
    following: list[Outsider] = []
    for outsider in _outsiders(live, transition, taken):
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
    live: Connection, transition: Transition, taken: Sequence[Touched]
) -> Iterable[Outsider]:
    named: Mapping[str, object] = {
        "touched": json.dumps([asdict(its) for its in taken]),
        "tenants": list(transition.tenants),
        "owners": None if transition.managed is None else sorted(transition.managed),
    }
    with neutral(live, read_only=True) as cursor:
        cursor.execute(_QUERY, named)
        rows = cursor.fetchall()
    # Who hangs on a column also hangs on a key or an index that it is in.
    found: dict[tuple[str, str], Outsider] = {}
    for tenant, number, sort, identity, scope, follows in rows:
        outsider = Outsider(f"{sort} {identity}", tenant, taken[number - 1], scope, follows)
        known = found.setdefault((tenant, outsider.name), outsider)
        if known.follows and not follows:
            found[tenant, outsider.name] = outsider
    return found.values()


def _reasons(
    holding: Mapping[str, Sequence[Outsider]], changing: Collection[str]
) -> tuple[str, ...]:
    outsiders = [its for name in sorted(holding, key=natural) for its in holding[name]]
    passing = sorted({its.scope for its in outsiders}.intersection(changing), key=natural)
    advice = []
    if any(its.scope not in passing for its in outsiders):
        advice.append("drop it before and make it anew afterwards, or change what it depends on")
    if passing:
        listed = ", ".join(_few(passing, "{} more"))
        advice.append(f"the plan changes {listed} as well: apply it, then plan again")
    return (
        "what is outside of a tenant is not touched, and keeps it from being changed",
        *_few([its.reason for its in outsiders], "and {} more"),
        *advice,
    )


def _few(texts: Sequence[str], more: str) -> list[str]:
    rest = len(texts) - _NAMED
    return [*texts[:_NAMED], *([more.format(f"{rest:,}")] if rest > 0 else [])]
