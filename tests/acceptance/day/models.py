"""A shop's models at one time of its day; DAY says after how many of its changes."""

import os

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import CITEXT

CHANGES = int(os.environ["DAY"])

metadata = MetaData()

Table(
    "plan",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    schema="core",
)
Table(
    "customer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan_id", ForeignKey("core.plan.id"), nullable=False),
    Column("email", CITEXT, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("city", CITEXT if CHANGES >= 2 else String(60)),
    CheckConstraint("email LIKE '%@%'", name="customer_email_check"),
    CheckConstraint("city <> ''", name="customer_city_check"),
    Index(
        "ix_customer_name",
        "name",
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    ),
)
Table(
    "purchase",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customer.id"), nullable=False),
    Column("number", Integer, nullable=False, server_default=text("next_number()")),
    Column("state", String(10), nullable=False, server_default="open"),
    Column("total", Numeric(12, 2) if CHANGES >= 3 else Integer, nullable=False),
    Column(
        "placed_at", DateTime(timezone=CHANGES >= 5), nullable=False, server_default=text("now()")
    ),
    *(
        [Column("ref", Text, nullable=False, server_default=text("short_id()"))]
        if CHANGES >= 1
        else []
    ),
    CheckConstraint("state IN ('open', 'paid', 'void')", name="purchase_state_check"),
    Index("ix_purchase_customer", "customer_id"),
)
if CHANGES >= 4:
    Table(
        "remark",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("customer_id", ForeignKey("customer.id"), nullable=False),
        Column("body", Text, nullable=False),
        Index("ix_remark_customer", "customer_id"),
        info={"renamed_from": "note"},
    )
else:
    Table(
        "note",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("customer_id", ForeignKey("customer.id"), nullable=False),
        Column("body", Text, nullable=False),
    )
Table(
    "event",
    metadata,
    Column("id", Integer, nullable=False),
    Column("on_day", Date, nullable=False),
    Column("kind", CITEXT, nullable=False),
    PrimaryKeyConstraint("id", "on_day"),
    postgresql_partition_by="RANGE (on_day)",
)
