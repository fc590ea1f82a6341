"""What the formats for people share: counts, examples, escaped names."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from diffapply.model.affected import Renewed
from diffapply.model.hazards import Hazard
from diffapply.model.listing import few_of, some_of
from diffapply.model.order import natural
from diffapply.model.own_name import shown
from diffapply.model.plan import Direction, Plan
from diffapply.model.run import Holding
from diffapply.model.undone import UndoneRun

EXAMPLES = 3
"""Tenants that are named; the others are counted."""

_MOST_RUNS = 3
"""Runs that a question names; more are counted."""

_KILO = 1024
"""As PostgreSQL counts."""

DIRECTIONS: dict[Direction, str] = {"forward": "Forward", "backward": "Back"}
"""The word before the goal of a plan."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that may begin with a mark, such as ``+``; empty: with none."""

    mark: str
    text: str

    def __str__(self) -> str:
        return f"{self.mark} {self.text}" if self.mark else self.text


def visible(text: str, keep: str = "") -> str:
    """The text with ``<tenant>`` for the stand-in, and escapes for characters that do not print.

    These are control characters, line breaks, escape sequences, direction marks and lone
    surrogates.

    Args:
        text: may contain hostile names.
        keep: characters that stay as they are.
    """
    text = shown(text)
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in keep else char.encode("unicode_escape").decode()
        for char in text
    )


def visible_block(text: str) -> str:
    """The same for SQL and definitions of several lines: line breaks and tabs stay."""
    return visible(text, keep="\n\t")


def terminated(sql: str) -> str:
    """The statement with a semicolon at the end."""
    sql = sql.rstrip()
    if "--" in sql.rpartition("\n")[2]:
        return f"{sql}\n;"  # on a new line: the last line may end with a comment
    return sql if sql.endswith(";") else f"{sql};"


def told(hazard: Hazard) -> str:
    """What a statement risks, and what repairs it afterwards."""
    if not hazard.remedy:
        return hazard.message
    word = "Renew" if hazard.kind == "stale" else "Afterwards"
    return f"{hazard.message}. {word}: {hazard.remedy}"


def short(fingerprint: str) -> str:
    """The beginning of a fingerprint, enough to tell shapes apart."""
    return fingerprint[:12]


def counted(number: int, noun: str) -> str:
    """Such as ``1 tenant`` or ``10,000 tenants``."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def by_number(kinds: Iterable[str]) -> str:
    """How many there are of each kind, such as ``12 tables, 1 view``."""
    return ", ".join(counted(number, kind) for kind, number in Counter(kinds).most_common())


def held(holding: Holding) -> str:
    """Such as ``user_7: 42 tables, 12,345 rows, 24 MB``."""
    rows = counted(holding.rows, "row")
    return (
        f"{visible(holding.name)}: {counted(holding.tables, 'table')}, "
        f"{'' if holding.exact else 'about '}{rows}, {size_of(holding.size)}"
    )


def size_of(number: int) -> str:
    """Bytes in the unit that people read, such as ``24 MB``."""
    size, unit = float(number), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < _KILO:
            break
        size, unit = size / _KILO, larger
    shown = f"{size:.1f}" if unit != "bytes" and size < _KILO / 100 else f"{size:,.0f}"
    return f"{shown} {unit}"


def plural(noun: str) -> str:
    """Such as ``tenants``, ``indexes`` or ``policies``."""
    if noun.endswith("y") and not noun.endswith("way"):
        return f"{noun.removesuffix('y')}ies"
    if noun.endswith(("s", "not null")):
        return noun
    return f"{noun}es" if noun.endswith("x") else f"{noun}s"


def in_order(*groups: Sequence[str]) -> tuple[str, ...]:
    """The names of all groups in natural order, each once."""
    return tuple(sorted({name for names in groups for name in names}, key=natural))


def examples(names: Sequence[str], limit: int = EXAMPLES) -> str:
    """The first few names, and the number of the others."""
    return some_of(names, limit, shown=visible)


def summary(plan: Plan) -> str:
    """One line: how many tenants need no change, change alike, differ from those, are blocked."""
    sizes = sorted((len(its.tenants) for its in plan.transitions if not its.blocked), reverse=True)
    alike, differ = sum(sizes[:1]), sum(sizes[1:])
    rest = [f"{len(plan.in_sync):,} in sync"]
    if plan.direction == "backward":
        rest = [f"{len(plan.in_sync):,} with nothing to take back"] if plan.in_sync else []
    told = [
        *rest,
        f"{alike:,} change{'s' if alike == 1 else ''} alike",
        f"{differ:,} differ{'s' if differ == 1 else ''}",
        f"{plan.blocked:,} blocked",
    ]
    if plan.unreadable:
        told.append(f"{len(plan.unreadable):,} unreadable")
    return f"{counted(plan.total, 'tenant')}: {', '.join(told)}"


def question(plan: Plan) -> str:
    """The question before a plan is applied: how many tenants, and which runs it undoes."""
    tenants = counted(plan.to_change, "tenant")
    if plan.direction == "forward":
        back = f", which takes back {_named(plan.takes_back)}" if plan.takes_back else ""
        return f"Apply to {tenants}{back}?"
    if not plan.undone:  # a plan file that an older version has saved
        return f"Go back to {visible(plan.desired)} in {tenants}?"
    return f"Take back {_named(plan.undone)} in {tenants}?"


def _named(runs: Sequence[UndoneRun]) -> str:
    """The newest first; of many, the earlier ones are counted."""
    names = [visible(run.named) for run in reversed(runs)]
    most = _MOST_RUNS + (len(names) == _MOST_RUNS + 1)
    *others, last = few_of(names, most, "{} earlier ones")
    return f"{', '.join(others)} and {last}" if others else last


def made_anew(anew: Sequence[Renewed]) -> str:
    """Says what is made anew and keeps its owner and grants; empty if nothing is."""
    if not anew:
        return ""
    named = ", ".join(f"{its.kind} {its.new}" for its in anew)
    return f"{named}; each tenant's own owner and grants are kept"
