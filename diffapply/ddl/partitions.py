"""Partitions: how they hang on their tables."""

import re

from diffapply.ddl.statements import NAME
from diffapply.model.catalog import Catalog, Fact

_PARTITION = re.compile(
    rf"OF (?P<parent>{NAME}) (?P<bound>FOR VALUES .*?|DEFAULT)(?P<pending> DETACH PENDING)?",
    re.DOTALL,
)


def _parsed(fact: Fact) -> re.Match[str]:
    partition = _PARTITION.fullmatch(fact.definition)
    assert partition is not None  # noqa: S101 - partition.sql writes no other form
    return partition


def parent(fact: Fact) -> str:
    """The table that it is a partition of."""
    return _parsed(fact)["parent"]


def parent_of(table: str, catalog: Catalog) -> str | None:
    """The table that this one is a partition of, if it is one."""
    fact = catalog.facts.get(("partition", table))
    return parent(fact) if fact else None


def is_pending(fact: Fact) -> bool:
    """Whether it is what an interrupted DETACH CONCURRENTLY leaves."""
    return bool(_parsed(fact)["pending"])


def attach(fact: Fact) -> str:
    """The statement that makes a table this partition."""
    partition = _parsed(fact)
    return f"ALTER TABLE {partition['parent']} ATTACH PARTITION {fact.name} {partition['bound']}"


def detach(fact: Fact) -> str:
    """The statement that makes it a table that stands alone."""
    return f"ALTER TABLE {parent(fact)} DETACH PARTITION {fact.name}"
