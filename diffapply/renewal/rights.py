"""Owners and grants that the desired state states, and those that it does not.

It states an object's owner if that is not the role that built it, and its grants if they are not
the default grants of that role. What it does not state, each tenant keeps.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from diffapply.catalog.owned import class_of
from diffapply.model.affected import Renewed
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.model.rename import Rename, RenameKind
from diffapply.renewal.namesakes import namesakes
from diffapply.scratch.defaults import BUILT_IN, Given, Grant
from diffapply.values import Granted, Identity, Privileges
from diffapply.values.grammar import before

_CLASSES = {
    **dict.fromkeys(("TABLE", "VIEW", "MATERIALIZED", "FOREIGN"), "relation"),
    "SEQUENCE": "sequence",
    **dict.fromkeys(("TYPE", "DOMAIN"), "type"),
    **dict.fromkeys(("FUNCTION", "PROCEDURE", "AGGREGATE"), "routine"),
}
"""First word of a fact's name → the class of its object; see `owned.sql`."""

_RENAMED: Mapping[RenameKind, str] = {
    **dict.fromkeys(("table", "view", "materialized view"), "relation"),
    **dict.fromkeys(("enum", "composite type", "domain"), "type"),
    "sequence": "sequence",
}
"""Kind of rename → the class of its object."""

_WORDS = {"relation": "TABLE", "sequence": "SEQUENCE", "routine": "FUNCTION", "type": "TYPE"}
"""The word for a class in GRANT."""

_PRIVILEGES = ("privilege", "column privilege")

Thing = tuple[str, str]
"""Class and name of an object."""


@dataclass(frozen=True)
class _Rights:
    """Owners and grants in a catalog, object by object.

    Attributes:
        things: all objects with an owner or grants.
        owners: the fact with the owner; a sequence that a column owns has none.
        grants: the facts with the grants.
        defaults: default privileges for new objects.
        routines: name → definition.
    """

    things: frozenset[Thing]
    owners: Mapping[Thing, Fact]
    grants: Mapping[Thing, Sequence[Fact]]
    defaults: Sequence[Fact]
    routines: Mapping[str, str]

    @classmethod
    def of(cls, catalog: Catalog) -> "_Rights":
        things, owners, defaults = set(), {}, []
        grants: dict[Thing, list[Fact]] = {}
        for fact in catalog.facts.values():
            if fact.kind == "owner":
                owners[_thing(fact)] = fact
            elif fact.kind in _PRIVILEGES:
                grants.setdefault(_thing(fact), []).append(fact)
            elif fact.kind == "default privilege":
                defaults.append(fact)
            elif fact.kind == "sequence":
                things.add(("sequence", fact.name))
            elif fact.kind == "identity":
                things.add(("sequence", Identity.of(fact).sequence))
        routines = {fact.name: fact.definition for fact in catalog.by_kind.get("routine", ())}
        return cls(frozenset({*things, *owners, *grants}), owners, grants, defaults, routines)


@dataclass(frozen=True)
class Builder:
    """The role that builds in scratch.

    Attributes:
        name: quoted.
        gives: its default grants.
    """

    name: str
    gives: Given = field(default_factory=lambda: BUILT_IN)

    def grants(self, thing_class: str) -> frozenset[Grant]:
        """Its default grants on objects of a class."""
        return next(its for (named, _), its in self.gives.items() if named == thing_class)


def as_spoken(ends: Ends, builder: Builder, renames: Sequence[Rename] = ()) -> Catalog:
    """The goal for tenants of one shape; what it does not state, they keep.

    Args:
        builder: the role that built the goal.
        renames: renames on the way to the goal; they give an object's name in the tenants.
    """
    if not ends.goal.has_privileges:
        return ends.goal
    says, had = _Rights.of(ends.goal), _Rights.of(ends.live)
    facts = dict(ends.goal.facts)
    defaults = [] if says.defaults else had.defaults
    facts |= {fact.key: fact for fact in defaults}
    for thing in says.things:
        was = _formerly(thing, renames, says, had)
        owner, former = says.owners.get(thing), had.owners.get(was)
        if owner and former and owner.definition == builder.name:
            owner = replace(owner, definition=former.definition)
            facts[owner.key] = owner
        own = says.grants.get(thing, ())
        if {_grant(fact) for fact in own} != builder.grants(thing[0]):
            continue
        for fact in own:
            del facts[fact.key]
        if was in had.things:
            kept = _renamed(had.grants.get(was, ()), thing, ends.goal, renames)
            if owner and former and owner.definition != former.definition:
                kept = _owned_by(kept, owner.definition)
        else:
            kept = _by_default(thing, own, defaults, builder.name)
        facts |= {fact.key: fact for fact in kept}
    return Catalog(facts)


def with_what_is_stated(
    anew: Iterable[Renewed], source: Catalog, goal: Catalog
) -> tuple[Renewed, ...]:
    """The objects made anew, with what the goal states differently from the source."""
    if not goal.has_privileges:
        return tuple(anew)
    had, says = _Rights.of(source), _Rights.of(goal)

    def stated(renewed: Renewed) -> Iterator[str]:
        old, new = (
            (class_of(renewed.kind), name)
            if renewed.kind != "column"
            else ("relation", before(name, "."))
            for name in (renewed.old, renewed.new)
        )
        owners = [rights.owners.get(at) for rights, at in ((had, old), (says, new))]
        if (owners[0] and owners[0].definition) != (owners[1] and owners[1].definition):
            yield "owner"
        kept = {fact.key: fact for fact in _renamed(had.grants.get(old, ()), new, goal, ())}
        if {k: f.definition for k, f in kept.items()} != {
            fact.key: fact.definition for fact in says.grants.get(new, ())
        }:
            yield "grants"

    return tuple(replace(its, stated=tuple(stated(its))) for its in anew)


def _grant(fact: Fact) -> Grant:
    granted = Granted.of(fact)
    return granted.grantee, granted.option, fact.definition


def _thing(fact: Fact) -> Thing:
    return _CLASSES[before(fact.name, " ")], fact.object


def _formerly(thing: Thing, renames: Sequence[Rename], says: _Rights, had: _Rights) -> Thing:
    """The object under its name in the tenants."""
    if thing in had.things:
        return thing
    kind, name = thing
    for rename in renames:
        if kind == _RENAMED.get(rename.kind) and rename.new == name:
            return kind, rename.old
    if kind == "routine":  # with other arguments
        gone, come = (
            {
                its: known.get(its, "")
                for its_kind, its in these.things - others.things
                if its_kind == kind
            }
            for these, others, known in ((had, says, had.routines), (says, had, says.routines))
        )
        return kind, namesakes(gone, come).get(name, name)
    return thing


def _renamed(
    grants: Iterable[Fact], thing: Thing, goal: Catalog, renames: Sequence[Rename]
) -> list[Fact]:
    """The grants with the goal's names of object and columns; without columns that it lacks."""
    columns = {
        rename.old: rename.new
        for rename in renames
        if rename.kind == "column" and rename.table == thing[1]
    }
    found = []
    for fact in grants:
        granted, definition = replace(Granted.of(fact), object=thing[1]), fact.definition
        if granted.column:
            column = columns.get(granted.column, granted.column)
            if ("column", f"{thing[1]}.{column}") not in goal.facts and _has_columns(thing, goal):
                continue
            definition = definition.replace(f"({granted.column})", f"({column})")
            granted = replace(granted, column=column)
        found.append(replace(fact, name=str(granted), object=thing[1], definition=definition))
    return found


def _has_columns(thing: Thing, goal: Catalog) -> bool:
    """Whether the object's columns are facts; those of views are not."""
    return bool(goal.parts("column", thing[1]))


def _owned_by(grants: Iterable[Fact], owner: str) -> list[Fact]:
    """The grants after a change of owner; the owner has all rights."""
    found = []
    for fact in grants:
        granted = Granted.of(fact)
        if granted.as_owner:
            found.append(replace(fact, name=str(replace(granted, grantee=owner))))
        elif granted.grantee != owner:
            found.append(fact)
    return found


def _by_default(
    thing: Thing, own: Sequence[Fact], defaults: Iterable[Fact], builder: str
) -> list[Fact]:
    """The grants of an object that the builder creates in the tenant.

    Args:
        own: the builder's default grants.
        defaults: default privileges of the tenant.
    """
    word = Granted.of(own[0]).word if own else _WORDS[thing[0]]
    granted = {fact.name: {*Privileges.of(fact).privileges} for fact in own}
    for fact in defaults:
        given = Granted.of(fact)
        role, objects = given.by_default
        if role == builder != given.grantee and (thing[0], objects) in BUILT_IN:
            name = str(replace(given, word=word, object=thing[1]))
            granted.setdefault(name, set()).update(Privileges.of(fact).privileges)
    return [
        Fact("privilege", name, thing[1], ", ".join(sorted(its))) for name, its in granted.items()
    ]
