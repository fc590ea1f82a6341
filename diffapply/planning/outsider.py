"""What depends on a tenant from outside, and how it is told."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from diffapply.model.affected import Touched
from diffapply.model.identifier import quoted
from diffapply.model.ignoring import NOTHING, Ignoring
from diffapply.model.listing import few_of, some_of
from diffapply.model.order import natural

_OUTSIDE = "something outside the tenant depends on what would change; diffapply does not touch it"
_UNSPOKEN = (
    "something that is left alone by {} depends on what would change: the desired state does not "
    "speak of it"
)
_IGNORED = "something that is ignored depends on what would change; diffapply leaves it alone"

_NAMED = 30
"""Outsiders that a reason names; the others are counted."""
_MORE = "and {} more"
_TENANT = "<tenant>"
_PARTITIONS = "partition:*"
_ROUTINE = re.compile(r"^(?:function|procedure)(?= )")


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
        return self._depends(self.name, quoted(self.tenant))

    @property
    def reason_of_each(self) -> str:
        """The same without the tenant's name: what is alike in several tenants reads alike."""
        name = self.name
        if self.scope == self.tenant:
            own = rf'(?<![\w$".]){re.escape(quoted(self.tenant))}\.'
            name = re.sub(own, f"{_TENANT}.", name)
        return self._depends(name, _TENANT)

    @property
    def note(self) -> str:
        """What happens to it if it follows, as a sentence."""
        return (
            f"{self.name} follows {_called(quoted(self.tenant), self.hangs_on)}, {self._becomes}: "
            "its table is locked, and its rows are checked again."
        )

    def unspoken(self, patterns: Collection[str]) -> bool:
        """Whether one of these patterns stands for its kind."""
        sort = _ROUTINE.sub("routine", self.name)
        return any(sort.startswith(f"{its.partition(':')[0]} ") for its in patterns)

    def _depends(self, name: str, schema: str) -> str:
        return f"{name} depends on {_called(schema, self.hangs_on)}, {self._becomes}"

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


def _called(schema: str, touched: Touched) -> str:
    name = f"{schema}.{quoted(touched.name)}"
    if touched.kind == "routine":
        return f"routine {name}({touched.part})"
    if touched.kind == "constraint":
        return f"constraint {quoted(touched.part)} of {name}"
    if touched.kind == "column":
        return f"column {name}.{quoted(touched.part)}"
    return f"{touched.sort} {name}"


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """What of tenants is outside of a plan.

    Attributes:
        usual: in most tenants.
        others: tenant → the same, where it is something else.
        unspoken: those of the patterns that stand for what the desired state does not speak of.
    """

    usual: Ignoring = NOTHING
    others: Mapping[str, Ignoring] = field(default_factory=dict)
    unspoken: Collection[str] = ()

    def of(self, tenant: str) -> Ignoring:
        """What is left alone in this one."""
        return self.others.get(tenant, self.usual)


def told_of_followers(followers: Iterable[Outsider]) -> tuple[str, ...]:
    """Notes on those that PostgreSQL changes together with what they depend on."""
    return few_of([its.note for its in followers], _NAMED, "{} more foreign keys follow.")


def reasons(
    holding: Mapping[str, Sequence[Outsider]],
    changing: Collection[str],
    left_alone: LeftAlone,
) -> tuple[str, ...]:
    """Why tenants are blocked, and what to do.

    Args:
        holding: tenant → the outsiders that hold it up.
        changing: tenants that the plan changes.
        left_alone: what of tenants is outside of the plan.
    """
    everyone = [its for name in sorted(holding, key=natural) for its in holding[name]]
    outside = [its for its in everyone if not its.ignored]
    unspoken = left_alone.unspoken
    undeclared = [its for its in everyone if its.ignored and its.unspoken(unspoken)]
    ignored = [its for its in everyone if its.ignored and not its.unspoken(unspoken)]
    partitions: list[Outsider] = []
    given = left_alone.of(next(iter(holding))).explicit
    if _PARTITIONS in unspoken and not {*given} - {*unspoken}:
        partitions, ignored = ignored, partitions
    passing = sorted({its.scope for its in outside}.intersection(changing), key=natural)
    advice = []
    if any(its.scope not in passing for its in outside):
        advice.append("drop it first and create it again afterwards, or change what it depends on")
    if passing:
        listed = ", ".join(few_of(passing, _NAMED, "{} more"))
        advice.append(f"the plan changes {listed} as well: apply it, then plan again")
    if undeclared or partitions:
        advice.append("declare it, so that the plan takes care of it, or drop it first")
    if ignored:
        advice.append("drop what is ignored first, or ignore it no longer")
    return (
        *_told(_OUTSIDE, outside),
        *_told(_UNSPOKEN.format('manage = "declared"'), undeclared),
        *_told(_UNSPOKEN.format("runtime-partitions"), partitions),
        *_told(_IGNORED, ignored),
        *advice,
    )


def _told(why: str, outsiders: Sequence[Outsider]) -> tuple[str, ...]:
    """A clause, then one for each of them; what is alike in several tenants is one."""
    alike: dict[str, list[Outsider]] = {}
    for its in outsiders:
        alike.setdefault(its.reason_of_each, []).append(its)
    told = [
        its[0].reason
        if len(its) == 1
        else f"{text} ({len(its):,} tenants: {some_of([one.tenant for one in its])})"
        for text, its in alike.items()
    ]
    return (why, *few_of(told, _NAMED, _MORE)) if told else ()
