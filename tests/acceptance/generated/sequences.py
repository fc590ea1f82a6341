"""Sequences that stand alone, and those that a column owns."""

from dataclasses import dataclass

from tests.acceptance.generated.draft import Draft
from tests.acceptance.generated.names import literal, quote
from tests.acceptance.generated.structure import Expr, Item, Key, World


@dataclass(frozen=True)
class Sequence(Item):
    options: str
    unlogged: bool = False

    def provides(self) -> frozenset[Key]:
        return frozenset({("sequence", self.name)})

    def statements(self, world: World) -> list[str]:
        del world
        unlogged = "UNLOGGED " if self.unlogged else ""
        return [f"CREATE {unlogged}SEQUENCE {quote(self.name)} {self.options}".rstrip()]

    def next(self) -> Expr:
        name = literal(quote(self.name))
        return Expr(f"nextval({name}::regclass)", frozenset({("sequence", self.name)}))


@dataclass(frozen=True)
class Owned(Item):
    """A sequence that goes when the column goes."""

    table: str
    column: str

    def names(self) -> frozenset[Key]:
        return frozenset({("owned", self.name)})

    def needs(self) -> frozenset[Key]:
        column = ("column", self.table, self.column)
        return frozenset({("sequence", self.name), column})

    def statements(self, world: World) -> list[str]:
        del world
        column = f"{quote(self.table)}.{quote(self.column)}"
        return [f"ALTER SEQUENCE {quote(self.name)} OWNED BY {column}"]


def options(draft: Draft, kind: str) -> str:
    """Of a sequence; the type of an identity's is the column's."""
    if not draft.chance(50):
        return ""
    chosen = []
    if draft.chance(40):
        chosen.append(f"START WITH {draft.number(1, 99)}")
    if draft.chance(40):
        chosen.append(f"INCREMENT BY {draft.pick((2, 5, 10))}")
    if draft.chance(30):
        chosen.append(f"MAXVALUE {draft.pick((1000, 32000))}")
    if draft.chance(30):
        chosen.append(f"CACHE {draft.number(1, 20)}")
    if draft.chance(20):
        chosen.append("CYCLE")
    if kind != "smallint" and draft.chance(20):
        chosen.append("MINVALUE -5")
    return " ".join(chosen)


def sequence(draft: Draft, name: str) -> Sequence:
    kind = draft.pick(("bigint", "integer", "smallint"))
    its = f"AS {kind} {options(draft, kind)}".rstrip()
    return Sequence(name, its, unlogged=draft.chance(5))


def owned(draft: Draft, name: str) -> Owned | None:
    """A sequence and a column; the name is the sequence's, so none of its own is needed."""
    del name
    taken = {item.name for item in draft.of(Owned)}
    sequences = [item for item in draft.of(Sequence) if item.name not in taken]
    tables = [relation for relation in draft.relations("table", "partitioned") if relation.root]
    if not sequences or not tables:
        return None
    table = draft.pick(tables)
    if not table.columns:
        return None
    return Owned(draft.pick(sequences).name, table.name, draft.pick(table.columns).name)
