"""What definitions name in other schemas: sequences, and the schemas themselves.

A cloned tenant may draw numbers from its template's sequences, or from another tenant's. Scratch
needs these sequences, but nothing else of those schemas. A shared view over all tenants needs no
tenant in scratch: whoever refers to it only needs its columns.
"""

from collections.abc import Collection, Iterable

from psycopg2.extensions import connection as Connection

from diffapply.database.reading import rows
from diffapply.ddl.structure.draws import draws, without_draws
from diffapply.model.catalog import Catalog
from diffapply.model.mentions import mentioned_in
from diffapply.queries import query
from diffapply.values.grammar import bare, qualified

_SEQUENCES = query("scratch", "sequences_elsewhere")
_STAND_INS = query("scratch", "stand_ins")


def drawn_elsewhere(catalogs: Iterable[Catalog]) -> set[str]:
    """Qualified names of the sequences in other schemas that columns draw numbers from."""
    return {
        draw.sequence for catalog in catalogs for draw in draws(catalog).values() if draw.elsewhere
    }


def mentioned_schemas(catalogs: Iterable[Catalog], tenants: Collection[str] = ()) -> frozenset[str]:
    """Names in definitions that may be schemas, except those named only for a sequence.

    Args:
        tenants: all tenants; those that only a routine's body names are left out.
    """
    facts = [f for catalog in catalogs for f in catalog.facts.values() if f.kind != "comment"]
    structure = mentioned_in(without_draws(fact) for fact in facts if fact.kind != "routine")
    bodies = mentioned_in(fact.definition for fact in facts if fact.kind == "routine")
    return structure | (bodies - frozenset(tenants))


def sequence_statements(live: Connection, sequences: Iterable[str]) -> list[tuple[str, str]]:
    """Statements that create sequences of the live database: schema and statement of each.

    Args:
        sequences: qualified names; those that are no sequence are ignored.
    """
    named = [its for name in sorted(sequences) if (its := qualified(name))]
    if not named:
        return []
    schemas, names = (list(map(bare, each)) for each in zip(*named, strict=True))
    return rows(live, _SEQUENCES, {"schemas": schemas, "names": names})


def stand_ins(
    live: Connection, shared: Iterable[str], tenants: Iterable[str]
) -> list[tuple[str, str]]:
    """Replacements for shared views that read tenants: schema and statement of each.

    Args:
        shared: schemas that are built in scratch.
        tenants: all tenants; those that are built in scratch do not count.
    """
    return rows(live, _STAND_INS, {"shared": sorted(shared), "tenants": sorted(tenants)})
