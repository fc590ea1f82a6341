"""What a transition takes from those outside of a tenant who may hang on it.

Told by what stands in scratch before and after: what is dropped is gone by its oid, even if another
object has its name, and a column has another type. Whether anybody hangs on it, only the live
database knows.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from diffapply.model.plan import Touched, TouchedChange, TouchedKind
from diffapply.queries import query
from diffapply.scratch.sandbox import Sandbox
from diffapply.values.grammar import bare

_IDENTITIES = query("rehearsal", "identities")

_DROPPED = re.compile(
    r'\bDROP\s+(?:CONSTRAINT|INDEX)\s+(?:IF\s+EXISTS\s+)?("(?:[^"]|"")+"|[\w$]+)', re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What something is known by, whatever it is called.

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
class Standing:
    """What it is called, and what others hang on beside that it is there."""

    name: str
    part: str
    form: str
    sort: str


Identities = Mapping[Identity, Standing]
"""What stands in a schema at one moment."""


def identities(sandbox: Sandbox) -> Identities:
    """What stands in a sandbox now."""
    rows = sandbox.rows(_IDENTITIES, {"schema": sandbox.scope.schema})
    return {
        Identity(kind, oid, number): Standing(name, part, form, sort)
        for kind, name, part, oid, number, form, sort in rows
    }


def touched(
    before: Identities, after: Identities, statements: Sequence[str]
) -> tuple[Touched, ...]:
    """What is dropped, made anew or given another type, under the names that it had before.

    Args:
        statements: what ran in between.
    """
    found = (*_gone(before, after, statements), *_changed(before, after))
    return tuple(sorted(found, key=lambda its: (its.kind, its.name, its.part)))


def _gone(before: Identities, after: Identities, statements: Sequence[str]) -> Iterator[Touched]:
    names = {(key.kind, its.name, its.part) for key, its in after.items()}
    relations = {key.oid for key in after if key.kind == "relation"}
    dropped = {bare(name) for sql in statements for name in _DROPPED.findall(sql)}
    for key, its in before.items():
        stands = (key.kind, its.name, its.part) in names
        # A part goes with its relation; but one that is made anew may be published by its columns.
        goes_along = key.relation and key.relation not in relations
        if key in after or (goes_along and (stands or ("relation", its.name, "") not in names)):
            continue
        # PostgreSQL itself makes keys and indexes anew whose columns change their type: those who
        # hang on them follow.
        if stands and its.sort in ("index", "constraint") and (its.part or its.name) not in dropped:
            continue
        change: TouchedChange = "anew" if stands else "dropped"
        yield Touched(key.kind, its.name, its.part, change, its.sort)


def _changed(before: Identities, after: Identities) -> Iterator[Touched]:
    for key, its in before.items():
        now = after.get(key)
        if now is not None and now.form != its.form:
            change: TouchedChange = "rewritten" if key.kind == "relation" else "retyped"
            yield Touched(key.kind, its.name, its.part, change, now.sort)
