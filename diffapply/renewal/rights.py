"""Owners and grants: what the desired state says of them, and what it is silent about.

It speaks of an object's owner if that is not just the role which built it, and of its grants if
they are not just those that this role gives to whatever it creates. Of what it is silent about,
each tenant keeps what it has.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from diffapply.catalog.owned import class_of
from diffapply.ddl.privileges import AS_OWNER, parts
from diffapply.ddl.sequences import sequence_of
from diffapply.ddl.statements import IDENTIFIER, before
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.plan import Rename, Renewed
from diffapply.renewal.namesakes import namesakes
from diffapply.scratch.defaults import BUILT_IN, Given, Grant

_CLASSES = {
    **dict.fromkeys(("TABLE", "VIEW", "MATERIALIZED", "FOREIGN"), "relation"),
    "SEQUENCE": "sequence",
    **dict.fromkeys(("TYPE", "DOMAIN"), "type"),
    **dict.fromkeys(("FUNCTION", "PROCEDURE", "AGGREGATE"), "routine"),
}
"""First word of a fact's name → the class of what it is about; see `owned.sql`."""

_WORDS = {"relation": "TABLE", "sequence": "SEQUENCE", "routine": "FUNCTION", "type": "TYPE"}
"""What GRANT calls those of a class."""

_PRIVILEGES = ("privilege", "column privilege")
_ON_COLUMN = re.compile(rf" \(({IDENTIFIER})\) TO ")

Thing = tuple[str, str]
"""Class and name of an object."""


@dataclass(frozen=True)
class _Rights:
    """What a catalog says, object by object.

    Attributes:
        things: all that have owners or grants.
        owners: the fact that says who owns it; what a column owns has none.
        grants: the facts that say who may do what.
        defaults: what newly created objects get.
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
                things.add(("sequence", sequence_of(fact)))
        routines = {fact.name: fact.definition for fact in catalog.by_kind.get("routine", ())}
        return cls(frozenset({*things, *owners, *grants}), owners, grants, defaults, routines)


@dataclass(frozen=True)
class Builder:
    """The role that builds in scratch.

    Attributes:
        name: quoted.
        gives: to whatever it creates.
    """

    name: str
    gives: Given = field(default_factory=lambda: BUILT_IN)

    def grants(self, thing_class: str) -> frozenset[Grant]:
        """What it gives to those of a class."""
        return next(its for (named, _), its in self.gives.items() if named == thing_class)


def as_spoken(
    goal: Catalog, live: Catalog, builder: Builder, renames: Sequence[Rename] = ()
) -> Catalog:
    """The goal for tenants of one shape: of what it is silent about, it has what they have.

    Args:
        builder: the role that built the goal.
        renames: that lead to the goal: they tell what an object's name is now.
    """
    if not goal.has_privileges:
        return goal
    says, had = _Rights.of(goal), _Rights.of(live)
    facts = dict(goal.facts)
    defaults = [] if says.defaults else had.defaults
    facts |= {fact.key: fact for fact in defaults}
    for thing in says.things:
        was = _formerly(thing, renames, says, had)
        owner, former = says.owners.get(thing), had.owners.get(was)
        if owner and former and owner.definition == builder.name:
            owner = replace(owner, definition=former.definition)
            facts[owner.key] = owner
        own = says.grants.get(thing, ())
        if {(*parts(fact)[1:], fact.definition) for fact in own} != builder.grants(thing[0]):
            continue
        for fact in own:
            del facts[fact.key]
        if was in had.things:
            kept = _renamed(had.grants.get(was, ()), thing, was, goal, renames)
            if owner and former and owner.definition != former.definition:
                kept = _owned_by(kept, owner.definition)
        else:
            kept = _by_default(thing, own, defaults, builder.name)
        facts |= {fact.key: fact for fact in kept}
    return Catalog(facts)


def with_what_is_stated(
    anew: Iterable[Renewed], source: Catalog, goal: Catalog
) -> tuple[Renewed, ...]:
    """What is made anew, with what the goal says otherwise than the source."""
    if not goal.has_privileges:
        return tuple(anew)
    had, says = _Rights.of(source), _Rights.of(goal)

    def stated(its: Renewed) -> Iterator[str]:
        old, new = (
            (class_of(its.kind), name) if its.kind != "column" else ("relation", before(name, "."))
            for name in (its.old, its.new)
        )
        owners = [rights.owners.get(at) for rights, at in ((had, old), (says, new))]
        if (owners[0] and owners[0].definition) != (owners[1] and owners[1].definition):
            yield "owner"
        kept = {fact.key: fact for fact in _renamed(had.grants.get(old, ()), new, old, goal, ())}
        if {k: f.definition for k, f in kept.items()} != {
            fact.key: fact.definition for fact in says.grants.get(new, ())
        }:
            yield "grants"

    return tuple(replace(its, stated=tuple(stated(its))) for its in anew)


def _thing(fact: Fact) -> Thing:
    return _CLASSES[fact.name.partition(" ")[0]], fact.object


def _formerly(thing: Thing, renames: Sequence[Rename], says: _Rights, had: _Rights) -> Thing:
    """What the object is called now."""
    if thing in had.things:
        return thing
    kind, name = thing
    for rename in renames:
        if kind == "relation" and rename.kind == "table" and rename.new == name:
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
    grants: Iterable[Fact], thing: Thing, was: Thing, goal: Catalog, renames: Sequence[Rename]
) -> list[Fact]:
    """The grants under the names that object and columns have in the goal, if they are there."""
    columns = {
        rename.old: rename.new
        for rename in renames
        if rename.kind == "column" and rename.table == thing[1]
    }
    found = []
    for fact in grants:
        word, _, rest = fact.name.partition(" ")
        name = f"{word} {thing[1]}{rest.removeprefix(was[1])}"
        definition = fact.definition
        if fact.kind == "column privilege" and (on := _ON_COLUMN.search(name)):
            column = columns.get(on[1], on[1])
            if ("column", f"{thing[1]}.{column}") not in goal.facts and _has_columns(thing, goal):
                continue
            name = f"{name[: on.start(1)]}{column}{name[on.end(1) :]}"
            definition = definition.replace(f"({on[1]})", f"({column})")
        found.append(replace(fact, name=name, object=thing[1], definition=definition))
    return found


def _has_columns(thing: Thing, goal: Catalog) -> bool:
    """Whether the columns are facts: those of views are not."""
    return bool(goal.parts("column", thing[1]))


def _owned_by(grants: Iterable[Fact], owner: str) -> list[Fact]:
    """The grants as they are once the object is the owner's, whose own are all there are."""
    found = []
    for fact in grants:
        _, grantee, option = parts(fact)
        if option == AS_OWNER:
            head = fact.name.removesuffix(f"{grantee}{option}")
            found.append(replace(fact, name=f"{head}{owner}{option}"))
        elif grantee != owner:
            found.append(fact)
    return found


def _by_default(
    thing: Thing, own: Sequence[Fact], defaults: Iterable[Fact], builder: str
) -> list[Fact]:
    """What the object is granted when the builder creates it in the tenant.

    Args:
        own: what it is granted anywhere.
        defaults: what is granted in the tenant besides.
    """
    word = own[0].name.partition(" ")[0] if own else _WORDS[thing[0]]
    granted = {fact.name: {*fact.definition.split(", ")} for fact in own}
    for fact in defaults:
        head, grantee, option = parts(fact)
        role, _, objects = head.removeprefix("FOR ROLE ").rpartition(" ON ")
        if role == builder != grantee and (thing[0], objects) in BUILT_IN:
            name = f"{word} {thing[1]} TO {grantee}{option}"
            granted.setdefault(name, set()).update(fact.definition.split(", "))
    return [
        Fact("privilege", name, thing[1], ", ".join(sorted(its))) for name, its in granted.items()
    ]
