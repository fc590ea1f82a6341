"""What takes a fact along, beside the object that it is in, when that is left alone.

Each function gets the fact and the catalog that it is in; some of what it returns may not exist.
"""

from collections.abc import Callable, Sequence

from diffapply.ddl.structure.partitions import parent_of
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.values import Attachment

Subjects = Callable[[Fact, Catalog], Sequence[FactKey]]

_WORDS = {"STATISTICS": "extended statistics"}
"""What COMMENT ON calls a kind otherwise."""


def nothing(_fact: Fact, _: Catalog) -> Sequence[FactKey]:
    """It belongs to its object alone."""
    return ()


def its_namesakes(fact: Fact, _: Catalog) -> Sequence[FactKey]:
    """The column, index or constraint of its name."""
    return (("column", fact.name), *_index(fact, fact.name))


def its_chosen_index(fact: Fact, _: Catalog) -> Sequence[FactKey]:
    """The index that its definition names after ON or USING INDEX."""
    return _index(fact, fact.definition.removeprefix("USING INDEX ").removeprefix("ON "))


def _index(fact: Fact, name: str) -> Sequence[FactKey]:
    """The index of this name, or the constraint that it implements."""
    return ("index", name), ("constraint", f"{fact.object}.{name}")


def its_whole_index(fact: Fact, catalog: Catalog) -> Sequence[FactKey]:
    """The index or constraint of the partitioned table that this one is a part of."""
    attached = catalog.facts.get(("index attachment", fact.part))
    if attached is None:
        return ()
    whole = Attachment.of(attached).to
    return ("index", whole), ("constraint", f"{_parent(fact, catalog)}.{whole}")


def its_parent(fact: Fact, catalog: Catalog) -> Sequence[FactKey]:
    """The table that this one is a partition of."""
    return (("table", _parent(fact, catalog)),)


def _parent(fact: Fact, catalog: Catalog) -> str:
    return parent_of(fact.object, catalog) or ""


def its_trigger(fact: Fact, catalog: Catalog) -> Sequence[FactKey]:
    """The trigger of its name, or that of the partitioned table which this one is a part of."""
    return ("trigger", fact.name), ("trigger", f"{_parent(fact, catalog)}.{fact.part}")


def its_owner(fact: Fact, catalog: Catalog) -> Sequence[FactKey]:
    """The column that owns this sequence."""
    owner = catalog.facts.get(("sequence owner", fact.name))
    return (("column", owner.definition),) if owner else ()


def its_granted_column(fact: Fact, _: Catalog) -> Sequence[FactKey]:
    """The column that a grant is on."""
    column = fact.name.partition(" (")[2].rpartition(") TO ")[0]
    return (("column", f"{fact.object}.{column}"),)


def its_subject(fact: Fact, _: Catalog) -> Sequence[FactKey]:
    """What the words of its name stand for, such as ``TRIGGER t ON tasks``."""
    word, _space, name = fact.name.partition(" ")
    name = name.partition(" DEPENDS ON EXTENSION ")[0]
    on_table = f"{fact.object}.{name.removesuffix(f' ON {fact.object}')}"
    return (_WORDS.get(word, word.lower()), name), (word.lower(), on_table)


def its(kind: str) -> Subjects:
    """The fact of that kind with its name."""
    return lambda fact, _: ((kind, fact.name),)
