"""Make the shop's database: merchants with rows, as years of revisions and of haste leave them.

    python fleet.py [--tenants 60]   where DATABASE_URL says, or on diffapply's embedded server
    python fleet.py --drop           take all of it away again

Most merchants are at the last revision. Some are behind, some have a stamp that is not true, and
some were changed by hand.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from shop.database import engine
from shop.models import metadata
from shop.shared.billing import Account
from sqlalchemy import Connection, Engine, text

HERE = Path(__file__).parent
HEAD = "0015"

BEHIND = {"0013": (12, 0)}
"""Revision → the merchants that stayed there: of every so many, this one."""

WRONG_STAMPS = {("0014", HEAD): (15, 4), (HEAD, "0013"): (30, 9)}
"""What they are, and what their stamp says."""

BY_HAND = {
    "alter table orders add note text; update orders set note = 'call first' where id = 1": (20, 7),
    "drop index ix_addresses_customer_id": (20, 11),
    "alter table orders alter state set default 'paid'": (20, 13),
    "alter table product_variants drop constraint ck_product_variants_price": (60, 17),
    "alter table orders disable trigger orders_audit": (30, 18),
}
"""What somebody typed one evening → in which merchants."""

Which = tuple[int, int]


def make(where: Engine, count: int) -> None:
    """Make the shared schemas, and that many merchants."""
    with where.begin() as connection:
        _run(connection, "world.sql")
        for table in metadata.sorted_tables:
            if table.schema in {"directory", "billing"}:
                table.create(connection)
        _run(connection, "shared_rows.sql")
    merchants = [f"merchant_{number}" for number in range(1, count + 1)]
    for merchant in merchants:
        with where.begin() as connection:
            connection.execute(text(f"create schema {merchant}"))
            connection.execute(
                Account.__table__.insert(),  # type: ignore[attr-defined]
                {"schema_name": merchant, "name": merchant, "country_code": "DE"},
            )
    _upgrade(merchants)
    for merchant in merchants:
        with where.begin() as connection:
            connection.execute(text(f"set local search_path = {merchant}, public, directory"))
            _run(connection, "merchant_rows.sql")
            for statements in _of(merchant, BY_HAND):
                connection.exec_driver_sql(statements)


def drop(where: Engine) -> None:
    """Take away the merchants, the shared schemas, and the journal; each by itself."""
    found = text(r"select nspname from pg_namespace where nspname ~ '^merchant_\d+$'")
    with where.connect() as connection:
        merchants = list(connection.scalars(found))
    for schema in (*merchants, "billing", "directory", "diffapply"):
        with where.begin() as connection:
            connection.execute(text(f"drop schema if exists {schema} cascade"))


def _upgrade(merchants: Sequence[str]) -> None:
    """Bring each to the revision where it is today, and set the stamps that are not true."""
    behind = {
        its: revision for revision, which in BEHIND.items() for its in _chosen(which, merchants)
    }
    stamps = {}
    for (revision, stamp), which in WRONG_STAMPS.items():
        for merchant in _chosen(which, merchants):
            behind[merchant], stamps[merchant] = revision, stamp
    for revision in sorted({HEAD, *behind.values()}):
        there = [its for its in merchants if behind.get(its, HEAD) == revision]
        command.upgrade(_alembic(there), revision)
    for merchant, stamp in stamps.items():
        command.stamp(_alembic([merchant]), stamp)


def _alembic(merchants: Sequence[str]) -> Config:
    config = Config(HERE / "alembic.ini")
    config.attributes["tenants"] = merchants
    return config


def _chosen(which: Which, merchants: Iterable[str]) -> list[str]:
    every, this = which
    return [its for its in merchants if int(its.rpartition("_")[2]) % every == this]


def _of(merchant: str, table: dict[str, Which]) -> list[str]:
    return [what for what, which in table.items() if _chosen(which, [merchant])]


def _run(connection: Connection, file: str) -> None:
    connection.exec_driver_sql((HERE / file).read_text(encoding="utf-8").replace("%", "%%"))


def main() -> None:
    """Read the command line, and do it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tenants", type=int, default=60, metavar="N", help="default: 60")
    parser.add_argument("--drop", action="store_true", help="take all of it away again")
    given = parser.parse_args()
    if given.drop:
        drop(engine())
        return
    make(engine(), given.tenants)
    sys.stdout.write(f"{given.tenants} merchants are there.\n")


if __name__ == "__main__":
    main()
