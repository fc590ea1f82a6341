"""Gives a new tenant the table of Alembic's stamps, where `copy-rows` names it.

The desired state says nothing of it. But a service that goes on with ``alembic upgrade`` for each
tenant would begin with the first revision where it is missing.
"""

from collections.abc import Collection, Iterable, Iterator

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import NEUTRAL
from diffapply.planning.desired_shape import DesiredShape
from diffapply.rollout.transaction.gate import Gate
from diffapply.tenants.stamp_tables import STAMP_TABLES, stamp_tables


def stamp_statements(
    work: Gate, tenant: str, shape: DesiredShape, missing: Iterable[str]
) -> Iterator[sql.Composable]:
    """The statements that create such tables of the schema that rows are copied from.

    Args:
        missing: names of tables that the tenant has not; others than these stamps are passed over,
            and so is what counts in a tenant: it would be drift there.
    """
    wanted = {name for name in missing if shape.ignoring.names("table", name)}
    if not wanted:
        return
    for _, name, kind in work.ask(NEUTRAL + STAMP_TABLES, {"schemas": [shape.rows_from]}):
        if name in wanted:
            yield sql.SQL(
                "create table {} (version_num {} not null, constraint {} primary key (version_num))"
            ).format(sql.Identifier(tenant, name), sql.SQL(kind), sql.Identifier(f"{name}_pkc"))


def notes_on_stamps(
    connection: Connection, tenants: Collection[str], shape: DesiredShape
) -> Iterator[str]:
    """A sentence on each such table that tenants have, and new ones do not get."""
    for name, having in stamp_tables(connection, tenants).items():
        given = name in shape.copy_rows or ("table", name) in shape.catalog.facts
        if not given and shape.ignoring.names("table", name):
            yield (
                f"{len(having):,} of {len(tenants):,} tenants have a table {name}, and new ones "
                "have none: `alembic upgrade` would begin there with the first revision. If you "
                "still run it in each tenant, name the table in copy-rows: `diffapply docs "
                "in-the-application` says how."
            )
