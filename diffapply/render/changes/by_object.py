"""What a transition changes, object by object: a table with all its parts is one line."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from diffapply.ddl.kinds import KINDS
from diffapply.model.catalog import Catalog, Change, Difference, Fact
from diffapply.model.plan import Plan, Shape, Transition
from diffapply.render.changes.listed import listed_changes, renamed_labels
from diffapply.render.changes.renamed import told_renamed
from diffapply.render.words.wording import Line, counted, plural, visible

CHANGE_MARKS: Mapping[Change, str] = {"missing": "+", "changed": "~", "extra": "-"}
"""The mark of what is added, changed or dropped."""

_COUNTED = tuple(kind.name for kind in KINDS.values() if kind.is_part)
"""The parts of a new or dropped object that are told."""
_STATE = " state"
"""What ends the kind of a state, such as that of a trigger, which is switched off by it."""
_MOST_NAMES = 3
"""Parts of one kind that are named; more are counted."""

_Differing = tuple[Difference, Fact]
"""What differs in an object, and its fact."""


@dataclass(frozen=True, slots=True)
class Part:
    """Parts of an object of one kind, with one change.

    Attributes:
        names: within the object.
        of: whether the names are those of columns that have it.
    """

    change: Change
    kind: str
    names: tuple[str, ...]
    of: bool

    @property
    def named(self) -> Line:
        """Such as ``+ columns a, b``; with more names, as `number`."""
        if not 0 < len(self.names) <= _MOST_NAMES:
            return self.number
        noun = self.kind if self.of or len(self.names) == 1 else plural(self.kind)
        names = ", ".join(map(visible, self.names))
        if self.kind.endswith(_STATE):
            return Line("~", f"state of {self.kind.removesuffix(_STATE)} {names}")
        return Line(CHANGE_MARKS[self.change], f"{noun} {'of ' if self.of else ''}{names}")

    @property
    def number(self) -> Line:
        """Such as ``+ 2 columns``."""
        return Line(CHANGE_MARKS[self.change], counted(max(len(self.names), 1), self.kind))


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """What becomes of one object.

    Attributes:
        kind: such as ``table``.
        has: kind of part → number of them, if the object is added or dropped.
        parts: what becomes of its parts, if it is changed.
        was: its old name, if it is renamed.
    """

    change: Change
    kind: str
    name: str
    has: tuple[tuple[str, int], ...] = ()
    parts: tuple[Part, ...] = ()
    was: str = ""

    @property
    def told(self) -> str:
        """What it consists of, if it is added or dropped; or its old name, if it is renamed."""
        if self.change != "changed":
            return ", ".join(counted(number, kind) for kind, number in self.has)
        return f"renamed from {visible(self.was)}" if self.was else ""


def object_changes(transition: Transition, shapes: Mapping[str, Shape]) -> list[ObjectChange]:
    """What a transition adds, changes and drops: in this order, and in that of the kinds.

    Args:
        shapes: those of the plan; without its shapes, a transition names what differs alone.
    """
    source, goal = (
        shapes[its].catalog if its in shapes else Catalog({})
        for its in (transition.source, transition.goal)
    )
    told = told_renamed(transition, source, goal)
    found: dict[tuple[str, str], list[_Differing]] = defaultdict(list)
    for difference in told.differences:
        fact = _fact(difference, goal, told.source)
        found[_object(fact, told.source, goal)].append((difference, fact))
    labels = renamed_labels(transition.statements)
    between = _Transition(told.source, goal, told.old_names, labels)
    changes = [between.change(kind, name, its) for (kind, name), its in found.items()]
    return sorted(changes, key=lambda its: [*CHANGE_MARKS].index(its.change))


def totals(plan: Plan) -> str:
    """How many objects the plan adds, changes and drops in tenants; empty if none."""
    changes = {
        (its.change, its.kind, its.name)
        for transition in plan.transitions
        if not transition.blocked
        for its in object_changes(transition, plan.shapes)
    }
    found = Counter(change for change, *_ in changes)
    verbs: Mapping[Change, str] = {"missing": "add", "changed": "change", "extra": "drop"}
    return ", ".join(
        f"{found[change]:,} to {verb}" for change, verb in verbs.items() if found[change]
    )


def _fact(difference: Difference, *catalogs: Catalog) -> Fact:
    key = difference.kind, difference.name
    found = next((its.facts[key] for its in catalogs if key in its.facts), None)
    return found or Fact(*key, object=difference.name, definition="")


def _object(fact: Fact, *catalogs: Catalog) -> tuple[str, str]:
    """Kind and name of the object that it belongs to."""
    for kind in (fact.kind, *KINDS):
        if KINDS[kind].owns_facts and any((kind, fact.object) in its.facts for its in catalogs):
            return kind, fact.object
    return fact.kind, fact.name


@dataclass(frozen=True, slots=True)
class _Transition:
    """What the objects of a transition are, before and afterwards.

    Attributes:
        source: under the new names.
        old_names: of what is renamed.
        old_labels: new label of an enum → the old one.
    """

    source: Catalog
    goal: Catalog
    old_names: Mapping[Difference, str]
    old_labels: Mapping[str, str]

    def change(self, kind: str, name: str, differences: Sequence[_Differing]) -> ObjectChange:
        """What becomes of an object, by what differs in it and its parts."""
        own = [its for its, _ in differences if (its.kind, its.name) == (kind, name)]
        was = ""
        for difference in own:
            was = self.old_names.get(difference, "")
            if difference.change != "changed" and not was:
                return ObjectChange(difference.change, kind, name, self._has(difference))
        return ObjectChange(
            "changed", kind, name, parts=self._parts(kind, name, differences), was=was
        )

    def _has(self, difference: Difference) -> tuple[tuple[str, int], ...]:
        """The parts of an object that comes or goes."""
        catalog = self.goal if difference.change == "missing" else self.source
        numbers = ((part, len(catalog.parts(part, difference.name))) for part in _COUNTED)
        return tuple((part, number) for part, number in numbers if number)

    def _parts(self, kind: str, name: str, differences: Sequence[_Differing]) -> tuple[Part, ...]:
        parts: dict[tuple[Change, str, bool], list[str]] = defaultdict(list)
        for difference, fact in differences:
            if fact.kind == kind:
                for change, part, own in listed_changes(difference, self.old_labels):
                    parts[change, part, False].append(own)
            else:
                of = any(its == "column" for its, _ in KINDS[fact.kind].goes_with(fact))
                own, change = fact.part if fact.part != name else "", difference.change
                if old_name := self.old_names.get(difference):
                    own, change = f"{old_name} → {own}", "changed"
                parts[change, fact.kind, of].append(own)
        return tuple(
            Part(change, part, tuple(filter(None, names)), of)
            for (change, part, of), names in parts.items()
        )
