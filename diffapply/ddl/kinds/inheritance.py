"""Parents of tables, and what a table needs before it can get one."""

from collections.abc import Sequence
from itertools import product

from diffapply.ddl.kind import Kind, Turn, its_table
from diffapply.ddl.kinds.clauses import inherited_clause
from diffapply.ddl.risk import Risks, goes
from diffapply.ddl.risks.demands import met
from diffapply.ddl.risks.work import scans
from diffapply.ddl.statements import Draft, Drafts, Ways, alter_table, drafts, helper, one, risky
from diffapply.ddl.structure.ancestry import parents_of
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Check, Column, Constraint, Inherits


def _parents(fact: Fact | None) -> tuple[str, ...]:
    return Inherits.of(fact).parents if fact else ()


def _inherit(fact: Fact, parents: Sequence[str], verb: str = "INHERIT") -> Drafts:
    return drafts(*(f"ALTER TABLE {fact.name} {verb} {parent}" for parent in parents))


def _set_parents(fact: Fact, goal: Catalog) -> Ways:
    return _change_parents(fact, (), _parents(fact), goal)


def _alter_parents(old: Fact, new: Fact, ends: Ends) -> Ways:
    """Keep parents that stay: removing one would make the child's columns its own."""
    had, wants = _parents(old), _parents(new)
    stay = tuple(parent for parent in had if parent in wants)
    if wants[: len(stay)] != stay:
        stay = ()  # the order of parents is structure
    leave = _inherit(new, [parent for parent in had if parent not in stay], "NO INHERIT")
    come = [parent for parent in wants if parent not in stay]
    return _change_parents(new, leave, come, ends.goal)


def _change_parents(fact: Fact, leave: Drafts, parents: Sequence[str], goal: Catalog) -> Ways:
    """Directly; or with a helper table that first gives it the columns of its parents.

    Columns of a parent that is removed become the table's own, unless the helper has them, too.
    """
    inherit = _inherit(fact, parents)
    ways: list[Drafts] = []
    # A parent that gets its checks later gives them to its children then.
    for with_checks, with_default in product((True, False), repeat=2):
        having = _from_helper(fact, parents, goal, with_default=with_default)
        if with_checks:
            having += add_checks(helper(fact.name), parents, goal)
        leave_helper = _inherit(fact, [helper(fact.name)], "NO INHERIT")
        drop_helper = risky(f"DROP TABLE {helper(fact.name)}", goes("table", helper(fact.name)))
        ways.append((*having, *leave, *inherit, *leave_helper, drop_helper))
    plain = (*leave, *inherit)
    return (*ways, plain) if leave and parents else (plain, *ways)


def _from_helper(
    fact: Fact, parents: Sequence[str], goal: Catalog, *, with_default: bool
) -> Drafts:
    """Statements that give a table the columns of its parents as inherited columns.

    A table must have the columns of its parents before it becomes their child, but a column from
    ADD COLUMN is its own. Only a column from a parent is inherited. So a helper table without rows
    is its parent for a moment.
    """
    create = risky(f"CREATE TABLE {helper(fact.name)} ()")
    statements: list[Draft] = [create, *_inherit(fact, [helper(fact.name)])]
    for name in dict.fromkeys(its.part for parent in parents for its in _columns(parent, goal)):
        its = goal.facts.get(("column", f"{fact.name}.{name}"))
        if its is not None and Column.of(its).inherited:
            clause = inherited_clause(its, goal, with_default=with_default)
            statements.append(risky(f"ALTER TABLE {helper(fact.name)} ADD COLUMN {clause}"))
    return tuple(statements)


def _columns(table: str, goal: Catalog) -> list[Fact]:
    return sorted(goal.parts("column", table), key=lambda column: column.position)


def add_checks(table: str, parents: Sequence[str], goal: Catalog) -> Drafts:
    """Statements for the checks that a table must have before it can have these parents."""
    return tuple(
        alter_table(
            table, f"ADD CONSTRAINT {check.part} {check.definition}", *_checking(table, check)
        )
        for check in checks_of(parents, goal)
    )


def _checking(table: str, check: Fact) -> Risks:
    its = Constraint.of(check)
    if not (its.valid and its.enforced):
        return ()
    return scans(table), met(table, f"constraint {check.part}", "constraint", table, check.part)


def checks_of(parents: Sequence[str], goal: Catalog) -> list[Fact]:
    """The checks of these tables and of all their parents; one for each name."""
    found: dict[str, Fact] = {}
    for parent in parents:
        for fact in goal.parts("constraint", parent):
            check = Constraint.of(fact)
            if isinstance(check, Check) and not check.no_inherit:
                found.setdefault(fact.part, fact)
        for fact in checks_of(parents_of(parent, goal), goal):
            found.setdefault(fact.part, fact)
    return list(found.values())


def has_children(table: str, catalog: Catalog) -> bool:
    """Whether other tables than its partitions inherit from it."""
    return any(table in _parents(fact) for fact in catalog.by_kind.get("inherits", ()))


INHERITS = Kind(
    "inherits",
    _set_parents,
    lambda fact, _: one(*_inherit(fact, _parents(fact), "NO INHERIT")),
    _alter_parents,
    value=Inherits,
    comes_with=its_table,
    is_action=True,
    turn=Turn.SET,
)
