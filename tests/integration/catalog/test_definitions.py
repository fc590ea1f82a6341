"""What a server writes of a rich tenant is read as values, and written again as it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diffapply.catalog.reader import read_catalog
from diffapply.ddl.kinds import KINDS
from diffapply.model.catalog import Catalog
from diffapply.model.own_name import Naming
from diffapply.model.scope import Counting
from diffapply.values import Granted, Whole
from tests.acceptance.gallery import RICH, gallery
from tests.servers import Server

HOSTILE = (Path(__file__).parent / "hostile.sql").read_text("utf-8")
"""Names and constants that say what definitions say."""


def _not_as_written(catalog: Catalog) -> Iterator[str]:
    for fact in catalog.facts.values():
        value = KINDS[fact.kind].value.of(fact)
        if str(value) != fact.definition:
            yield f"{fact.kind} {fact.name}: {fact.definition} → {value}"
        if fact.kind.endswith("privilege") and str(Granted.of(fact)) != fact.name:
            yield f"{fact.kind} {fact.name} → {Granted.of(fact)}"


@pytest.mark.postgres(15, 18, prove=(16, 17))
def test_every_fact_of_every_kind(server: Server) -> None:
    """Of the rich tenant, and of one whose names and constants say what definitions say."""
    with gallery(server) as here:
        here.build(RICH)
        with here.connection.cursor() as cursor:
            cursor.execute("create schema hostile")
        here.run("hostile", [HOSTILE])
        read = [
            read_catalog(here.connection, schema, naming, Counting(privileges=True))
            for schema, naming in (
                (RICH, Naming.OWN),
                (RICH, Naming.AS_IT_IS),
                ("hostile", Naming.OWN),
            )
        ]
        assert [line for catalog in read for line in _not_as_written(catalog)] == []
        kinds = {fact.kind for catalog in read for fact in catalog.facts.values()}
        assert {its.name for its in KINDS.values() if its.value is not Whole} <= kinds
