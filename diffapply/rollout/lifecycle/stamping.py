"""Gives a new tenant the table of Alembic's stamps, where `copy-rows` names it.

The desired state says nothing of it. But a service that goes on with ``alembic upgrade`` for each
tenant would begin with the first revision where it is missing.
"""

from collections.abc import Collection, Iterable, Iterator

from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from diffapply.database.transaction import NEUTRAL
from diffapply.errors import UsageError
from diffapply.model.ignoring import USUAL
from diffapply.planning.desired_shape import DesiredShape
from diffapply.queries import query
from diffapply.rollout.transaction.gate import Gate
from diffapply.tenants.stamp_tables import STAMP_TABLES, stamp_tables

_FORMS = query("rollout/lifecycle", "stamps_of_source")


def stamp_statements(
    work: Gate, tenant: str, shape: DesiredShape, missing: Iterable[str]
) -> Iterator[sql.Composable]:
    """The statements that create such tables as they are where rows are copied from.

    What is always left alone is known by its name. Another table has the form of Alembic's stamps.

    Args:
        missing: names of tables that the tenant has not; others than these stamps are passed over,
            and so is what counts in a tenant: it would be drift there.

    Raises:
        UsageError: a table by name is not there, or has more than columns and keys. Nothing that
            runs code is taken from there: rows are copied with the rights of our role.
    """
    source = shape.rows_from
    wanted = {name for name in missing if shape.ignoring.names("table", name)}
    if not wanted:
        return
    by_name = {name for name in wanted if f"table:{name}" in USUAL}
    by_form = {name for _, name in work.ask(NEUTRAL + STAMP_TABLES, {"schemas": [source]})} & wanted
    values = {"schema": source, "names": [*by_name | by_form]}
    forms = dict(work.ask(NEUTRAL + _FORMS, values))
    for name in sorted(by_name | by_form):
        if name not in forms:
            raise UsageError(
                f"Schema {source!r} has no table {name!r}, which copy-rows names.",
                "Create the table there, or change copy-rows.",
            )
        if forms[name] is None:
            raise UsageError(
                f"The table {name!r} of schema {source!r} cannot be created in {tenant!r}: it has "
                "more than columns of PostgreSQL's own types and keys of them.",
                "Take defaults, checks and the like away from it there, or change copy-rows.",
            )
        yield sql.SQL("create table {} ({})").format(
            sql.Identifier(tenant, name), sql.SQL(forms[name])
        )


def notes_on_stamps(
    connection: Connection, tenants: Collection[str], shape: DesiredShape
) -> Iterator[str]:
    """A sentence on each such table that tenants have, and new ones do not get."""
    for name, having in stamp_tables(connection, tenants).items():
        given = name in shape.copy_rows or ("table", name) in shape.catalog.facts
        if not given and shape.ignoring.names("table", name):
            noun = "tenant" if len(tenants) == 1 else "tenants"
            yield (
                f"A table {name} is in {len(having):,} of {len(tenants):,} {noun}, and new ones "
                "have none: `alembic upgrade` would begin there with the first revision. If you "
                "still run it in each tenant, name the table in copy-rows: `diffapply docs "
                "in-the-application` says how."
            )
