"""A tenant: ten tables with twenty indexes; the change gives it this repository's own two."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    func,
    text,
)

from schema.desired import metadata as marketplace

TABLES = 10


def _ten_tables(metadata: MetaData) -> None:
    for number in range(TABLES):
        name = f"t{number}"
        table = Table(
            name,
            metadata,
            Column("id", Integer, primary_key=True),
            Column("name", String(100), nullable=False),
            Column("email", Text),
            Column("amount", Numeric(10, 2), server_default=text("0"), nullable=False),
            Column("status", String(20), server_default="new"),
            Column("created_at", DateTime(timezone=True), server_default=func.now()),
            Column("ref_id", Integer, *([ForeignKey(f"t{number - 1}.id")] if number else [])),
            CheckConstraint("status in ('new', 'old')", name=f"{name}_status_check"),
        )
        Index(f"ix_{name}_name", table.c.name)
        Index(f"ix_{name}_status", table.c.status, table.c.created_at)


before = MetaData()
_ten_tables(before)

metadata = MetaData()
"""The desired state."""
_ten_tables(metadata)
for _table in marketplace.tables.values():
    _table.to_metadata(metadata)

UNDO = "drop table marketplace_tasks, marketplace_jobs;"
"""The change taken back."""
