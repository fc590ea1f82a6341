"""Citext and jsonb."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.alter_column("customers", "email", type_=postgresql.CITEXT())
    op.add_column(
        "customers",
        sa.Column("preferences", postgresql.JSONB(), server_default="{}", nullable=False),
    )
    op.alter_column("products", "details", server_default=None)
    op.alter_column(
        "products",
        "details",
        type_=postgresql.JSONB(),
        server_default="{}",
        postgresql_using="details::jsonb",
    )
    op.create_index("ix_products_details", "products", ["details"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_products_details", "products")
    op.alter_column("products", "details", server_default=None)
    op.alter_column(
        "products",
        "details",
        type_=sa.JSON(),
        server_default="{}",
        postgresql_using="details::json",
    )
    op.drop_column("customers", "preferences")
    op.alter_column("customers", "email", type_=sa.String(254))
