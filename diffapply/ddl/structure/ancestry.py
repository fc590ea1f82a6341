"""The tables that a table inherits from, or is a partition of."""

from diffapply.ddl.structure.partitions import parent_of
from diffapply.model.catalog import Catalog
from diffapply.values import Inherits


def parents_of(table: str, catalog: Catalog) -> tuple[str, ...]:
    """The next ones."""
    if parent := parent_of(table, catalog):
        return (parent,)
    inherits = catalog.facts.get(("inherits", table))
    return Inherits.of(inherits).parents if inherits else ()


def ancestors_of(table: str, catalog: Catalog) -> tuple[str, ...]:
    """All of them, the next ones first."""
    found: dict[str, None] = {}
    waiting = [*parents_of(table, catalog)]
    while waiting:
        if (above := waiting.pop(0)) not in found:
            found[above] = None
            waiting += parents_of(above, catalog)
    return tuple(found)
