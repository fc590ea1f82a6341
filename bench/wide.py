"""One wide tenant: 500 tables of 30 columns; the change gives it this repository's own two."""

from sqlalchemy import Column, Integer, MetaData, Numeric, String, Table

from schema.desired import metadata as marketplace

TABLES, COLUMNS = 500, 30


def _many_tables(metadata: MetaData) -> None:
    for number in range(TABLES):
        columns = [
            Column(f"c{column}", String(50) if column % 2 else Numeric(10, 2), nullable=column < 9)
            for column in range(1, COLUMNS)
        ]
        Table(f"wide_{number}", metadata, Column("id", Integer, primary_key=True), *columns)


before = MetaData()
_many_tables(before)

metadata = MetaData()
"""The desired state."""
_many_tables(metadata)
for _table in marketplace.tables.values():
    _table.to_metadata(metadata)
