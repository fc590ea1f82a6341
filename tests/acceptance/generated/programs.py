"""Functions that defaults, checks, indexes and triggers use; aggregates and procedures."""

from tests.acceptance.generated.draft import Draft
from tests.acceptance.generated.names import literal, quote
from tests.acceptance.generated.structure import NOTHING, Expr, Item, Keys, Type
from tests.acceptance.generated.types import INTEGERS, any_type, predicate

_ATTRIBUTES = (
    *("", "", "STABLE", "IMMUTABLE", "STABLE PARALLEL SAFE", "IMMUTABLE STRICT COST 42"),
    *("SECURITY DEFINER", "STABLE LEAKPROOF", "SET work_mem = '1MB'"),
    *("SET search_path = 'a.b', pg_temp", "STABLE SET datestyle = 'ISO, MDY'"),
)


def _routine(  # noqa: PLR0913 - what differs
    kind: str,
    name: str,
    sql: str,
    *,
    arguments: str = "",
    needs: Keys = NOTHING,
    its: Type | None = None,
    word: str = "FUNCTION",
) -> Item:
    signature = f"{word} {quote(name)}({arguments})"
    return Item(
        kind,
        name,
        f"CREATE {word} {quote(name)}{sql}",
        needs=needs,
        gives=frozenset({("routine", signature), (kind, name, its.sql if its else "")}),
        claims=frozenset({("routine", name)}),
        type=its,
    )


def _remark(draft: Draft) -> str:
    """What stands in a comment of a body."""
    return draft.text().replace("/", "").replace("\n", " ").replace("\r", " ")


def function(draft: Draft, name: str) -> Item:
    """Gives a constant, for defaults."""
    its = any_type(draft)
    its = its if its.values else INTEGERS[0]
    value = draft.pick(its.values)
    body = literal(f"\n  select {value.sql} /* {_remark(draft)} */\n")
    sql = f"() RETURNS {its.sql} LANGUAGE sql {draft.pick(_ATTRIBUTES)} AS {body}"
    return _routine("function", name, sql, needs=its.needs | value.needs, its=its)


def test(draft: Draft, name: str) -> Item:
    """Takes one value, and is true for all of them; for checks, indexes and policies."""
    its = any_type(draft)
    argument = quote(draft.name())
    condition = predicate(draft, Expr(argument), its)
    attributes = draft.pick(("", " STRICT", " COST 7"))
    sql = (
        f"({argument} {its.sql}) RETURNS boolean LANGUAGE sql IMMUTABLE{attributes} "
        f"RETURN coalesce({condition.sql}, true)"
    )
    return _routine(
        "test", name, sql, arguments=its.sql, needs=its.needs | condition.needs, its=its
    )


def counting(draft: Draft, name: str) -> Item | None:
    """Its body is parsed, so that it depends on what it reads."""
    relations = draft.relations()
    if not relations:
        return None
    its = draft.pick(relations)
    sql = (
        f"() RETURNS bigint LANGUAGE sql {draft.pick(_ATTRIBUTES)} "
        f"BEGIN ATOMIC SELECT pg_catalog.count(*) FROM {quote(its.name)}; END"
    )
    return _routine("counting", name, sql, needs=its.needs())


def trigger_function(draft: Draft, name: str) -> Item:
    body = f"\nbegin\n  -- {_remark(draft)}\n  return coalesce(new, old);\nend\n"
    sql = f"() RETURNS trigger LANGUAGE plpgsql {draft.pick(_ATTRIBUTES)} AS {literal(body)}"
    return _routine("trigger function", name, sql)


def procedure(draft: Draft, name: str) -> Item:
    names = {draft.name(): any_type(draft) for _ in range(draft.number(0, 2))}
    arguments = ", ".join(f"{quote(each)} {its.sql}" for each, its in names.items())
    body = literal(f"begin raise notice '%', {literal(draft.text())}; end")
    return _routine(
        "procedure",
        name,
        f"({arguments}) LANGUAGE plpgsql AS {body}",
        arguments=", ".join(its.sql for its in names.values()),
        needs=NOTHING.union(*(its.needs for its in names.values())),
        word="PROCEDURE",
    )


def aggregate(draft: Draft, name: str) -> Item:
    start, more = draft.number(0, 9), draft.pick(("", ", parallel = safe"))
    sql = f"(integer) (sfunc = pg_catalog.int4pl, stype = integer, initcond = '{start}'{more})"
    return _routine("aggregate", name, sql, arguments="integer", word="AGGREGATE")
