"""What acts on tables: triggers, rules, policies, and settings of tables."""

from dataclasses import dataclass

from tests.acceptance.generated.constraints import condition
from tests.acceptance.generated.draft import Draft
from tests.acceptance.generated.indexes import Index
from tests.acceptance.generated.names import literal, quote
from tests.acceptance.generated.programs import TriggerFunction
from tests.acceptance.generated.structure import NOTHING, Expr, Item, Key, World


@dataclass(frozen=True)
class OnTable(Item):
    table: str

    def names(self) -> frozenset[Key]:
        return frozenset({("on table", self.name)})

    def needs(self) -> frozenset[Key]:
        return frozenset({("any table", self.table)})


@dataclass(frozen=True)
class Trigger(OnTable):
    """A trigger.

    Attributes:
        when: timing and events.
        each: ``ROW`` or ``STATEMENT``.
        state: what ALTER TABLE sets, such as ``DISABLE``; empty: nothing.
    """

    function: str
    when: Expr
    each: str
    condition: Expr
    deferred: str
    state: str

    def needs(self) -> frozenset[Key]:
        function = ("trigger function", self.function)
        return super().needs() | {function} | self.when.needs | self.condition.needs

    def provides(self) -> frozenset[Key]:
        return frozenset({("trigger", self.table, self.name)})

    def statements(self, world: World) -> list[str]:
        del world
        word = "CONSTRAINT TRIGGER" if self.deferred else "TRIGGER"
        when = f" WHEN ({self.condition.sql})" if self.condition.sql else ""
        create = (
            f"CREATE {word} {quote(self.name)} {self.when.sql} ON {quote(self.table)} "
            f"{self.deferred} FOR EACH {self.each}{when} EXECUTE FUNCTION {quote(self.function)}"
            f"('a', '100%', 'it''s')"
        )
        if not self.state:
            return [create]
        return [create, f"ALTER TABLE {quote(self.table)} {self.state} TRIGGER {quote(self.name)}"]


@dataclass(frozen=True)
class Rule(OnTable):
    does: str

    def provides(self) -> frozenset[Key]:
        return frozenset({("rule", self.table, self.name)})

    def statements(self, world: World) -> list[str]:
        del world
        return [f"CREATE RULE {quote(self.name)} AS {self.does.replace('TABLE', quote(self.table))}"]


@dataclass(frozen=True)
class Policy(OnTable):
    kind: str
    using: Expr
    check: Expr

    def needs(self) -> frozenset[Key]:
        return super().needs() | self.using.needs | self.check.needs

    def provides(self) -> frozenset[Key]:
        return frozenset({("policy", self.table, self.name)})

    def statements(self, world: World) -> list[str]:
        del world
        using = f" USING ({self.using.sql})" if self.using.sql else ""
        check = f" WITH CHECK ({self.check.sql})" if self.check.sql else ""
        return [f"CREATE POLICY {quote(self.name)} ON {quote(self.table)} {self.kind}{using}{check}"]


@dataclass(frozen=True)
class Setting(Item):
    """A setting of a table.

    Attributes:
        name: of what is set.
        sql: after ALTER TABLE and the name.
    """

    table: str
    sql: str
    needed: frozenset[Key] = NOTHING

    def names(self) -> frozenset[Key]:
        return frozenset({("setting", self.name, self.table, "")})

    def needs(self) -> frozenset[Key]:
        return frozenset({("any table", self.table)}) | self.needed

    def statements(self, world: World) -> list[str]:
        del world
        return [f"ALTER TABLE {quote(self.table)} {self.sql}"]


def _table(draft: Draft) -> str | None:
    tables = [relation.name for relation in draft.relations() if relation.is_table]
    return draft.pick(tables) if tables else None


def trigger(draft: Draft, name: str) -> Trigger | None:
    functions = draft.of(TriggerFunction)
    tables = [relation for relation in draft.relations() if relation.is_table]
    if not functions or not tables:
        return None
    table = draft.pick(tables)
    function = draft.pick(functions).name
    each = draft.pick(("ROW", "STATEMENT"))
    deferred = ""
    timing = draft.pick(("BEFORE", "AFTER"))
    if each == "ROW" and timing == "AFTER" and draft.chance(30):
        deferred = draft.pick(("DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"))
    events = draft.some(("INSERT", "UPDATE", "DELETE"), most=2)
    needs: frozenset[Key] = NOTHING
    if "UPDATE" in events and table.columns and draft.chance(40):
        column = draft.pick(table.columns)
        events[events.index("UPDATE")] = f"UPDATE OF {quote(column.name)}"
        needs = frozenset({("column", table.name, column.name)})
    its_condition = Expr("")
    usable = tuple(column for column in table.columns if not column.computed)
    if each == "ROW" and "DELETE" not in events and usable and draft.chance(40):
        its_condition = condition(draft, table, "NEW.", usable)
    states = ("", "", "", "DISABLE", "ENABLE ALWAYS", "ENABLE REPLICA")
    return Trigger(
        name,
        table.name,
        function,
        Expr(f"{timing} {' OR '.join(events)}", needs),
        each,
        its_condition,
        deferred,
        draft.pick(states),
    )


def rule(draft: Draft, name: str) -> Rule | None:
    table = _table(draft)
    if table is None:
        return None
    forms = (
        "ON DELETE TO TABLE DO INSTEAD NOTHING",
        "ON UPDATE TO TABLE DO ALSO NOTIFY changed",
        "ON INSERT TO TABLE DO ALSO SELECT 'TABLE.' AS \"a.b\"".replace("'TABLE.'", "'t.%'"),
    )
    return Rule(name, table, draft.pick(forms))


def policy(draft: Draft, name: str) -> Policy | None:
    tables = [relation for relation in draft.relations() if relation.is_table and relation.columns]
    if not tables:
        return None
    table = draft.pick(tables)
    command = draft.pick(("ALL", "SELECT", "INSERT", "UPDATE", "DELETE"))
    permissive = draft.pick(("", "AS RESTRICTIVE "))
    roles = draft.pick(("", " TO CURRENT_USER", " TO PUBLIC"))
    using, check = Expr(""), Expr("")
    if command != "INSERT" and draft.chance(80):
        using = condition(draft, table)
    if command in ("ALL", "INSERT", "UPDATE") and draft.chance(60):
        check = condition(draft, table)
    return Policy(name, table.name, f"{permissive}FOR {command}{roles}", using, check)


def setting(draft: Draft, name: str) -> Setting | None:
    """Row security, replica identity, the index to cluster by; the name is what is set."""
    del name
    table = _table(draft)
    if table is None:
        return None
    indexes = [its for its in draft.of(Index) if its.table == table and its.method == "btree"]
    kind = draft.pick(("row security", "forced", "replica identity", "cluster"))
    if kind == "cluster":
        if not indexes:
            return None
        index = draft.pick(indexes).name
        needs = frozenset({("whole index", table, index), ("table", table)})
        return Setting("cluster", table, f"CLUSTER ON {quote(index)}", needs)
    forms = {
        "row security": "ENABLE ROW LEVEL SECURITY",
        "forced": "FORCE ROW LEVEL SECURITY",
        "replica identity": f"REPLICA IDENTITY {draft.pick(('FULL', 'NOTHING'))}",
    }
    return Setting(kind, table, forms[kind])


@dataclass(frozen=True)
class Comment(Item):
    """A comment.

    Attributes:
        name: what it is on, as SQL says it.
        target: what must be there for it.
    """

    target: Key
    text: str

    def names(self) -> frozenset[Key]:
        return frozenset({("comment", self.name, "")})

    def needs(self) -> frozenset[Key]:
        return frozenset({self.target})

    def statements(self, world: World) -> list[str]:
        del world
        return [f"COMMENT ON {self.name} IS {literal(self.text)}"]


def comment(draft: Draft, name: str) -> Comment | None:
    """On whatever there is."""
    del name
    targets = sorted(key for key in draft.structure.world().keys if _on(key))
    if not targets:
        return None
    target = draft.pick(targets)
    return Comment(_on(target), target, draft.text())


def _on(key: Key) -> str:
    """What COMMENT ON names; empty for what it cannot name."""
    kind, *names = key
    quoted = [quote(name) for name in names]
    last = quoted[-1]
    match kind, len(names):
        case "table" | "partitioned", _:
            return f"TABLE {last}"
        case "view" | "sequence" | "statistics", _:
            return f"{kind.upper()} {last}"
        case "materialized view", _:
            return f"MATERIALIZED VIEW {last}"
        case "index", _:
            return f"INDEX {last}"
        case "column", 2:
            return f"COLUMN {quoted[0]}.{last}"
        case "attribute", _:
            return f"COLUMN {quoted[0]}.{last}"
        case "enum" | "composite" | "range", _:
            return f"TYPE {last}"
        case "domain", _:
            return f"DOMAIN {quoted[0]}"
        case "domain check", _:
            return f"CONSTRAINT {last} ON DOMAIN {quoted[0]}"
        case "constraint" | "trigger" | "rule" | "policy", _:
            return f"{kind.upper()} {last} ON {quoted[0]}"
        case "routine", _:
            return names[-1]
    return ""
