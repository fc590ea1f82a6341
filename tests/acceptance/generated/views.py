"""Views and materialized views, on tables and on one another."""

from dataclasses import dataclass

from tests.acceptance.generated.columns import Column
from tests.acceptance.generated.constraints import condition
from tests.acceptance.generated.draft import Draft
from tests.acceptance.generated.names import literal, quote
from tests.acceptance.generated.structure import Expr, Item, Key, Relation, World
from tests.acceptance.generated.types import BUILTIN


@dataclass(frozen=True)
class View(Item):
    """A view.

    Attributes:
        query: with what it needs.
        columns: what it selects, in order.
        options: such as ``security_barrier=true``.
        data: of a materialized view, whether it is filled.
    """

    query: Expr
    columns: tuple[Column, ...]
    options: str = ""
    materialized: bool = False
    data: bool = True

    def needs(self) -> frozenset[Key]:
        return self.query.needs

    def relation(self, world: World) -> Relation:
        del world
        kind = "materialized view" if self.materialized else "view"
        return Relation(self.name, kind, self.columns)

    def statements(self, world: World) -> list[str]:
        del world
        columns = ", ".join(quote(column.name) for column in self.columns)
        options = f" WITH ({self.options})" if self.options else ""
        word = "MATERIALIZED VIEW" if self.materialized else "VIEW"
        data = " WITH NO DATA" if self.materialized and not self.data else ""
        create = f"CREATE {word} {quote(self.name)} ({columns}){options}"
        return [f"{create} AS {self.query.sql}{data}"]


def view(draft: Draft, name: str) -> View | None:
    """A view on what there is."""
    relations = [r for r in draft.relations() if r.columns and r.name != name]
    if not relations:
        return None
    source = draft.pick(reversed(relations))
    forms = ("plain", "plain", "where", "join", "union", "group", "with", "constants", "row")
    form = draft.pick(forms)
    alias = quote(draft.fresh_of(())) + "."
    query, columns = _select(draft, source, alias)
    from_ = f"FROM {quote(source.name)} AS {alias[:-1]}"
    if form == "where":
        its = condition(draft, source, alias)
        query = Expr(f"{query.sql} {from_} WHERE {its.sql}", query.needs | its.needs)
    elif form == "join":
        other = draft.pick(relations)
        on = condition(draft, other, "o.")
        query = Expr(
            f"{query.sql} {from_} LEFT JOIN {quote(other.name)} AS o ON {on.sql}",
            query.needs | on.needs | {("relation", other.name)},
        )
    elif form == "union":
        union = f"{query.sql} {from_} UNION ALL {query.sql} {from_}"
        query = Expr(f"{union} LIMIT 10", query.needs)
    elif form == "group":
        ordered = [column for column in columns if column.type.ordered]
        if not ordered:
            return None
        value = f"{alias}{quote(ordered[0].name)}"
        query = Expr(
            f"SELECT {value}, pg_catalog.count(*) AS \"c '%\" {from_} GROUP BY {value}",
            query.needs,
        )
        columns = (ordered[0], Column(_other(ordered[0].name), BUILTIN[2]))
    elif form == "with":
        inner = f"{query.sql} {from_}"
        query = Expr(f"WITH w AS (SELECT 1 AS n), v AS ({inner}) SELECT v.* FROM v, w", query.needs)
    elif form == "constants":
        texts = f"(ARRAY['a'::character varying, {literal(draft.text())}])::pg_catalog.text[]"
        query = Expr(f"{query.sql}, {texts} AS t, NULL::integer AS n {from_}", query.needs)
        columns = (*columns, Column(_other(*(c.name for c in columns)), BUILTIN[24]))
        columns = (*columns, Column(_other(*(c.name for c in columns)), BUILTIN[0]))
    elif form == "row":
        # The whole row: a type that only that relation has.
        row = f"({alias[:-1]} IS NULL)"
        query = Expr(f"{query.sql}, {row} AS r {from_}", query.needs)
        columns = (*columns, Column(_other(*(c.name for c in columns)), BUILTIN[12]))
    else:
        query = Expr(f"{query.sql} {from_}", query.needs)
    simple = form in ("plain", "where")
    options = ["", "", "security_barrier=true", "security_invoker=true"]
    if simple and source.kind == "table":
        options.append("check_option=local")
    materialized = draft.chance(20)
    return View(
        name,
        query,
        columns,
        draft.pick(("", "fillfactor=90") if materialized else options),
        materialized,
        data=not materialized or not draft.chance(60) and not _reads_empty(draft, query),
    )


def _reads_empty(draft: Draft, query: Expr) -> bool:
    """Whether a query reads, directly or not, what is not filled."""
    unfilled = {v.name for v in draft.of(View) if not v.data}
    read = {key[1] for key in query.needs if key[0] == "relation"}
    if read & unfilled:
        return True
    return any(v.name in read and _reads_empty(draft, v.query) for v in draft.of(View))


def _select(draft: Draft, source: Relation, alias: str) -> tuple[Expr, tuple[Column, ...]]:
    chosen = draft.some(source.columns, most=4)
    needs: set[Key] = {("relation", source.name)}
    for column in chosen:
        needs.add(("column", source.name, column.name, column.type.sql))
    columns = tuple(Column(column.name, column.type) for column in chosen)
    listed = ", ".join(alias + quote(column.name) for column in chosen)
    return Expr(f"SELECT {listed}", frozenset(needs)), columns


def _other(*names: str) -> str:
    return next(name for name in ("n", "m", "k", "j", "i") if name not in names)
