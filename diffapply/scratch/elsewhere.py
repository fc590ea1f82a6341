"""What definitions name in other schemas: sequences that columns draw from, and the schemas.

A tenant that was cloned may draw numbers from its template's sequences, or from another tenant's.
In scratch it needs those sequences, and nothing else of where they stand. And a shared view of all
tenants needs none of them there: who reads it asks no more than which columns it has.
"""

from collections.abc import Collection, Iterable

from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral
from diffapply.ddl.draws import draws, without_draws
from diffapply.model.catalog import Catalog
from diffapply.model.mentions import mentioned_in
from diffapply.queries import query
from diffapply.values.grammar import bare, qualified

_SEQUENCES = query("scratch", "sequences_elsewhere")
_STAND_INS = query("scratch", "stand_ins")


def drawn_elsewhere(catalogs: Iterable[Catalog]) -> set[str]:
    """Qualified names of the sequences of other schemas that columns draw from."""
    return {
        draw.sequence for catalog in catalogs for draw in draws(catalog).values() if draw.elsewhere
    }


def mentioned_schemas(catalogs: Iterable[Catalog], tenants: Collection[str] = ()) -> frozenset[str]:
    """What may be schemas, of the names in definitions; not those that only sequences are of.

    Args:
        tenants: all there are: those that only the body of a routine names are left out.
    """
    facts = [f for catalog in catalogs for f in catalog.facts.values() if f.kind != "comment"]
    structure = mentioned_in(without_draws(fact) for fact in facts if fact.kind != "routine")
    bodies = mentioned_in(fact.definition for fact in facts if fact.kind == "routine")
    return structure | (bodies - frozenset(tenants))


def sequence_statements(live: Connection, sequences: Iterable[str]) -> list[tuple[str, str]]:
    """How sequences of the live database are made again: schema and statement of each.

    Args:
        sequences: qualified names; those that are no sequence are passed over.
    """
    named = [its for name in sorted(sequences) if (its := qualified(name))]
    if not named:
        return []
    schemas, names = (list(map(bare, each)) for each in zip(*named, strict=True))
    with neutral(live, read_only=True) as cursor:
        cursor.execute(_SEQUENCES, {"schemas": schemas, "names": names})
        return cursor.fetchall()


def stand_ins(
    live: Connection, shared: Iterable[str], tenants: Iterable[str]
) -> list[tuple[str, str]]:
    """What takes the place of shared views that read tenants: schema and statement of each.

    Args:
        shared: schemas that are built in scratch.
        tenants: all there are; those that are built there as well are none of these.
    """
    with neutral(live, read_only=True) as cursor:
        cursor.execute(_STAND_INS, {"shared": sorted(shared), "tenants": sorted(tenants)})
        return cursor.fetchall()
