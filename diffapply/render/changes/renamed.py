"""What a transition renames, and what else it changes.

Differences say that one thing went with all its parts, another came, and whatever names it
changed. So the source is told under the new names, and compared once more.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from diffapply.catalog.comparison import compare
from diffapply.ddl.kinds import KINDS
from diffapply.model.catalog import Catalog, Difference, Ends, Fact, FactKey
from diffapply.model.identifier import is_plain
from diffapply.model.plan import Transition
from diffapply.values.grammar import IDENTIFIER, LITERAL, words

_NAME = r'((?:"(?:[^"]|"")+"|[^\W\d][\w$]*)(?:\s*\([^()]*\))?)'
_RENAME = re.compile(
    rf"\bALTER\s+(?:(?:TRIGGER|POLICY|RULE)\s+{_NAME}\s+ON\s+|[a-z ]+?\s+(?:ONLY\s+)?)"
    rf"{_NAME}\s+RENAME\s+"
    rf"(?:(?:COLUMN|CONSTRAINT|ATTRIBUTE)\s+{_NAME}\s+)?TO\s+{_NAME}",
    re.IGNORECASE,
)
_WORD = re.compile(f"{LITERAL}|{IDENTIFIER}")


@dataclass(frozen=True, slots=True)
class Told:
    """The differences of a transition, apart from what renames change.

    Attributes:
        old_names: those that are renames → the old name, within its object.
        source: where it begins, under the new names.
    """

    differences: Sequence[Difference]
    old_names: Mapping[Difference, str]
    source: Catalog


def told_renamed(transition: Transition, source: Catalog, goal: Catalog) -> Told:
    """The differences of a transition, and what it renames."""
    found = tuple(_found(transition))
    if not found or not source.facts:
        return Told(transition.differences, {}, source)
    said = frozenset(word for its in transition.statements for word in _words(its.sql))
    under = _NewNames(source, goal, found, said)
    moved = [(fact, under.fact(fact)) for fact in source.facts.values()]
    named = {
        Difference(new.kind, new.name, "missing", new.definition, None): old.part
        for old, new in moved
        if _is_renamed(old, new) and new.key in goal.facts
    }
    begun = Catalog.of(new for _, new in moved)
    told = {(its.kind, its.name) for its in named}
    told |= _reworded(transition, Ends(source, goal))
    rest = (its for its in compare(begun, goal) if (its.kind, its.name) not in told)
    return Told((*named, *rest), named, begun)


def _reworded(transition: Transition, ends: Ends) -> set[FactKey]:
    """What differs in its words alone, so that it is no difference."""
    changed = {(its.kind, its.name) for its in transition.differences}
    return {key for key in ends.goal.facts if ends.changes(key) and key not in changed}


def _words(text: str) -> frozenset[str]:
    """All that could be a name in a statement, in whatever letters."""
    return words(text) | words(text.lower())


def _found(transition: Transition) -> Iterator[tuple[str, str, str]]:
    """What statements rename: the object that it is in, or nothing; the old name, the new one.

    Where names change places, one of them steps aside before.
    """
    first: dict[tuple[str, str], str] = {}
    for statement in transition.statements:
        for own, whole, part, new in _RENAME.findall(statement.sql):
            within = _as_in_facts(whole if own or part else "")
            old = _as_in_facts(own or part or whole)
            first[within, _as_in_facts(new)] = first.pop((within, old), old)
    for (within, new), old in first.items():
        yield within, old, new


def _as_in_facts(name: str) -> str:
    """The name without quotes that it does not need."""
    bare = name.strip('"')
    return bare if is_plain(bare) else name


def _is_renamed(old: Fact, new: Fact) -> bool:
    """Whether it is shown as renamed: an object, or a part by its name within it."""
    if old.name == old.object:
        return old.name != new.name and "(" not in old.name
    return KINDS[old.kind].is_part and old.part != new.part


@dataclass(frozen=True)
class _NewNames:
    """The new names of what is renamed.

    Attributes:
        found: as `_found` tells it.
        said: all words of the statements.
    """

    source: Catalog
    goal: Catalog
    found: Sequence[tuple[str, str, str]]
    said: frozenset[str]

    @cached_property
    def wholes(self) -> Mapping[str, str]:
        """Old name → new one, of what is not within another object."""
        gone, come = (
            {fact.name for key, fact in one.facts.items() if key not in other.facts}
            for one, other in ((self.source, self.goal), (self.goal, self.source))
        )
        return {
            old: new for whole, old, new in self.found if not whole and old in gone and new in come
        }

    @cached_property
    def parts(self) -> Mapping[str, Mapping[str, str]]:
        """Object, by its new name → old name of a part → the new one."""
        names: dict[str, dict[str, str]] = {}
        for whole, old, new in self.found:
            if whole:
                names.setdefault(self.wholes.get(whole, whole), {})[old] = new
        return names

    def fact(self, fact: Fact) -> Fact:
        """A fact under the new names."""
        whole = self.wholes.get(fact.object, fact.object)
        if fact.name == fact.object:
            name = whole = self._own_name(fact)
        elif fact.follows_object:
            name = self._name_within(fact, whole)
        else:
            name = self.wholes.get(fact.name) or self._name_beside(fact, whole)
        moved = replace(fact, name=name, object=whole)
        wanted = self.goal.facts.get(moved.key)
        if wanted is None or wanted.definition == fact.definition:
            return moved
        names = {**self.wholes, **self.parts.get(whole, {})}
        told = self._told(fact.definition, names)
        follows = told == wanted.definition or not words(moved.part) & self.said
        return replace(moved, definition=wanted.definition) if follows else moved

    def _own_name(self, fact: Fact) -> str:
        """Its name, which names types where it is that of a routine."""
        if fact.key in self.goal.facts:
            return fact.name
        return self.wholes.get(fact.name) or self._told(fact.name, self.wholes)

    def _name_within(self, fact: Fact, whole: str) -> str:
        apart = fact.name[len(fact.object)]
        new = self.parts.get(whole, {}).get(fact.part)
        if new and (fact.kind, f"{whole}{apart}{new}") in self.goal.facts:
            return f"{whole}{apart}{new}"
        return f"{whole}{apart}{fact.part}"

    def _name_beside(self, fact: Fact, whole: str) -> str:
        """The name of what says what it is about, as a comment does."""
        told = self._told(fact.name, {**self.wholes, **self.parts.get(whole, {})})
        if (fact.kind, told) in self.goal.facts:
            return told
        return self._told(fact.name, self.wholes)

    def _told(self, text: str, names: Mapping[str, str]) -> str:
        return _WORD.sub(lambda found: names.get(found[0], found[0]), text)
