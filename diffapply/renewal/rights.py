"""Owners and grants: what the desired state says of them, and what it is silent about.

It speaks of an object's owner if that is not just the role which built it, and of its grants if
they are not just those that this role gives to whatever it creates. Of what it is silent about,
each tenant keeps what it has.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from diffapply.catalog.owned import class_of
from diffapply.model.catalog import Catalog, Fact
from diffapply.model.plan import Rename, Renewed
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
"""First word of a fact's name → the class of what it is about; see `owned.sql`."""

_WORDS = {"relation": "TABLE", "sequence": "SEQUENCE", "routine": "FUNCTION", "type": "TYPE"}
"""What GRANT calls those of a class."""

_PRIVILEGES = ("privilege", "column privilege")

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
                things.add(("sequence", Identity.of(fact).sequence))
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
        if {_grant(fact) for fact in own} != builder.grants(thing[0]):
            continue
        for fact in own:
            del facts[fact.key]
        if was in had.things:
            kept = _renamed(had.grants.get(was, ()), thing, goal, renames)
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
        kept = {fact.key: fact for fact in _renamed(had.grants.get(old, ()), new, goal, ())}
        if {k: f.definition for k, f in kept.items()} != {
            fact.key: fact.definition for fact in says.grants.get(new, ())
        }:
            yield "grants"

    return tuple(replace(its, stated=tuple(stated(its))) for its in anew)


def _grant(fact: Fact) -> Grant:
    its = Granted.of(fact)
    return its.grantee, its.option, fact.definition


def _thing(fact: Fact) -> Thing:
    return _CLASSES[before(fact.name, " ")], fact.object


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
    grants: Iterable[Fact], thing: Thing, goal: Catalog, renames: Sequence[Rename]
) -> list[Fact]:
    """The grants under the names that object and columns have in the goal, if they are there."""
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
    """Whether the columns are facts: those of views are not."""
    return bool(goal.parts("column", thing[1]))


def _owned_by(grants: Iterable[Fact], owner: str) -> list[Fact]:
    """The grants as they are once the object is the owner's, whose own are all there are."""
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
    """What the object is granted when the builder creates it in the tenant.

    Args:
        own: what it is granted anywhere.
        defaults: what is granted in the tenant besides.
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
