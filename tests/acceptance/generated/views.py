"""Views and materialized views, on tables and on one another."""

from tests.acceptance.generated.constraints import condition_on
from tests.acceptance.generated.draft import Draft, Relation
from tests.acceptance.generated.names import listed, literal, quote
from tests.acceptance.generated.structure import Column, Expr, Item
from tests.acceptance.generated.types import BOOLEAN, INTEGERS

_FORMS = ("plain", "plain", "where", "join", "union", "group", "with", "constants", "row")


def view(draft: Draft, name: str) -> Item | None:
    """A view on what there is."""
    sources = draft.relations(lambda its: bool(its.columns) and its.name != name)
    if not sources:
        return None
    source = draft.pick(sources[::-1])
    form = draft.pick(_FORMS)
    query, columns = _query(draft, form, source, name)
    options = ["", "", "security_barrier=true", "security_invoker=true"]
    if form in ("plain", "where") and source.is_table:
        options.append("check_option=local")
    kind, tail = "view", ""
    if draft.chance(20):
        kind, options = "materialized view", ["", "fillfactor=90"]
        if draft.of(kind) or draft.chance(50):
            tail = " WITH NO DATA"  # what reads one that is empty has to be empty as well
    option = draft.pick(options)
    settings = f" WITH ({option})" if option else ""
    names = listed(column.name for column in columns)
    return Item(
        kind,
        name,
        f"CREATE {kind.upper()} {quote(name)} ({names}){settings} AS {query.sql}{tail}",
        on=name,
        needs=query.needs,
        gives=frozenset({("relation", name), (kind, name), ("within", name, name)}).union(
            *(column.keys for column in columns)
        ),
        claims=frozenset({("relation", name)}),
        columns=columns,
    )


def _query(draft: Draft, form: str, source: Relation, view: str) -> tuple[Expr, tuple[Column, ...]]:
    alias = quote(draft.name())
    chosen = draft.some(source.columns, most=4)
    values = ", ".join(f"{alias}.{quote(column.name)}" for column in chosen)
    types = [column.type for column in chosen]
    needs = source.needs(*chosen)
    from_ = f"FROM {quote(source.name)} AS {alias}"
    query = f"SELECT {values} {from_}"
    if form == "where":
        condition = condition_on(draft, source, f"{alias}.")
        query, needs = f"{query} WHERE {condition.sql}", needs | condition.needs
    elif form == "join":
        other = draft.pick(draft.relations(lambda its: bool(its.columns) and its.name != view))
        on = condition_on(draft, other, "joined.")
        query = f"{query} LEFT JOIN {quote(other.name)} AS joined ON {on.sql}"
        needs |= on.needs
    elif form == "union" and all(kind.ordered for kind in types):
        query = f"{query} UNION {query} LIMIT 10"
    elif form == "group" and types[0].ordered:
        value = f"{alias}.{quote(chosen[0].name)}"
        query = f'SELECT {value}, pg_catalog.count(*) AS "c \'%" {from_} GROUP BY {value}'
        types = [types[0], INTEGERS[1]]
    elif form == "with":
        query = f"WITH w AS (SELECT 1 AS n), v AS ({query}) SELECT v.* FROM v, w"
    elif form == "constants":
        text = literal(draft.text())
        query = f"SELECT {values}, {text} ~~ ANY (ARRAY['a'::character varying]) {from_}"
        types.append(BOOLEAN)
    elif form == "row":
        # The whole row: a type that only that relation has.
        query = f"SELECT {values}, {alias} IS NULL {from_}"
        types.append(BOOLEAN)
    names = [column.name for column in chosen][: len(types)]
    while len(names) < len(types):
        names.append(draft.name(names))
    columns = tuple(Column(view, *its) for its in zip(names, types, strict=True))
    return Expr(query, needs), columns
