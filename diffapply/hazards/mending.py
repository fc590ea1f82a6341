"""Which rows the user's own statements change, so that what comes later may not fail on them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pglast import ast, parser
from pglast.enums import OnConflictAction
from pglast.visitors import Visitor

from diffapply.ddl.risk import Risk
from diffapply.ddl.statements import Alteration, Draft
from diffapply.ddl.structure.lookup import Parsed, relation
from diffapply.hazards.given import Given
from diffapply.hazards.rows import may_change, query
from diffapply.model.catalog import Ends
from diffapply.model.hazards import Hazard, HazardCode
from diffapply.model.identifier import quoted


@dataclass(frozen=True, slots=True)
class Mended:
    """Rows that a statement changes.

    Attributes:
        table: quoted; empty: any, as far as is known.
        columns: those that get other values; None: rows come or go.
    """

    table: str = ""
    columns: frozenset[str] | None = None

    def may_meet(self, demand: Hazard, table: str) -> bool:
        """Whether these rows may meet a demand now on which they may have failed."""
        if not self.table:
            return True
        if self.table != table or self.columns is None:
            return self.table == table
        if demand.code is HazardCode.FAILS_ON_ROWS:
            return False
        if f" {table}." in demand.message:  # it is about one column
            return any(f" {table}.{column} " in demand.message for column in self.columns)
        return True


def after(draft: Draft, mended: Sequence[Mended]) -> Draft:
    """The draft behind statements that mend rows: it is not said to fail on these."""
    if not (mended and draft.risks):
        return draft
    table = draft.table if isinstance(draft, Alteration) else ""
    return replace(draft, risks=tuple(_after(risk, table, mended) for risk in draft.risks))


def _after(risk: Risk, table: str, mended: Sequence[Mended]) -> Risk:
    its_table = risk.relation or table

    def tell(ends: Ends) -> Iterator[Hazard]:
        for its in risk.tell(ends):
            if its.kind != "rows" or not any(m.may_meet(its, its_table) for m in mended):
                yield its

    return replace(risk, tell=tell)


def mended_by(draft: Draft) -> Iterator[Mended]:
    """What a statement mends; nothing, if it is ours."""
    for raw in parser.parse_sql(draft.sql) if isinstance(draft, Given) else ():
        match raw.stmt:
            case ast.UpdateStmt():
                yield Mended(relation(raw.stmt), _columns(raw.stmt.targetList))
            case ast.InsertStmt():
                yield from _by_insert(raw.stmt)
            case ast.MergeStmt() | ast.DeleteStmt():
                yield Mended(relation(raw.stmt))
            case ast.TruncateStmt():
                yield from (Mended(quoted(its.relname)) for its in raw.stmt.relations or ())
            case ast.DoStmt() | ast.CallStmt():
                yield Mended()
            case ast.SelectStmt() if may_change(raw.stmt):
                yield Mended()


class _Filled(Visitor):
    """Finds the tables that get rows, wherever that stands."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def visit_InsertStmt(self, _ancestors: object, node: Parsed) -> None:  # noqa: N802 - pglast's name
        self.tables.add(relation(node))

    visit_MergeStmt = visit_InsertStmt  # noqa: N815 - as above


def filled_by(draft: Draft) -> frozenset[str]:
    """The tables that get rows by a statement, as far as is known; none, if it is ours."""
    found = _Filled()
    for raw in parser.parse_sql(draft.sql) if isinstance(draft, Given) else ():
        found(raw)
    return frozenset(found.tables)


def _by_insert(statement: Parsed) -> Iterator[Mended]:
    """Rows that come mend none that are there; but those that they meet may be changed."""
    if statement.withClause is not None and query(statement.withClause):
        yield Mended()
    met = statement.onConflictClause
    if met is not None and met.action == OnConflictAction.ONCONFLICT_UPDATE:
        yield Mended(relation(statement), _columns(met.targetList))


def _columns(targets: Sequence[Parsed] | None) -> frozenset[str]:
    return frozenset(quoted(its.name or "") for its in targets or ())
