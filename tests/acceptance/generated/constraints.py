"""Keys, checks, exclusions and foreign keys, which may form circles."""

from tests.acceptance.generated.draft import Draft, Relation
from tests.acceptance.generated.names import listed, quote
from tests.acceptance.generated.structure import NOTHING, Column, Expr, Item, Keys
from tests.acceptance.generated.types import RANGE, predicate


def _constraint(  # noqa: PLR0913 - what differs
    kind: str,
    table: Relation,
    name: str,
    definition: str,
    *,
    needs: Keys,
    gives: Keys = NOTHING,
    claims: Keys = NOTHING,
) -> Item:
    return Item(
        kind,
        name,
        f"ALTER TABLE {quote(table.name)} ADD CONSTRAINT {quote(name)} {definition}",
        on=table.name,
        needs=needs | {("any table", table.name)},
        gives=gives | {("constraint", table.name, name)},
        claims=claims | {("constraint", name)},
    )


def unique(draft: Draft, name: str) -> Item | None:
    """A primary or unique key; of a partitioned table with its partition key."""
    tables = draft.tables(lambda its: any(column.indexable for column in its.columns))
    if not tables:
        return None
    table = draft.one_of(tables)
    columns = [column for column in table.columns if column.indexable]
    wanted = [column for column in columns if column.name in table.key]
    others = [column for column in columns if column.name not in table.key]
    if others and (not wanted or draft.chance(40)):
        wanted += draft.some(others, most=2)
    claims: Keys = frozenset({("relation", name)})
    word = draft.pick(("UNIQUE", "PRIMARY KEY", "PRIMARY KEY", "UNIQUE NULLS NOT DISTINCT"))
    if word == "PRIMARY KEY":
        claims |= {("primary key", table.tree)}
        claims |= {("primary key", column.of, column.name) for column in wanted}
    tails = ("", "", " DEFERRABLE INITIALLY DEFERRED", " WITH (fillfactor=80)")
    tail = draft.pick((*tails, f" INCLUDE ({quote(others[0].name)})") if others else tails)
    needed = table.needs(*wanted, *(others[:1] if "INCLUDE" in tail else ()))
    names = [column.name for column in wanted]
    target = {("unique", table.name, *names)} if "DEFER" not in tail else set()
    definition = f"{word} ({listed(names)}){tail}"
    return _constraint(
        "unique", table, name, definition, needs=needed, gives=frozenset(target), claims=claims
    )


def check(draft: Draft, name: str) -> Item | None:
    tables = draft.tables()
    if not tables:
        return None
    table = draft.one_of(tables)
    condition = condition_on(draft, table)
    tails = ["", "", "", " NOT VALID"]
    if table.leaf and table.kind == "table":
        tails.append(" NO INHERIT")
    if draft.version >= 18:
        tails.append(" NOT ENFORCED")
    tail = draft.pick(tails)
    needs = condition.needs | ({("leaf", table.name)} if "INHERIT" in tail else NOTHING)
    return _constraint("check", table, name, f"CHECK ({condition.sql}){tail}", needs=needs)


def condition_on(
    draft: Draft, table: Relation, prefix: str = "", columns: tuple[Column, ...] = ()
) -> Expr:
    """A condition on one or two columns, which may call a function of the structure's own.

    Args:
        prefix: in front of the columns, such as ``NEW.``.
        columns: those that it may be on; none given: all.
    """
    terms = []
    for its in draft.some(columns or table.columns, most=2):
        value = Expr(prefix + quote(its.name), table.needs(its))
        tests = [each for each in draft.of("test") if each.type == its.type and not its.virtual]
        if tests and draft.chance(60):
            test = draft.pick(tests)
            terms.append(Expr(f"{quote(test.name)}({value.sql})", value.needs | test.gives))
        else:
            terms.append(predicate(draft, value, its.type))
    word = draft.pick((" AND ", " OR "))
    return Expr(
        word.join(f"({term.sql})" for term in terms),
        NOTHING.union(*(term.needs for term in terms)),
    )


def exclusion(draft: Draft, name: str) -> Item | None:
    found = [
        (table, column)
        for table in draft.tables(lambda its: its.leaf)
        for column in table.columns
        if column.indexable and not column.type.own
    ]
    if not found:
        return None
    table, its = draft.pick(found)
    value = quote(its.name)
    tail = draft.pick(("", f" WHERE ({value} IS NOT NULL)", " DEFERRABLE"))
    how = f"USING gist ({value} WITH &&)" if its.type == RANGE else f"({value} WITH =)"
    claims = frozenset({("relation", name)})
    needs = table.needs(its) | {("leaf", table.name)}
    return _constraint("exclusion", table, name, f"EXCLUDE {how}{tail}", needs=needs, claims=claims)


def foreign_key(draft: Draft, name: str) -> Item | None:
    """To any key of any table, its own included; but not within a tree of partitions."""
    tables = {table.name: table for table in draft.tables()}
    choices = []
    for key in sorted(key for item in draft.of("unique") for key in item.gives):
        kind, target, *names = key
        if kind != "unique" or target not in tables:
            continue
        there = [c for name in names for c in tables[target].columns if c.name == name]
        for here in tables.values():
            columns = _matching(here, there)
            if columns and (here.name == target or here.tree != tables[target].tree):
                choices.append((here, columns, tables[target], there, key))
    if not choices:
        return None
    here, columns, target_table, there, key = draft.pick(choices)
    tails = ["", "", " ON DELETE CASCADE", " ON UPDATE CASCADE ON DELETE SET NULL", " MATCH FULL"]
    tails += [" DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED", " ON DELETE SET DEFAULT"]
    tails += [f" ON DELETE SET NULL ({quote(columns[0].name)})"]
    if here.leaf:
        tails += [" NOT VALID"] + [" NOT ENFORCED"] * (draft.version >= 18)
    definition = (
        f"FOREIGN KEY ({listed(c.name for c in columns)}) REFERENCES {quote(target_table.name)} "
        f"({listed(c.name for c in there)}){draft.pick(tails)}"
    )
    needs = here.needs(*columns) | target_table.needs(*there) | {key}
    return _constraint("foreign key", here, name, definition, needs=needs)


def _matching(table: Relation, key: list[Column]) -> list[Column]:
    """Columns that can refer to those; empty if there are none."""
    found: list[Column] = []
    for wanted in key:
        found += [
            column
            for column in table.columns
            if column.type == wanted.type
            and column not in found
            # Of some arrays PostgreSQL finds no operator here.
            and column.type.family not in ("array", "opaque")
            and not column.computed
        ][:1]
    return found if len(found) == len(key) else []
