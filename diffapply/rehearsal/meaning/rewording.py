"""What PostgreSQL builds again from the text that it writes, where a column gets another type."""

from collections import defaultdict
from collections.abc import Iterator

from pglast import ast
from pglast.visitors import Ancestor, Visitor

from diffapply.model.catalog import Ends, Fact
from diffapply.proposal.room import retyped
from diffapply.proposal.stored import as_stored
from diffapply.rehearsal.meaning.meaning import parsed
from diffapply.values.grammar import bare

_BUILT_AGAIN = ("constraint", "index", "extended statistics")
"""What else says a column keeps it from getting another type."""


def may_be_reworded(ends: Ends) -> Iterator[Fact]:
    """What stays on columns that get other types, and may get other words by that."""
    columns = defaultdict(set)
    for key in retyped(ends):
        fact = ends.live.facts[key]
        columns[fact.object].add(bare(fact.part))
    for table, names in columns.items():
        for kind in _BUILT_AGAIN:
            for fact in ends.goal.parts(kind, table):
                text = fact.definition
                if ends.keeps(fact.key) and as_stored(text) != text:
                    said = _Columns()
                    said(parsed(fact) or ())
                    if not names.isdisjoint(said.names):
                        yield fact


class _Columns(Visitor):
    """Collects the columns that a statement names."""

    def __init__(self) -> None:
        self.names: set[str | None] = set()

    def visit_ColumnRef(self, _: Ancestor, node: ast.ColumnRef) -> None:  # noqa: N802
        fields = node.fields or ()
        self.names.update(its.sval for its in fields if isinstance(its, ast.String))

    def visit_IndexElem(self, _: Ancestor, node: ast.IndexElem) -> None:  # noqa: N802
        self.names.add(node.name)

    visit_StatsElem = visit_IndexElem  # noqa: N815 - pglast's name for it
