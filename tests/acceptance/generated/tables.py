"""Tables, plain, partitioned or inheriting, and partitions; columns are items of their own."""

from collections.abc import Sequence

from tests.acceptance.generated.draft import Draft, Relation
from tests.acceptance.generated.names import listed, literal, quote
from tests.acceptance.generated.structure import NOTHING, Column, Item, Keys
from tests.acceptance.generated.types import DATE, INTEGERS, TEXT

_FORMS = ("", "", "", "partitioned", "partitioned", "child", "unlogged", "set")
_BOUNDS = sorted(("y ON z", "x FOR VALUES IN (1)", "a.b", "100%", "it's", "ü", "o", "p", "z"))


def table(draft: Draft, name: str) -> Item:
    """Without columns, but for those of its parents, and for that which partitions it."""
    form = draft.pick(_FORMS)
    if form == "partitioned":
        return _partitioned(draft, name)
    parents: list[Relation] = []
    again: list[Column] = []
    if form == "child":
        plain = draft.tables(lambda its: its.kind == "table" and its.leaf and its.name != name)
        parents = draft.some(plain, most=2) if plain else []
        # A child can repeat a column: then it is its own as well.
        again = [c for each in parents[:1] for c in each.columns if not c.filled]
        again = draft.some(again, most=1) if again and draft.chance(30) else []
    columns = ", ".join(f"{quote(column.name)} {column.type.sql}" for column in again)
    sql = f"CREATE {'UNLOGGED ' * (form == 'unlogged')}TABLE {quote(name)} ({columns})"
    if parents:
        sql += f" INHERITS ({listed(parent.name for parent in parents)})"
    if form == "set":
        parameters = ("fillfactor=70", "autovacuum_enabled=false", "parallel_workers=2")
        sql += f" WITH ({draft.pick(parameters)})"
    needs = frozenset({("leaf", parent.name) for parent in parents}).union(
        *(column.keys for column in again)
    )
    return _relation("table", name, sql, parents, needs=needs, gives=frozenset({("leaf", name)}))


def _relation(  # noqa: PLR0913 - what differs
    kind: str,
    name: str,
    sql: str,
    parents: Sequence[Relation] = (),
    columns: tuple[Column, ...] = (),
    *,
    needs: Keys = NOTHING,
    gives: Keys = NOTHING,
    claims: Keys = NOTHING,
) -> Item:
    within = NOTHING.union(*(parent.within for parent in parents))
    above = {("within", name, table) for _, _, table in within}
    own = {("relation", name), (kind, name), ("any table", name), ("within", name, name)}
    return Item(
        kind,
        name,
        sql,
        on=name,
        needs=needs | within,
        gives=gives.union(own, above, *(column.keys for column in columns)),
        claims=claims.union({("relation", name)}, {("column", name, c.name) for c in columns}),
        columns=columns,
        parents=tuple(parent.name for parent in parents),
    )


def _partitioned(draft: Draft, name: str) -> Item:
    by = draft.pick(("range", "list", "hash"))
    key = Column(name, draft.name(), draft.pick((*INTEGERS, TEXT, DATE)))
    sql = (
        f"CREATE TABLE {quote(name)} ({quote(key.name)} {key.type.sql}) "
        f"PARTITION BY {by} ({quote(key.name)})"
    )
    gives = frozenset({("partition key", name, by, key.name, key.type.sql)})
    return _relation("table", name, sql, columns=(key,), gives=gives)


def partition(draft: Draft, name: str) -> Item | None:
    """A partition of a table or of a partition; made as one, or attached."""
    keys = {key for item in draft.items for key in item.gives if key[0] == "partition key"}
    above = {its.name: its for its in draft.tables() if its.name != name}
    keys = {key for key in keys if key[1] in above}
    if not keys:
        return None
    key = draft.pick(sorted(keys))
    _, parent, by, column, kind = key
    slot = "default" if by != "hash" and draft.chance(20) else str(draft.number(0, 7))
    bound = "DEFAULT" if slot == "default" else f"FOR VALUES {_bound(by, kind, int(slot))}"
    below = draft.pick(("", "", "", "list", "hash"))
    by_key = f" PARTITION BY {below} ({quote(column)})" if below else ""
    if draft.chance(30):
        like = f"LIKE {quote(parent)} INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS"
        attach = f"ALTER TABLE {quote(parent)} ATTACH PARTITION {quote(name)} {bound}"
        sql = f"CREATE TABLE {quote(name)} ({like}){by_key};\n{attach}"
    else:
        sql = f"CREATE TABLE {quote(name)} PARTITION OF {quote(parent)} {bound}{by_key}"
    return _relation(
        "partition",
        name,
        sql,
        [above[parent]],
        needs=frozenset({key}),
        gives=frozenset(
            {("partition key", name, below, column, kind) if below else ("leaf", name)}
        ),
        claims=frozenset({("slot", parent, slot)}),
    )


def _bound(by: str, kind: str, slot: int) -> str:
    """One of eight that do not overlap."""
    if by == "hash":
        return f"WITH (MODULUS 8, REMAINDER {slot})"
    if kind == TEXT.sql:
        first, second = map(literal, _BOUNDS[slot : slot + 2])
    elif kind == DATE.sql:
        first, second = f"'20{20 + slot}-01-01'", f"'20{21 + slot}-01-01'"
    else:
        first, second = str(slot * 10), str(slot * 10 + 10)
    return f"IN ({first})" if by == "list" else f"FROM ({first}) TO ({second})"
