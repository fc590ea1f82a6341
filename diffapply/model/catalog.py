"""Facts, and the catalog of one schema, which consists of them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

FactKey = tuple[str, str]
"""What identifies a fact within a catalog: kind and name."""

_SEPARATORS = (".", " ")


@dataclass(frozen=True, slots=True)
class Fact:
    """One item of a schema's structure that is compared; it does not name the tenant.

    Attributes:
        kind: one of `diffapply.ddl.KINDS`, such as ``column``.
        name: quoted as SQL needs it, such as ``marketplace_tasks.job_id``; unique in its kind.
        object: the relation, type or function it belongs to; its own name if it stands alone.
        definition: a fragment of DDL; two facts are equal if their definitions are.
        position: its number among its siblings, such as a column's; never compared.
    """

    kind: str
    name: str
    object: str
    definition: str
    position: int = 0

    @property
    def key(self) -> FactKey:
        """Kind and name."""
        return self.kind, self.name

    @property
    def part(self) -> str:
        """Its name within its object, quoted, such as ``job_id``; else all of its name."""
        if self.follows_object:
            return self.name[len(self.object) + 1 :]
        return self.name

    @property
    def follows_object(self) -> bool:
        """Whether its name begins with that of its object."""
        end = len(self.object)
        return self.name[end : end + 1] in _SEPARATORS and self.name.startswith(self.object)


@dataclass(frozen=True)
class Catalog:
    """Everything PostgreSQL knows about one schema's structure, without the tenant's name.

    Attributes:
        strangers: roles that own some of it and are neither a superuser nor the connecting role;
            empty if it was read without them. Never compared.
    """

    facts: Mapping[FactKey, Fact]
    strangers: frozenset[str] = field(default=frozenset(), compare=False)

    @classmethod
    def of(cls, facts: Iterable[Fact], strangers: Iterable[str] = ()) -> "Catalog":
        """The catalog that holds these facts, in one order however they were read."""
        keyed = {fact.key: fact for fact in facts}
        return cls(dict(sorted(keyed.items())), frozenset(strangers))

    def __hash__(self) -> int:
        """Of the facts, which no longer change: so what follows from them can be cached."""
        return hash(self.fingerprint)

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the facts: equal exactly when the structures are equal."""
        return fingerprint((fact.kind, fact.name, fact.definition) for fact in self.facts.values())

    def parts(self, kind: str, name: str) -> Sequence[Fact]:
        """The facts of a kind that belong to the object of this name."""
        return self.by_object.get((kind, name), ())

    @cached_property
    def by_kind(self) -> Mapping[str, Sequence[Fact]]:
        """Kind → its facts; kinds without facts are left out."""
        found: dict[str, list[Fact]] = {}
        for fact in self.facts.values():
            found.setdefault(fact.kind, []).append(fact)
        return found

    @cached_property
    def by_object(self) -> Mapping[tuple[str, str], Sequence[Fact]]:
        """Kind and object → its facts of that kind."""
        found: dict[tuple[str, str], list[Fact]] = {}
        for fact in self.facts.values():
            found.setdefault((fact.kind, fact.object), []).append(fact)
        return found

    def restricted_to(self, objects: frozenset[str]) -> "Catalog":
        """The facts of these objects: the managed part of a template."""
        facts = (fact for fact in self.facts.values() if fact.object in objects)
        return Catalog.of(facts, self.strangers)

    @cached_property
    def has_privileges(self) -> bool:
        """Whether owners and grants are among its facts."""
        return any(fact.kind == "owner" for fact in self.facts.values())

    @cached_property
    def text(self) -> str:
        """The names and definitions of all facts, in lower case."""
        return "\n".join(f"{its.name} {its.definition}" for its in self.facts.values()).lower()

    @cached_property
    def objects(self) -> frozenset[str]:
        """The names that its facts belong to."""
        return frozenset(fact.object for fact in self.facts.values())


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a way begins, and where it leads.

    Attributes:
        live: what stands where it begins: in a tenant, or in the sandbox in its place.
        goal: what is to stand at its end.
        begun: what stood where the way began, if `live` is what is left of it.
    """

    live: Catalog
    goal: Catalog
    begun: Catalog | None = None

    @classmethod
    def from_nothing(cls, goal: Catalog) -> "Ends":
        """Of the way that builds a structure."""
        return cls(Catalog.of([]), goal)

    @property
    def held(self) -> Catalog:
        """What stood where the way began: the rows met its demands, and still do."""
        return self.begun or self.live

    def loses(self, key: FactKey) -> bool:
        """Whether a fact is there that the goal does not have."""
        return key in self.live.facts and key not in self.goal.facts

    def keeps(self, key: FactKey) -> bool:
        """Whether a fact is there as it is in the goal."""
        had, wants = self.both(key)
        return had is not None and wants is not None and had.definition == wants.definition

    def changes(self, key: FactKey) -> bool:
        """Whether a fact is there, and otherwise in the goal."""
        had, wants = self.both(key)
        return had is not None and wants is not None and had.definition != wants.definition

    def both(self, key: FactKey) -> tuple[Fact | None, Fact | None]:
        """A fact as it is, and as it is to be; None where there is none."""
        return self.live.facts.get(key), self.goal.facts.get(key)


Change = Literal["missing", "extra", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """How one item differs from the desired state.

    Attributes:
        change: ``missing`` in the tenant, ``extra`` in the tenant, or ``changed``.
        desired: its definition as desired, None when extra.
        live: its definition in the tenant, None when missing.
    """

    kind: str
    name: str
    change: Change
    desired: str | None
    live: str | None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a changed item says otherwise in one respect.

    Attributes:
        field: such as ``increment``.
        desired: what it should say, as people read it; None for nothing.
        live: likewise, what it says in the tenant.
    """

    field: str
    desired: str | None
    live: str | None


def fingerprint(facts: Iterable[tuple[str, str, str]]) -> str:
    """SHA-256, in hex, of facts given as (kind, name, definition), in any order."""
    # The length makes it unambiguous where the name ends.
    digests = sorted(
        hashlib.sha256(f"{kind} {len(name)}:{name}{definition}".encode()).digest()
        for kind, name, definition in facts
    )
    return hashlib.sha256(b"".join(digests)).hexdigest()
