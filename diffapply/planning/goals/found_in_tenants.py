"""Says which tenant has what PostgreSQL did not find when it built the models."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from diffapply.ddl.kinds import KINDS
from diffapply.errors import DesiredStateError
from diffapply.model.catalog import Catalog
from diffapply.values.grammar import bare, before


@contextmanager
def telling_who_has_it(catalogs: Mapping[str, Catalog]) -> Iterator[None]:
    """Add it to the error that a block raises.

    Args:
        catalogs: tenant → its catalog.
    """
    try:
        yield
    except DesiredStateError as error:
        from diffapply.desired.metadata.remedies import unfound  # noqa: PLC0415 - it imports SQLAlchemy

        name = unfound(error)
        holder = next((its for its, catalog in catalogs.items() if _has(catalog, name)), "")
        if not (name and holder):
            raise
        told = f"{error.remedy} {holder} has it: diffapply show {holder}".strip()
        raise DesiredStateError(error.message, f"{told}.") from error


def _has(catalog: Catalog, name: str) -> bool:
    """Whether a function or type of this name, without quotes, is there."""
    return any(
        bare(before(fact.name, "(")) == name
        for fact in catalog.facts.values()
        if KINDS[fact.kind].namespace in {"routine", "type"}
    )
