"""All models: `metadata` is the desired state."""

from sqlalchemy import Column, PrimaryKeyConstraint, String, Table

from shop.base import Base
from shop.shared import billing, directory
from shop.tenant import catalogue, customers, objects, orders, site, stock

metadata = Base.metadata

# Alembic's own table stays in each merchant's schema as long as there are revisions.
Table(
    "alembic_version",
    metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)

__all__ = [
    "billing",
    "catalogue",
    "customers",
    "directory",
    "metadata",
    "objects",
    "orders",
    "site",
    "stock",
]
