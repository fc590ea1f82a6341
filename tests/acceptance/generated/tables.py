"""Tables: plain, partitioned, partitions, and those that inherit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tests.acceptance.generated.columns import Column, column
from tests.acceptance.generated.draft import Draft
from tests.acceptance.generated.names import literal, quote
from tests.acceptance.generated.structure import NOTHING, Item, Key, Relation, World
from tests.acceptance.generated.types import BUILTIN


@dataclass(frozen=True)
class Table(Item):
    """A table with columns of its own.

    Attributes:
        partition_by: ``range``, ``list`` or ``hash``; empty for a plain table.
        partition_key: the column that it is partitioned by.
        parents: tables that it inherits from.
        parameters: such as ``fillfactor=70``.
    """

    columns: tuple[Column, ...]
    partition_by: str = ""
    partition_key: str = ""
    parents: tuple[str, ...] = ()
    unlogged: bool = False
    parameters: str = ""

    def names(self) -> frozenset[Key]:
        not_nulls = {("constraint", column.not_null) for column in self.columns if column.not_null}
        return super().names() | not_nulls

    def needs(self) -> frozenset[Key]:
        parents = {("table", parent) for parent in self.parents}
        return frozenset(parents).union(*(column.needs() for column in self.columns))

    def fits(self, world: World) -> bool:
        return super().fits(world) and self == self._checked(world)

    def trimmed(self, world: World) -> "Table | None":
        return self._checked(world)

    def relation(self, world: World) -> Relation:
        return Relation(
            self.name,
            "partitioned" if self.partition_by else "table",
            self._all_columns(world),
            frozenset({self.partition_key} if self.partition_by else ()),
            permanent=not self.unlogged,
        )

    def provides(self) -> frozenset[Key]:
        if not self.partition_by:
            return NOTHING
        [kind] = [c.type.sql for c in self.columns if c.name == self.partition_key]
        return frozenset({("partition key", self.name, self.partition_by, kind)})

    def statements(self, world: World) -> list[str]:
        del world
        listed = ", ".join(column.clause() for column in self.columns)
        unlogged = "UNLOGGED " if self.unlogged else ""
        create = f"CREATE {unlogged}TABLE {quote(self.name)} ({listed})"
        if self.parents:
            create += f" INHERITS ({', '.join(map(quote, self.parents))})"
        if self.partition_by:
            create += f" PARTITION BY {self.partition_by} ({quote(self.partition_key)})"
        if self.parameters:
            create += f" WITH ({self.parameters})"
        alter = f"ALTER TABLE {quote(self.name)} ALTER COLUMN"
        settings = [
            f"{alter} {quote(column.name)} {setting}"
            for column in self.columns
            for setting in column.settings
        ]
        return [create, *settings]

    def _all_columns(self, world: World) -> tuple[Column, ...]:
        columns = {}
        for parent in self.parents:
            columns |= {c.name: replace(c, identity="") for c in world.relations[parent].columns}
        return tuple((columns | {column.name: column for column in self.columns}).values())

    def _checked(self, world: World) -> "Table":
        """Without what PostgreSQL would refuse."""
        parents: list[str] = []
        inherited: dict[str, Column] = {}
        for parent in self.parents:
            relation = world.relations.get(parent)
            if relation is None or relation.kind != "table" or not relation.root:
                continue
            if any(_clash(inherited.get(c.name), c) for c in relation.columns):
                continue
            parents.append(parent)
            inherited |= {c.name: c for c in relation.columns}
        columns: list[Column] = []
        for its in self.columns:
            have = {(other.name, other.type.sql) for other in columns if not other.computed}
            # A computed column may name only what the table itself has in front of it.
            if not its.needs() <= world.keys or not its.uses <= have:
                continue
            if _clash(inherited.get(its.name), its):
                continue
            columns.append(its)
        key = next((c for c in columns if c.name == self.partition_key), None)
        partitioned = key is not None and not key.computed and not key.serial and bool(key.type)
        by = self.partition_by if partitioned and not parents else ""
        return replace(
            self,
            columns=tuple(columns),
            partition_by=by,
            partition_key=self.partition_key if by else "",
            parents=tuple(parents),
            unlogged=self.unlogged and not by,
            parameters="" if by else self.parameters,
        )


def _clash(parents: Column | None, its: Column) -> bool:
    """Whether two columns of a name cannot become one."""
    if parents is None:
        return False
    unlike = (parents.type, parents.collation) != (its.type, its.collation)
    special = any(c.computed or c.identity or c.settings or c.default for c in (parents, its))
    return unlike or special


@dataclass(frozen=True)
class Partition(Item):
    """A partition of a table; its columns are its parent's.

    Attributes:
        by: how the parent is partitioned, and the type of its key.
        slot: which of the disjoint bounds it has; None for the default partition.
        attached: made as a table of its own first.
        sub: how it is partitioned itself, by the same column; empty if it is not.
    """

    parent: str
    by: tuple[str, str]
    slot: int | None
    attached: bool = False
    sub: str = ""

    def needs(self) -> frozenset[Key]:
        return frozenset({("partition key", self.parent, *self.by)})

    def names(self) -> frozenset[Key]:
        return super().names() | {("slot", self.parent, str(self.slot))}

    def provides(self) -> frozenset[Key]:
        if not self.sub:
            return NOTHING
        return frozenset({("partition key", self.name, self.sub, self.by[1])})

    def relation(self, world: World) -> Relation:
        parent = world.relations[self.parent]
        kind = "partitioned" if self.sub else "table"
        return replace(parent, name=self.name, kind=kind, tree=parent.tree or parent.name)

    def statements(self, world: World) -> list[str]:
        parent, name = quote(self.parent), quote(self.name)
        sub = ""
        if self.sub:
            [key] = world.relations[self.parent].partition_key
            sub = f" PARTITION BY {self.sub} ({quote(key)})"
        if self.attached:
            like = "INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS"
            return [
                f"CREATE TABLE {name} (LIKE {parent} {like}){sub}",
                f"ALTER TABLE {parent} ATTACH PARTITION {name} {self._bound()}",
            ]
        return [f"CREATE TABLE {name} PARTITION OF {parent} {self._bound()}{sub}"]

    def _bound(self) -> str:
        by, kind = self.by
        if self.slot is None:
            return "DEFAULT"
        if by == "hash":
            return f"FOR VALUES WITH (MODULUS 8, REMAINDER {self.slot})"
        texts = ("y ON z", "x FOR VALUES IN (1)", "a.b", "100%", "it's", "ü", "o", "p")
        if kind == "pg_catalog.date":
            bounds = [f"'20{20 + self.slot}-01-01'", f"'20{21 + self.slot}-01-01'"]
        elif "int" in kind:
            bounds = [str(self.slot * 10), str(self.slot * 10 + 10)]
        else:
            ordered = sorted(texts) if by == "range" else list(texts)
            bounds = [literal(text) for text in (*ordered, "\U0001f600")[self.slot :][:2]]
        if by == "list":
            return f"FOR VALUES IN ({bounds[0]})"
        return f"FOR VALUES FROM ({bounds[0]}) TO ({bounds[1]})"


_KEYS = ("integer", "bigint", "pg_catalog.text", "character varying(40)", "pg_catalog.date")


def table(draft: Draft, name: str) -> Table:
    """A table; partitioned or inheriting now and then."""
    columns: list[Column] = []
    for _ in range(draft.number(1, 5)):
        columns.append(column(draft, draft.fresh_of(c.name for c in columns), tuple(columns)))
    made = Table(name, tuple(columns))
    forms = ("plain", "plain", "plain", "partitioned", "partitioned", "inherits", "unlogged", "set")
    form = draft.pick(forms)
    if form == "partitioned":
        kind = draft.pick([kind for kind in BUILTIN if kind.sql in _KEYS])
        key = Column(draft.fresh_of(c.name for c in columns), kind)
        by = draft.pick(("range", "list", "hash"))
        columns.insert(draft.number(0, len(columns)), key)
        return replace(
            made, columns=tuple(columns), partition_by=by, partition_key=key.name
        )
    if form == "inherits":
        parents = [r.name for r in draft.relations("table") if r.root and r.name != name]
        if parents:
            return replace(made, parents=tuple(draft.some(parents, most=2)))
    if form == "unlogged":
        return replace(made, unlogged=draft.chance(50))
    if form == "set":
        choices = (
            *("fillfactor=70", "autovacuum_enabled=false", "fillfactor=50, parallel_workers=2"),
            "toast.autovacuum_enabled=false",
        )
        return replace(made, parameters=draft.pick(choices))
    return made


def other_table(draft: Draft, old: Table) -> Table:
    """With a column more or less, or one that is another; seldom another table."""
    change = draft.pick(("add", "alter", "alter", "drop", "reorder", "rename", "form"))
    columns = list(old.columns)
    if change == "form":
        new = table(draft, old.name)
        keep = new.columns if draft.chance(30) else old.columns
        return replace(new, columns=keep)
    if change == "add" or not columns:
        siblings = tuple(columns)
        columns.append(column(draft, draft.fresh_of(c.name for c in columns), siblings))
        return replace(old, columns=tuple(columns))
    place = draft.number(0, len(columns) - 1)
    its = columns[place]
    if change == "drop":
        del columns[place]
    elif change == "reorder":
        columns.append(columns.pop(place))
    elif change == "rename":
        columns[place] = replace(its, name=draft.fresh_of(c.name for c in columns))
    else:
        columns[place] = _other_column(draft, its, tuple(columns[:place]))
    return replace(old, columns=tuple(columns))


def _other_column(draft: Draft, old: Column, siblings: tuple[Column, ...]) -> Column:
    """Another one of the name, or one that differs in one thing."""
    new = column(draft, old.name, siblings)
    change = draft.pick(("type", "default", "null", "settings", "all"))
    special = any(c.computed or c.identity or c.serial for c in (old, new))
    if change == "all" or special:
        return new
    if change == "null":
        return replace(old, not_null="" if old.not_null is None else None)
    if change == "settings":
        return replace(old, settings=new.settings)
    if change == "default":
        return replace(old, default=new.default if new.type == old.type else None)
    settings = old.settings if old.type.family == new.type.family else ()
    return replace(new, not_null=old.not_null, settings=settings)


def partition(draft: Draft, name: str) -> Partition | None:
    parents = draft.relations("partitioned")
    if not parents:
        return None
    parent = draft.pick(parents)
    keys = [key for key in draft.structure.world().keys if key[:2] == ("partition key", parent.name)]
    [(_, _, by, kind)] = keys
    taken = {p.slot for p in draft.of(Partition) if p.parent == parent.name and p.name != name}
    slots = _free(range(8), taken)
    if not slots:
        return None
    slot: int | None = draft.pick(slots)
    if by != "hash" and None not in taken and draft.chance(20):
        slot = None
    return Partition(
        name,
        parent.name,
        (by, kind),
        slot,
        attached=draft.chance(30),
        sub=draft.pick(("", "", "hash", "list")) if parent.root and draft.chance(40) else "",
    )


def _free(slots: Iterable[int], taken: set[int | None]) -> list[int]:
    return [slot for slot in slots if slot not in taken]
