"""What acts on tables: triggers, rules, policies, settings of tables; and comments on anything."""

from dataclasses import replace

from tests.acceptance.generated.constraints import condition_on
from tests.acceptance.generated.draft import Draft, Relation
from tests.acceptance.generated.names import literal, quote
from tests.acceptance.generated.structure import NOTHING, Expr, Item, Key, Keys


def _on_table(kind: str, table: Relation, name: str, sql: str, needs: Keys = NOTHING) -> Item:
    return Item(
        kind,
        name,
        sql,
        on=table.name,
        needs=needs | {("any table", table.name)},
        gives=frozenset({(kind, table.name, name)}),
        claims=frozenset({(kind, name)}),
    )


def trigger(draft: Draft, name: str) -> Item | None:
    functions, tables = draft.of("trigger function"), draft.tables()
    if not functions or not tables:
        return None
    function, table = draft.pick(functions), draft.one_of(tables)
    each = draft.pick(("ROW", "STATEMENT"))
    timing = draft.pick(("BEFORE", "AFTER"))
    events = draft.some(("INSERT", "UPDATE", "DELETE"), most=2)
    needs = function.gives
    condition = Expr("")
    if each == "ROW" and "DELETE" not in events and draft.chance(40):
        plain = tuple(column for column in table.columns if not column.filled)
        if plain:
            condition = condition_on(draft, table, "NEW.", plain)
            needs |= condition.needs
    if "UPDATE" in events and draft.chance(40):
        column = draft.pick(table.columns)
        events[events.index("UPDATE")] = f"UPDATE OF {quote(column.name)}"
        needs |= table.needs(column)
    word, deferred = "TRIGGER", ""
    if each == "ROW" and timing == "AFTER" and draft.chance(30):
        word, deferred = "CONSTRAINT TRIGGER", " DEFERRABLE INITIALLY DEFERRED"
    when = f" WHEN ({condition.sql})" if condition.sql else ""
    sql = (
        f"CREATE {word} {quote(name)} {timing} {' OR '.join(events)} ON {quote(table.name)}"
        f"{deferred} FOR EACH {each}{when} EXECUTE FUNCTION {quote(function.name)}"
        "('a', '100%', 'it''s')"
    )
    if state := draft.pick(("", "", "", "DISABLE", "ENABLE ALWAYS", "ENABLE REPLICA")):
        sql += f";\nALTER TABLE {quote(table.name)} {state} TRIGGER {quote(name)}"
    return _on_table("trigger", table, name, sql, needs)


def rule(draft: Draft, name: str) -> Item | None:
    tables = draft.tables()
    if not tables:
        return None
    table = draft.one_of(tables)
    event, does = draft.pick(
        (
            ("DELETE", "INSTEAD NOTHING"),
            ("UPDATE", "ALSO NOTIFY changed"),
            ("INSERT", "ALSO SELECT 't.%' AS \"a.b\""),
        )
    )
    sql = f"CREATE RULE {quote(name)} AS ON {event} TO {quote(table.name)} DO {does}"
    return _on_table("rule", table, name, sql)


def policy(draft: Draft, name: str) -> Item | None:
    tables = draft.tables()
    if not tables:
        return None
    table = draft.one_of(tables)
    command = draft.pick(("ALL", "SELECT", "INSERT", "UPDATE", "DELETE"))
    kind = draft.pick(("", "AS RESTRICTIVE "))
    roles = draft.pick(("", " TO CURRENT_USER", " TO PUBLIC"))
    sql = f"CREATE POLICY {quote(name)} ON {quote(table.name)} {kind}FOR {command}{roles}"
    needs = NOTHING
    for word, commands in (
        ("USING", ("ALL", "SELECT", "UPDATE", "DELETE")),
        ("WITH CHECK", ("ALL", "INSERT", "UPDATE")),
    ):
        if command in commands and draft.chance(70):
            condition = condition_on(draft, table)
            sql += f" {word} ({condition.sql})"
            needs |= condition.needs
    return _on_table("policy", table, name, sql, needs)


def table_setting(draft: Draft, name: str) -> Item | None:
    """Row security, replica identity, the index to cluster by."""
    del name
    tables = draft.tables()
    if not tables:
        return None
    table = draft.one_of(tables)
    choices: list[tuple[str, str, Keys]] = [
        ("row security", "ENABLE ROW LEVEL SECURITY", NOTHING),
        ("forced", "FORCE ROW LEVEL SECURITY", NOTHING),
        ("identity", f"REPLICA IDENTITY {draft.pick(('FULL', 'NOTHING'))}", NOTHING),
    ]
    whole = [key for item in draft.of("index") for key in item.gives if key[0] == "whole index"]
    choices += [
        ("cluster", f"CLUSTER ON {quote(key[2])}", frozenset({key}))
        for key in whole
        if key[1] == table.name
    ]
    what, sql, needs = draft.pick(choices)
    item = _on_table("table setting", table, what, f"ALTER TABLE {quote(table.name)} {sql}", needs)
    return replace(item, claims=frozenset({(what, table.name)}))


def comment(draft: Draft, name: str) -> Item | None:
    """On whatever there is."""
    del name
    targets = sorted(key for item in draft.items for key in item.gives if _on(key))
    if not targets:
        return None
    target = draft.pick(targets)
    on = _on(target)
    return Item(
        "comment",
        "",
        f"COMMENT ON {on} IS {literal(draft.text())}",
        needs=frozenset({target}),
        claims=frozenset({("comment", on)}),
    )


def _on(key: Key) -> str:
    """What COMMENT ON names; empty for what it cannot name."""
    kind, *names = key
    quoted = [quote(name) for name in names]
    if kind in ("table", "view", "materialized view", "index", "sequence", "statistics", "domain"):
        return f"{kind.upper()} {quoted[0]}"
    if kind == "partition":
        return f"TABLE {quoted[0]}"
    if kind in ("enum", "composite", "range"):
        return f"TYPE {quoted[0]}"
    if kind == "column":
        return f"COLUMN {quoted[0]}.{quoted[1]}"
    if kind in ("constraint", "trigger", "rule", "policy"):
        return f"{kind.upper()} {quoted[1]} ON {quoted[0]}"
    return names[0] if kind == "routine" else ""
