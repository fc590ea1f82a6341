"""Reads the shapes that tenants have had: needs only SELECT, and works if there is no journal."""

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import neutral
from diffapply.ddl.kinds import KINDS
from diffapply.journal.payload import as_written, changed
from diffapply.journal.structure import readable_version, statement, version
from diffapply.model.catalog import Catalog, Fact, FactKey
from diffapply.model.plan import Shape


def known_shapes(connection: Connection) -> frozenset[str]:
    """Fingerprints of the shapes that tenants have had; empty if the role may not read them.

    Raises:
        JournalError: the journal is newer than this diffapply.
    """
    if not readable_version(connection):
        return frozenset()
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(statement("known_shapes"))
        return frozenset(fingerprint for (fingerprint,) in cursor.fetchall())


def declared_objects(connection: Connection, objects: Iterable[FactKey]) -> frozenset[FactKey]:
    """Those of these objects that any desired state had which was applied.

    Raises:
        JournalError: the journal is newer than this diffapply.
    """
    if not readable_version(connection):
        return frozenset()
    kinds, names = zip(*objects, strict=True)
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(statement("declared"), {"kinds": [*kinds], "names": [*names]})
        return frozenset((kind, name) for kind, name in cursor.fetchall())


def load_shapes(connection: Connection, fingerprints: Iterable[str]) -> dict[str, Shape]:
    """Fingerprint → shape, for the shapes in the journal.

    Raises:
        JournalError: the journal is newer than this diffapply, or a shape in it was changed.
        PermissionDeniedError: the role may not read it.
    """
    if not version(connection):
        return {}
    with neutral(connection, read_only=True) as cursor:
        cursor.execute(
            "select fingerprint, ddl, facts from diffapply.shape where fingerprint = any (%s)",
            [list(fingerprints)],
        )
        return {
            fingerprint: _shape(fingerprint, ddl, facts)
            for fingerprint, ddl, facts in cursor.fetchall()
        }


@dataclass(frozen=True, slots=True)
class _ShapeRow:
    ddl: tuple[str, ...] | None
    facts: list[tuple[str, str, str, str, int]]


def _shape(fingerprint: str, ddl: object, facts: object) -> Shape:
    what, remedy = f"shape {fingerprint[:12]}", "No tenant can go back to it."
    row = as_written({"ddl": ddl, "facts": facts}, _ShapeRow, what, remedy)
    shape = Shape(Catalog.of(Fact(*fact) for fact in row.facts), row.ddl)
    if shape.fingerprint != fingerprint:
        raise changed(what, remedy)
    if strange := shape.catalog.by_kind.keys() - KINDS.keys():
        raise changed(what, remedy, f": there is no kind {min(strange)!r}")
    return shape
