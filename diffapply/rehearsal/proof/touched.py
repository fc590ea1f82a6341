"""Finds what a transition drops or changes, if objects outside the tenant may depend on it.

Compares the sandbox before and after by oid: an object is dropped even if a new one has its name,
and a column may have another type. Only the live database knows whether something does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from diffapply.ddl.statements import Drafts
from diffapply.model.affected import Touched, TouchedChange, TouchedKind
from diffapply.queries import query
from diffapply.scratch.sandbox import Sandbox
from diffapply.values.grammar import bare, qualified

_IDENTITIES = query("rehearsal/proof", "identities")

_PARTS = ("constraint", "domain constraint", "index")
"""Kinds that PostgreSQL may make anew by itself, if no statement drops them."""


@dataclass(frozen=True, slots=True)
class ObjectId:
    """What identifies an object, independent of its name.

    Attributes:
        number: of a column, in the relation that `oid` is of; of a constraint, its relation's oid.
    """

    kind: TouchedKind
    oid: int
    number: int

    @property
    def relation(self) -> int | None:
        """That it is a part of."""
        return {"column": self.oid, "constraint": self.number}.get(self.kind)


@dataclass(frozen=True, slots=True)
class ObjectState:
    """Its name, and its properties that others may depend on."""

    name: str
    part: str
    form: str
    sort: str


Identities = Mapping[ObjectId, ObjectState]
"""All objects of a schema at one moment."""


def identities(sandbox: Sandbox) -> Identities:
    """All objects of a sandbox now."""
    rows = sandbox.rows(_IDENTITIES, {"schema": sandbox.scope.schema})
    return {
        ObjectId(kind, oid, number): ObjectState(name, part, form, sort)
        for kind, name, part, oid, number, form, sort in rows
    }


def touched(before: Identities, after: Identities, way: Drafts) -> tuple[Touched, ...]:
    """What is dropped, made anew or gets another type, by the names before.

    Args:
        way: what ran in between.
    """
    found = (*_gone(before, after, way), *_changed(before, after))
    return tuple(sorted(found, key=lambda its: (its.kind, its.name, its.part)))


def _gone(before: Identities, after: Identities, way: Drafts) -> Iterator[Touched]:
    names = {(key.kind, its.name, its.part) for key, its in after.items()}
    relations = {key.oid for key in after if key.kind == "relation"}
    drops = (its for draft in way for its in draft.drops)
    dropped = {_part(name) for kind, name in drops if kind in _PARTS}
    for key, its in before.items():
        stands = (key.kind, its.name, its.part) in names
        # A part is dropped with its relation. But columns of one made anew may be published.
        goes_along = key.relation and key.relation not in relations
        if key in after or (goes_along and (stands or ("relation", its.name, "") not in names)):
            continue
        # If columns change their type, PostgreSQL itself rebuilds their keys and indexes; what
        # depends on these follows.
        if stands and its.sort in ("index", "constraint") and (its.part or its.name) not in dropped:
            continue
        change: TouchedChange = "anew" if stands else "dropped"
        yield Touched(key.kind, its.name, its.part, change, its.sort)


def _part(name: str) -> str:
    """The last part of a name, without quotes."""
    parts = qualified(name)
    return bare(parts[1] if parts else name)


def _changed(before: Identities, after: Identities) -> Iterator[Touched]:
    for key, its in before.items():
        now = after.get(key)
        if now is not None and now.form != its.form:
            change: TouchedChange = "rewritten" if key.kind == "relation" else "retyped"
            yield Touched(key.kind, its.name, its.part, change, now.sort)
