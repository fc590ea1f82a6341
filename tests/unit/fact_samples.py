"""Facts by hand: the structures that tests of `ddl` and `proposal` begin with, without a server."""

from collections.abc import Iterator

from diffapply.model.catalog import Catalog, Fact

INTEGER = "AS integer START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 CACHE 1 NO CYCLE"
"""The sequence of a serial column."""


def fact(kind: str, name: str, definition: str, *, of: str = "", position: int = 0) -> Fact:
    """A fact; without `of`, an object that stands alone."""
    return Fact(kind, f"{of}.{name}" if of else name, of or name, definition, position)


def table(name: str, *columns: str, definition: str = "TABLE") -> list[Fact]:
    """A table with columns such as ``a integer``."""
    named = [column.partition(" ") for column in columns]
    return [
        fact("table", name, definition),
        *(
            fact("column", column, its, of=name, position=place)
            for place, (column, _, its) in enumerate(named, 1)
        ),
    ]


def key(of: str, *columns: str, word: str = "PRIMARY KEY", name: str = "") -> Fact:
    """A key with the name that PostgreSQL gives it, or with another."""
    its = name or (f"{of}_pkey" if word == "PRIMARY KEY" else f"{of}_{'_'.join(columns)}_key")
    return fact("constraint", its, f"{word} ({', '.join(columns)})", of=of)


def reference(of: str, column: str, to: str, name: str = "") -> Fact:
    """A foreign key to the column ``id`` of another table."""
    definition = f"FOREIGN KEY ({column}) REFERENCES {to}(id)"
    return fact("constraint", name or f"{of}_{column}_fkey", definition, of=of)


def partition(name: str, parent: str, bound: str, *columns: str) -> list[Fact]:
    """A partition of a table."""
    return [*table(name, *columns), fact("partition", name, f"OF {parent} {bound}")]


def serial(of: str, column: str, sequence: str = "") -> Iterator[Fact]:
    """What ``serial`` says of a column, but for the column itself."""
    its = sequence or f"{of}_{column}_seq"
    yield fact("default", column, f"nextval('{its}'::regclass)", of=of)
    yield fact("not null", column, "NOT NULL", of=of)
    yield fact("sequence", its, INTEGER)
    yield Fact("sequence owner", its, of, f"{of}.{column}")


def catalog(*facts: Fact | list[Fact]) -> Catalog:
    """A catalog of facts, and of lists of them."""
    return Catalog.of(its for one in facts for its in (one if isinstance(one, list) else [one]))
