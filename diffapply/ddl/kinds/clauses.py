"""Columns as CREATE TABLE and ADD COLUMN name them."""

from dataclasses import dataclass
from functools import lru_cache

from diffapply.ddl.structure import partitions
from diffapply.ddl.structure.derived import is_like_its_table
from diffapply.ddl.structure.serial import identity, serial, usual_sequence
from diffapply.model.catalog import Catalog, Ends, Fact
from diffapply.values import Column, NotNull, not_null_name
from diffapply.values.grammar import bare


@dataclass(frozen=True, slots=True)
class Clause:
    """A column as CREATE TABLE and ADD COLUMN name it.

    Attributes:
        not_null: whether it says NOT NULL.
        filled: whether it says a default.
        numbered: whether it says an identity, or a sequence of its own.
    """

    text: str
    not_null: bool = False
    filled: bool = False
    numbered: bool = False


def clause(
    column: Fact,
    catalog: Catalog,
    *,
    with_default: bool = True,
    with_identity: bool = True,
    live: Catalog | None = None,
) -> Clause:
    """A column with all that can be said in line.

    Args:
        live: what stands so far. Given, ``serial`` may say a sequence as well, and names that are
            taken are said.
    """
    if live and with_default and comes_with_sequence(column, Ends(live, catalog)):
        return Clause(f"{column.part} {serial(column, catalog)}", numbered=True)
    default = catalog.facts.get(("default", column.name)) if with_default else None
    its_identity = catalog.facts.get(("identity", column.name)) if with_identity else None
    not_null = _not_null_said(column, catalog, live, with_identity=its_identity is not None)
    parts = [column.part, column.definition]
    if default:
        parts.append(f"DEFAULT {default.definition}")
    if not_null:
        parts.append(not_null)
    if its_identity:
        parts.append(identity(its_identity, catalog))
    return Clause(" ".join(parts), bool(not_null), default is not None, its_identity is not None)


def _not_null_said(
    column: Fact, catalog: Catalog, live: Catalog | None, *, with_identity: bool
) -> str:
    """Its NOT NULL as it is said in line; empty if it is not."""
    fact = catalog.facts.get(("not null", column.name))
    if fact is None or not in_line(NotNull.of(fact)):
        return ""
    if _is_partitions(fact, catalog) or (live and _is_taken(fact, live)):
        return f"CONSTRAINT {not_null_name(fact)} {fact.definition}"
    return "" if with_identity and NotNull.of(fact) == NotNull() else fact.definition


def in_line(not_null: NotNull) -> bool:
    """Whether a column can say it."""
    return not_null.valid and not not_null.inherited


def inherited_clause(column: Fact, catalog: Catalog, *, with_default: bool) -> str:
    """The column of a parent from which its child gets this one."""
    parts = [column.part, str(Column.of(column).own)]
    if with_default and (default := catalog.facts.get(("default", column.name))):
        parts.append(f"DEFAULT {default.definition}")
    not_null = catalog.facts.get(("not null", column.name))
    if not_null and not NotNull.of(not_null).rest:
        parts.append(f"CONSTRAINT {not_null_name(not_null)} NOT NULL")
    return " ".join(parts)


def _is_partitions(not_null: Fact, catalog: Catalog) -> bool:
    """Whether a partition has a constraint of the name that PostgreSQL would give this one.

    Were it there already, PostgreSQL would give another one.
    """
    # Partitions that are made of it take the name from it.
    if NotNull.of(not_null).name or not partitions.is_partitioned(not_null.object, catalog):
        return False
    name = bare(not_null_name(not_null))
    return any(
        bare(NotNull.of(fact).name or "") == name and not is_like_its_table(fact.object, catalog)
        for fact in catalog.by_kind.get("not null", ())
    )


def _is_taken(not_null: Fact, live: Catalog) -> bool:
    """Whether another table's has the name that PostgreSQL gives it, as one that was renamed."""
    return NotNull.of(not_null).name is None and bare(not_null_name(not_null)) in _named(live)


@lru_cache(maxsize=16)
def _named(catalog: Catalog) -> frozenset[str]:
    """The names of NOT NULLs that PostgreSQL would not give them."""
    names = (NotNull.of(fact).name for fact in catalog.by_kind.get("not null", ()))
    return frozenset(map(bare, filter(None, names)))


def comes_with_sequence(column: Fact, ends: Ends) -> bool:
    """Whether ``serial`` says all of it."""
    sequence = ("sequence", usual_sequence(column))
    return sequence not in ends.live.facts and serial(column, ends.goal) is not None
